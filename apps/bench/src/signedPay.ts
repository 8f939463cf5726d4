import type { NonceList } from '@feiqian/contract';
import { signedHeaders } from '@feiqian/testkit';
import type { LoadClient, RawAnswer } from './httpClient.ts';

/** Who pays: a session, the key of its requests, and the nonces it has in hand. */
export interface Signer {
  token: string;
  requestKey: Uint8Array;
  nonces: string[];
}

/** Pays as a wallet does: signed with a nonce of an earlier answer, or a fresh one when there is none. */
export async function signedPay(
  client: LoadClient,
  payer: Signer,
  cardId: string,
  paymentId: string,
  idempotencyKey: string,
): Promise<RawAnswer> {
  const { requestKey, nonces } = payer;
  const nonce = nonces.pop() ?? (await freshNonce(client, payer));
  const path = `/v1/wallet/payments/${paymentId}/pay`;
  const body = `{"card_id":"${cardId}"}`;
  const signed = Object.entries(
    signedHeaders(requestKey, { method: 'POST', path, body, idempotencyKey }, nonce),
  );
  const answer = await client.send(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${payer.token}\r\ncontent-type: application/json\r\nidempotency-key: ${idempotencyKey}\r\n${signed.map(([k, v]) => `${k}: ${v}\r\n`).join('')}`,
    body,
  );
  if (answer.nonce !== undefined) nonces.push(answer.nonce);
  // Who was away too long signs again; the older nonces are too old as well.
  if (answer.status !== 403 || !answer.body.includes('"nonce_stale"')) return answer;
  nonces.splice(0, nonces.length - 1);
  return signedPay(client, payer, cardId, paymentId, idempotencyKey);
}

async function freshNonce(client: LoadClient, payer: Signer): Promise<string> {
  const { body } = await client.send(
    `GET /v1/wallet/nonces HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${payer.token}\r\n`,
    '',
  );
  const { data } = JSON.parse(body) as NonceList;
  payer.nonces.push(...data.slice(1));
  return data[0] as string;
}
