import { randomUUID } from 'node:crypto';
import type { Card, Payment } from '@feiqian/contract';
import { signatureHeaders } from '@feiqian/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { look, order, type Wallet, wallet } from '../support/people.ts';
import { routesOf } from '../support/routes.ts';

let net: TestNetwork;
let payer: Wallet;
let thief: Caller;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  // The session's token and nothing else, as from a log or a stolen cookie.
  thief = net.anyone.as(payer.token);
});
afterAll(() => net?.stop());

const payPath = (id: string) => `/v1/wallet/payments/${id}/pay`;

/** A request as the device signs it, with its headers, for whoever gets hold of it. */
async function captured(path: string, body: unknown, key: string = randomUUID()) {
  const raw = JSON.stringify(body);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...(await payer.sign('POST', path, raw, key)),
  };
  return { path, options: { raw, key, headers, signed: false } };
}
const replay = (by: Caller, r: Awaited<ReturnType<typeof captured>>) => by.send('POST', r.path, r.options);

test('a stolen token alone moves nothing', async () => {
  const { id } = await order(net, 1200);
  const card = payer.cards[0] as Card;
  const refused = '403 signature_required';
  expect(told(await thief.post(payPath(id), { card_id: card.id }))).toBe(refused);
  expect(
    told(await thief.post('/v1/wallet/card-discoveries', { bank_ids: ['yunzhou'], consent: true })),
  ).toBe(refused);
  expect(told(await thief.delete(`/v1/wallet/cards/${card.id}`))).toBe(refused);
  expect(told(await thief.post(`/v1/wallet/cards/${card.id}/default`))).toBe(refused);
  expect(told(await thief.delete(`/v1/wallet/devices/${payer.session.device.id}`))).toBe(refused);
  expect((await look(net, id)).state).toBe('created');
  expect((await done(payer.get<{ data: Card[] }>('/v1/wallet/cards'))).data).toHaveLength(payer.cards.length);
});

test('every write of a wallet but these is signed', async () => {
  const document = await done(
    net.anyone.get<{ paths: Record<string, Record<string, { description?: string }>> }>('/openapi.json'),
  );
  const unsigned = (await routesOf(net.anyone))
    .filter((r) => r.path.startsWith('/v1/wallet/') && r.method !== 'GET')
    .filter(
      (r) => !document.paths[r.path]?.[r.method.toLowerCase()]?.description?.includes('signed by its device'),
    )
    .map((r) => r.name)
    .sort();
  expect(unsigned).toEqual([
    'DELETE /v1/wallet/sessions/current',
    'POST /v1/wallet/codes',
    'POST /v1/wallet/notices/read',
    'POST /v1/wallet/payments',
    'POST /v1/wallet/scans',
    'POST /v1/wallet/sessions',
  ]);
});

describe('a captured payment', () => {
  test('acts once: its replay is refused, not answered', async () => {
    const { id } = await order(net, 1300);
    const sent = await captured(payPath(id), { card_id: payer.cards[0]?.id });
    expect(((await done(replay(payer, sent))) as Payment).state).toBe('captured');
    expect(told(await replay(thief, sent))).toBe('403 nonce_used');
    expect((await look(net, id)).captured_amount).toBe(1300);
  });

  test('that was refused stays refused, though it could be paid later', async () => {
    const { id } = await order(net, 1400);
    const sent = await captured(payPath(id), { card_id: `tok_${'0'.repeat(32)}` });
    expect(told(await replay(payer, sent))).toBe('422 card_unknown');
    expect(told(await replay(thief, sent))).toBe('403 nonce_used');
  });

  test('acts once when many copies arrive together', async () => {
    const { id } = await order(net, 1500);
    const sent = await captured(payPath(id), { card_id: payer.cards[0]?.id });
    const answers = await Promise.all(Array.from({ length: 8 }, () => replay(payer, sent)));
    const kinds = answers.map(told).sort();
    expect(kinds.filter((k) => k === '200')).toHaveLength(1);
    for (const kind of kinds) expect(['200', '403 nonce_used', '409 request_in_flight']).toContain(kind);
    expect((await look(net, id)).captured_amount).toBe(1500);
  });

  test('cannot be turned into another: other payment, card, key or nonce', async () => {
    const [one, two] = [await order(net, 1600), await order(net, 1700)];
    const sent = await captured(payPath(one.id), { card_id: payer.cards[0]?.id });
    const other = await captured(payPath(two.id), { card_id: payer.cards[1]?.id });
    const { headers, raw, key } = sent.options;
    const nonce = other.options.headers[signatureHeaders.nonce] as string;
    const attacks = [
      thief.send('POST', payPath(two.id), sent.options),
      thief.send('POST', sent.path, { ...sent.options, raw: other.options.raw }),
      thief.send('POST', sent.path, { ...sent.options, key: randomUUID() }),
      thief.send('POST', sent.path, {
        raw,
        key,
        signed: false,
        headers: { ...headers, [signatureHeaders.nonce]: nonce },
      }),
    ];
    for (const answer of await Promise.all(attacks)) expect(told(answer)).toBe('403 signature_invalid');
    // What the route does not know is refused before anybody looks at the signature.
    expect(told(await thief.send('POST', `${sent.path}?x=1`, sent.options))).toBe('400 invalid_request');
    for (const { id } of [one, two]) expect((await look(net, id)).state).toBe('created');
  });

  test('and another one act each once, in whichever order they arrive', async () => {
    const [one, two] = [await order(net, 1800), await order(net, 1900)];
    const first = await captured(payPath(one.id), { card_id: payer.cards[0]?.id });
    const second = await captured(payPath(two.id), { card_id: payer.cards[0]?.id });
    expect(told(await replay(payer, second))).toBe('200');
    expect(told(await replay(payer, first))).toBe('200');
    expect(told(await replay(payer, second))).toBe('403 nonce_used');
  });
});

test('a request signed by another device of the same person is not this device’s', async () => {
  const second = await wallet(net, '13800000001');
  const { id } = await order(net, 2000);
  const path = payPath(id);
  const raw = JSON.stringify({ card_id: payer.cards[0]?.id });
  const key = randomUUID();
  const headers = { 'content-type': 'application/json', ...(await second.sign('POST', path, raw, key)) };
  expect(told(await thief.send('POST', path, { raw, key, headers, signed: false }))).toBe(
    '403 signature_invalid',
  );
});

test('an answer that was lost is asked for again with the same key and a new nonce', async () => {
  const { id } = await order(net, 2100);
  const key = randomUUID();
  const pay = () => payer.post<Payment>(payPath(id), { card_id: payer.cards[0]?.id }, { key });
  const first = await done(pay());
  expect(await done(pay())).toEqual(first);
});

test('a refusal brings the nonce to sign again with', async () => {
  const { id } = await order(net, 2200);
  const refused = await thief.post(payPath(id), { card_id: payer.cards[0]?.id });
  const nonce = refused.headers.get(signatureHeaders.nonce) ?? '';
  payer.device?.nonces.push(nonce);
  expect(told(await payer.post(payPath(id), { card_id: payer.cards[0]?.id }))).toBe('200');
});
