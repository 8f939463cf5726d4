import {
  BankBalance,
  BankCardList,
  BankConsent,
  BankHealth,
  BankMovementPage,
  bankApiOpenApi,
  bankApiRoutes,
  Problem,
  ProvisionedBankCard,
} from '@feiqian/contract';
import type { TSchema } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sandboxPeople, testCards } from '../src/index.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { startTestBank, type TestBank } from './test-bank.ts';

let bank: TestBank;
let iso: IsoClient;
beforeAll(async () => {
  bank = await startTestBank();
  iso = await signedOnClient(bank.settings, bank.bank.isoPort);
});
afterAll(async () => {
  iso?.end();
  await bank?.stop();
});

const chen = sandboxPeople[0]?.mobile as string;
const tester = sandboxPeople.at(-1)?.mobile as string;

interface Answer {
  status: number;
  body: Record<string, never> & { [key: string]: unknown };
  headers: Headers;
}

async function call(method: string, path: string, body?: unknown, headers: object = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${bank.bank.apiPort}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bank.settings.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? {} : JSON.parse(text),
    headers: response.headers,
  };
}

async function consent(mobile: string): Promise<string> {
  return (await call('POST', '/bank/v1/consents', { mobile })).body.id as unknown as string;
}

function fits(schema: TSchema, body: unknown): void {
  expect(Check(schema, body) ? [] : Errors(schema, body)).toEqual([]);
}

function isProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  fits(Problem, answer.body);
}

describe('a person and the network', () => {
  test('after consent the cards are listed masked, and only the vault’s route gives a number', async () => {
    const given = await call('POST', '/bank/v1/consents', { mobile: chen, name: '陈晓云' });
    expect(given.status).toBe(201);
    fits(BankConsent, given.body);
    expect(given.body.holder_name).toBe('陈**');
    const cards = await call('GET', `/bank/v1/cards?consent_id=${given.body.id}`);
    fits(BankCardList, cards.body);
    const list = cards.body.data as unknown as { ref: string; kind: string; last4: string }[];
    expect(list.map((c) => c.kind).sort()).toEqual(['credit', 'debit']);
    const pans = bank.seed.cards.map((c) => c.pan);
    expect(pans.some((pan) => JSON.stringify(cards.body).includes(pan))).toBe(false);
    for (const { ref, last4 } of list) {
      const provisioned = await call('POST', `/bank/v1/cards/${ref}/provision`, {
        consent_id: given.body.id,
      });
      expect(provisioned.status).toBe(200);
      fits(ProvisionedBankCard, provisioned.body);
      expect(provisioned.headers.get('cache-control')).toBe('no-store');
      expect(pans).toContain(provisioned.body.pan);
      expect(String(provisioned.body.pan).endsWith(last4)).toBe(true);
    }
  });

  test('the tester’s ten cards come with one consent', async () => {
    const id = await consent(tester);
    const { body } = await call('GET', `/bank/v1/cards?consent_id=${id}`);
    expect((body.data as unknown as unknown[]).length).toBe(testCards.length);
  });

  test('a payment and its reversal show in balance and movements, newest first and page by page', async () => {
    const id = await consent(tester);
    const { body: cards } = await call('GET', `/bank/v1/cards?consent_id=${id}`);
    const pan = testCards[0]?.pan as string;
    const list = cards.data as unknown as { ref: string; last4: string }[];
    const ref = list.find((c) => c.last4 === pan.slice(-4))?.ref as string;
    const balance = async () => (await call('GET', `/bank/v1/cards/${ref}/balance?consent_id=${id}`)).body;
    const before = await balance();
    fits(BankBalance, before);
    await iso.ask(payment({ pan, amount: 1280, stan: '000001', rrn: 'A00000000001' }));
    await iso.ask(payment({ mti: '0100', pan, amount: 300, stan: '000002', rrn: 'A00000000002' }));
    const after = await balance();
    expect(Number(before.balance) - Number(after.balance)).toBe(1280);
    expect(Number(before.available) - Number(after.available)).toBe(1580);
    const original = { mti: '0200', stan: '000001' };
    await iso.ask(payment({ mti: '0420', pan, amount: 1280, stan: '000003', rrn: 'A00000000001', original }));
    const path = `/bank/v1/cards/${ref}/movements?consent_id=${id}&limit=2`;
    const first = await call('GET', path);
    fits(BankMovementPage, first.body);
    const lines = first.body.data as unknown as { kind: string; amount: number; description: string }[];
    expect(lines.map((m) => [m.kind, m.amount, m.description])).toEqual([
      ['reversal', 1280, '云州面馆'],
      ['purchase', -1280, '云州面馆'],
    ]);
    const second = await call('GET', `${path}&cursor=${first.body.next_cursor}`);
    const rest = second.body.data as unknown as { kind: string }[];
    expect(rest.map((m) => m.kind)).toEqual(['deposit']);
    expect(second.body.next_cursor).toBeNull();
  });

  test('a credit card owes what it spent and says its limit', async () => {
    const id = await consent(tester);
    const { body: cards } = await call('GET', `/bank/v1/cards?consent_id=${id}`);
    const list = cards.data as unknown as { ref: string; kind: string }[];
    const ref = list.find((c) => c.kind === 'credit')?.ref as string;
    const pan = testCards[1]?.pan as string;
    await iso.ask(payment({ pan, amount: 500, stan: '000011', rrn: 'A00000000011' }));
    const { body } = await call('GET', `/bank/v1/cards/${ref}/balance?consent_id=${id}`);
    expect(body).toMatchObject({ kind: 'credit', balance: -500 });
    expect(Number(body.available)).toBe(Number(body.credit_limit) - 500);
  });
});

