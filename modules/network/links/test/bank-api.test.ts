import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Member } from '@feiqian/members';
import { afterEach, expect, test } from 'vitest';
import { type BankApi, createBankApi } from '../src/index.ts';
import { ids, testPan } from './setting.ts';

const servers: Server[] = [];
const clients: BankApi[] = [];
const hex = '0123456789abcdef0123456789abcdef';
const consentId = `con_${hex}`;
const ref = `card_${hex}`;
const consent = {
  id: consentId,
  holder_name: '李*',
  created_at: '2026-01-05T01:00:00.000Z',
  expires_at: '2027-01-05T01:00:00.000Z',
};

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function setUp(handler: Handler, change: Partial<Member> = {}) {
  const asked: { method: string; url: string; key: string; body: string }[] = [];
  const keys: unknown[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    keys.push(request.headers['idempotency-key']);
    asked.push({
      method: request.method ?? '',
      url: request.url ?? '',
      key: request.headers.authorization ?? '',
      body,
    });
    handler(request, response, body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const id = ids.uuid();
  const member = {
    id,
    status: 'active',
    bankApi: { baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 300, caPem: null, certificatePem: null },
    ...change,
  } as Member;
  const api = createBankApi({
    members: {
      get: (m) => (m === id ? member : undefined),
      openSecret: async () => ({ version: 1, bytes: Buffer.from('secret-key') }),
    },
  });
  clients.push(api);
  return { api, id, asked, keys, server };
}

const json =
  (status: number, body: unknown): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

test('a consent is asked for with the key, and read by the contract', async () => {
  const { api, id, asked } = await setUp(json(201, consent));
  expect(await api.openConsent(id, { mobile: '13800000001' })).toEqual({ ok: true, value: consent });
  expect(asked[0]).toEqual({
    method: 'POST',
    url: '/bank/v1/consents',
    key: 'Bearer secret-key',
    body: '{"mobile":"13800000001"}',
  });
});

test('paths and queries are those of the contract', async () => {
  const { api, id, asked } = await setUp(json(404, {}));
  await api.listCards(id, consentId);
  await api.cardBalance(id, consentId, ref);
  await api.movements(id, consentId, ref, { limit: 5, cursor: `mov_${hex}` });
  await api.provisionCard(id, consentId, ref);
  await api.revokeConsent(id, consentId);
  expect(asked.map((a) => `${a.method} ${a.url}`)).toEqual([
    `GET /bank/v1/cards?consent_id=${consentId}`,
    `GET /bank/v1/cards/${ref}/balance?consent_id=${consentId}`,
    `GET /bank/v1/cards/${ref}/movements?consent_id=${consentId}&limit=5&cursor=mov_${hex}`,
    `POST /bank/v1/cards/${ref}/provision`,
    `DELETE /bank/v1/consents/${consentId}`,
  ]);
});

test('any route can be asked; a write carries its key, and a broken limit is told with what is left', async () => {
  const limit = { code: 'accounts', max: 1, used: 1, left: 0, until: null };
  const { api, id, keys } = await setUp(json(422, { code: 'limit_exceeded', limit: { ...limit, more: 1 } }));
  const opening = await api.ask(id, 'openAccount', { body: { class: 'class_2' }, key: 'opening-1' });
  expect(opening).toEqual({ ok: false, code: 'limit_exceeded', limit });
  expect(keys).toEqual(['opening-1']);
  const { asked, ...other } = await setUp(json(422, { code: 'limit_exceeded', limit: 'a lot' }));
  const query = { consent_id: consentId, limit: undefined };
  expect(await other.api.ask(other.id, 'owed', { params: { ref: `acc_${hex}` }, query })).toEqual({
    ok: false,
    code: 'limit_exceeded',
  });
  expect(asked[0]?.url).toBe(`/bank/v1/accounts/acc_${hex}/owed?consent_id=${consentId}`);
});

test('a field that the contract does not know is dropped', async () => {
  const { api, id } = await setUp(json(201, { ...consent, more: { than: 'we know' } }));
  expect(await api.openConsent(id, { mobile: '13800000001' })).toEqual({ ok: true, value: consent });
});

test('a card is provisioned with its number; an answer without content is null', async () => {
  const card = { ref, pan: testPan, expiry: '3012', kind: 'debit' };
  const { api, id } = await setUp((request, response) =>
    request.method === 'DELETE'
      ? response.writeHead(204).end()
      : response.writeHead(200).end(JSON.stringify(card)),
  );
  expect(await api.provisionCard(id, consentId, ref)).toEqual({ ok: true, value: card });
  expect(await api.revokeConsent(id, consentId)).toEqual({ ok: true, value: null });
});

test.each([
  [404, { code: 'customer_unknown' }, 'customer_unknown'],
  [403, { code: 'consent_required' }, 'consent_required'],
  [409, { code: 'card_not_active' }, 'card_not_active'],
  [401, { code: 'unauthorised' }, 'rejected'],
  [400, { code: 'customer_unknown' }, 'rejected'],
  [404, 'nonsense', 'rejected'],
  [500, { code: 'internal' }, 'unavailable'],
  [302, {}, 'bad_answer'],
  [200, consent, 'bad_answer'],
  [201, { ...consent, id: 'con_1' }, 'bad_answer'],
  [201, null, 'bad_answer'],
])('status %i with %j is %s', async (status, body, code) => {
  const { api, id } = await setUp(json(status, body));
  expect(await api.openConsent(id, { mobile: '13800000001' })).toEqual({ ok: false, code });
});

test('an answer that is too large, no JSON, late, or cut off is none', async () => {
  const ends: Handler[] = [
    (_q, r) => r.writeHead(201).end(`"${'x'.repeat(2_000_000)}"`),
    (_q, r) => r.writeHead(201).end('{'),
    () => undefined,
    (_q, r) => r.writeHead(201, { 'content-length': '1000' }).write('{'),
    (_q, r) => r.destroy(),
  ];
  const codes: string[] = [];
  for (const end of ends) {
    const { api, id } = await setUp(end);
    const answer = await api.openConsent(id, { mobile: '13800000001' });
    codes.push(answer.ok ? 'ok' : answer.code);
  }
  expect(codes).toEqual(['bad_answer', 'bad_answer', 'no_answer', 'no_answer', 'no_answer']);
});

test('a bank that is not there, not configured or suspended is not asked', async () => {
  const { api, id, server } = await setUp(json(201, consent));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await api.health(id)).toEqual({ ok: false, code: 'unavailable' });
  expect(await api.health(ids.uuid())).toEqual({ ok: false, code: 'not_configured' });
  const suspended = await setUp(json(201, consent), { status: 'suspended' });
  expect(await suspended.api.health(suspended.id)).toEqual({ ok: false, code: 'member_suspended' });
});
