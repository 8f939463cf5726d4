import type { NonceList } from '@feiqian/contract';
import { signedHeaders } from '@feiqian/testkit';
import type { LoadClient, RawAnswer } from './httpClient.ts';

/** Who pays: a session, the key of its requests, and the nonces it has in hand. */
export interface Signer {
  token: string;
  requestKey: Uint8Array;
  nonces: string[];
}

/**
 * Pays as a wallet does: signed with a nonce of an earlier answer, or a fresh one when there is none; when that is
 * refused, with this refusal. With a patience (ms) the answer is given up after that time.
 */
export function signedPay(
  client: LoadClient,
  payer: Signer,
  cardId: string,
  paymentId: string,
  idempotencyKey: string,
  patienceMs?: number,
): Promise<RawAnswer> {
  const path = `/v1/wallet/payments/${paymentId}/pay`;
  return signedPost(client, payer, path, `{"card_id":"${cardId}"}`, idempotencyKey, patienceMs);
}

/** Any signed write of a wallet, as {@link signedPay} is one. */
export async function signedPost(
  client: LoadClient,
  payer: Signer,
  path: string,
  body: string,
  idempotencyKey: string,
  patienceMs?: number,
): Promise<RawAnswer> {
  const { requestKey, nonces } = payer;
  const nonce = nonces.pop() ?? (await freshNonce(client, payer, patienceMs));
  if (typeof nonce !== 'string') return nonce;
  const signed = Object.entries(
    signedHeaders(requestKey, { method: 'POST', path, body, idempotencyKey }, nonce),
  );
  const answer = await client.send(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${payer.token}\r\ncontent-type: application/json\r\nidempotency-key: ${idempotencyKey}\r\n${signed.map(([k, v]) => `${k}: ${v}\r\n`).join('')}`,
    body,
    patienceMs,
  );
  // Nothing was done with a request that was refused at the door, so its nonce is as good as before.
  if (answer.status === 503 && answer.body.includes('"overloaded"')) nonces.push(nonce);
  if (answer.nonce !== undefined) nonces.push(answer.nonce);
  // Who was away too long signs again; the older nonces are too old as well.
  if (answer.status !== 403 || !answer.body.includes('"nonce_stale"')) return answer;
  nonces.splice(0, nonces.length - 1);
  return signedPost(client, payer, path, body, idempotencyKey, patienceMs);
}

async function freshNonce(
  client: LoadClient,
  payer: Signer,
  patienceMs: number | undefined,
): Promise<string | RawAnswer> {
  const answer = await client.send(
    `GET /v1/wallet/nonces HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${payer.token}\r\n`,
    '',
    patienceMs,
  );
  if (answer.status !== 200) return answer;
  const { data } = JSON.parse(answer.body) as NonceList;
  payer.nonces.push(...data.slice(1));
  return data[0] as string;
}