describe('what is refused', () => {
  test('nobody without the key, whatever he asks', async () => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${bank.settings.apiKey}`]) {
      const answer = await call('POST', '/bank/v1/consents', { mobile: chen }, { authorization });
      isProblem(answer, 401, 'unauthorised');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test.each([
    [{}, 'no mobile'],
    [{ mobile: 13_800_000_001 }, 'a number for a text'],
    [{ mobile: chen, names: 'x' }, 'an unknown field'],
    [{ mobile: '12345' }, 'no mobile number'],
    [[], 'a list'],
    ['{"mobile":', 'half a document'],
  ] as [unknown, string][])('%j as a consent (%s)', async (body, _why) => {
    isProblem(await call('POST', '/bank/v1/consents', body), 400, 'invalid_request');
  });

  test('somebody the bank does not know, and a name that does not fit the number', async () => {
    isProblem(await call('POST', '/bank/v1/consents', { mobile: '13900000000' }), 404, 'customer_unknown');
    isProblem(
      await call('POST', '/bank/v1/consents', { mobile: chen, name: '李海' }),
      404,
      'customer_unknown',
    );
  });

  test('no consent, a withdrawn one, one that has run out', async () => {
    const none = `con_${'0'.repeat(32)}`;
    isProblem(await call('GET', `/bank/v1/cards?consent_id=${none}`), 403, 'consent_required');
    const withdrawn = await consent(chen);
    for (let i = 0; i < 2; i++)
      expect((await call('DELETE', `/bank/v1/consents/${withdrawn}`)).status).toBe(204);
    isProblem(await call('GET', `/bank/v1/cards?consent_id=${withdrawn}`), 403, 'consent_required');
    isProblem(await call('DELETE', `/bank/v1/consents/${none}`), 404, 'not_found');
    const old = await consent(chen);
    const now = bank.clock.now();
    bank.clock.advance(180 * 86_400_000);
    isProblem(await call('GET', `/bank/v1/cards?consent_id=${old}`), 403, 'consent_required');
    bank.clock.set(now);
  });

  test('a card of somebody else is answered like one that does not exist', async () => {
    const mine = await consent(chen);
    const others = await call('GET', `/bank/v1/cards?consent_id=${await consent(tester)}`);
    const theirs = (others.body.data as unknown as { ref: string }[])[0]?.ref;
    const nobodys = `card_${'0'.repeat(32)}`;
    for (const ref of [theirs, nobodys]) {
      isProblem(await call('GET', `/bank/v1/cards/${ref}/balance?consent_id=${mine}`), 404, 'card_unknown');
      isProblem(await call('GET', `/bank/v1/cards/${ref}/movements?consent_id=${mine}`), 404, 'card_unknown');
      const asked = await call('POST', `/bank/v1/cards/${ref}/provision`, { consent_id: mine });
      isProblem(asked, 404, 'card_unknown');
    }
  });

  test('wrong identifiers, addresses, methods, media types and sizes', async () => {
    isProblem(await call('GET', '/bank/v1/cards?consent_id=con_1'), 400, 'invalid_request');
    isProblem(await call('GET', '/bank/v1/cards'), 400, 'invalid_request');
    isProblem(await call('GET', '/bank/v1/cards/pay_1/balance?consent_id=con_1'), 400, 'invalid_request');
    isProblem(await call('GET', '/bank/v2/cards'), 404, 'not_found');
    isProblem(await call('PUT', '/bank/v1/consents', { mobile: chen }), 405, 'method_not_allowed');
    const text = await call('POST', '/bank/v1/consents', 'mobile', { 'content-type': 'text/plain' });
    isProblem(text, 415, 'unsupported_media_type');
    const large = await call('POST', '/bank/v1/consents', { mobile: chen, name: 'x'.repeat(20_000) });
    isProblem(large, 413, 'body_too_large');
    const id = await consent(chen);
    for (const limit of ['0', '101', '-1', 'ten']) {
      const page = await call(
        'GET',
        `/bank/v1/cards/card_${'0'.repeat(32)}/movements?consent_id=${id}&limit=${limit}`,
      );
      isProblem(page, 400, 'invalid_request');
    }
  });

  test('a lost card is not provisioned', async () => {
    const id = await consent(chen);
    const { body } = await call('GET', `/bank/v1/cards?consent_id=${id}`);
    const ref = (body.data as unknown as { ref: string }[])[0]?.ref;
    const lost = (status: string) =>
      bank.db.query(`update bank_yunzhou_cards.card set status = $1`, [status]);
    await lost('lost');
    const refused = await call('POST', `/bank/v1/cards/${ref}/provision`, { consent_id: id });
    isProblem(refused, 409, 'card_not_active');
    await lost('active');
  });
});

test('health needs no key and says what answers', async () => {
  const answer = await call('GET', '/health', undefined, { authorization: '' });
  expect(answer.status).toBe(200);
  fits(BankHealth, answer.body);
  expect(answer.body).toMatchObject({ status: 'ok', bank: 'yunzhou', connections: 1 });
});

test('the OpenAPI document has every route and is what the bank serves', async () => {
  const document = bankApiOpenApi() as { openapi: string; paths: Record<string, object> };
  expect(document.openapi).toBe('3.1.0');
  for (const route of Object.values(bankApiRoutes)) {
    expect(document.paths[route.path]).toHaveProperty(route.method.toLowerCase());
  }
  expect((await call('GET', '/openapi.json')).body).toEqual(JSON.parse(JSON.stringify(document)));
});
