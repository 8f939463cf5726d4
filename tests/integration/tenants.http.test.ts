import type {
  AccountList,
  ApiKey,
  CardDiscovery,
  MerchantView,
  Payment,
  PaymentStory,
  Refund,
  ScanResult,
} from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyAndOpen } from '../support/applying.ts';
import { sendAndAsk } from '../support/asking.ts';
import { type Caller, done, essence, everythingOf, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, cardFor, codeOf, desk, order, tester, till, type Wallet, wallet } from '../support/people.ts';
import { bodies, pathOf, type Route, routesOf, unknownId } from '../support/routes.ts';
import { until } from '../support/until.ts';
import { askedOf, setPin, testPin, verified, withPinAndCode } from '../support/verify.ts';
import { access, type Role } from './access.matrix.ts';

/*
 * Everything of one tenant is invisible to another: an id of somebody else answers exactly like one that does not
 * exist. Here every id that one side (A) has is asked for on every route that takes its kind, by everybody of the
 * other side (B), and the answer is compared with that for an id of nothing.
 */

const noticeMsMax = 20_000;
let net: TestNetwork;
let routes: Route[];
/** Ids of A, by prefix. */
const mine: Record<string, string[]> = {};
/** Ids of B itself, by prefix: for what is right in a request when one id in it is not. */
const theirs: Record<string, string> = {};
/** Everybody of B: the bank is of no card that A paid with. */
let others: [Role, Caller][];
let owner: Wallet;
let stranger: Wallet;
let strangersKey: Caller;

beforeAll(async () => {
  net = await startTestNetwork();
  routes = await routesOf(net.anyone);
  owner = await wallet(net, '13800000004');
  stranger = await wallet(net, '13800000003');
  const operator = await desk(net);
  await buildA(operator);
  await buildB(operator);
});
afterAll(() => net?.stop());

/** A: the first merchant, a person with cards at two banks, and what the two of them did. */
async function buildA(operator: Caller): Promise<void> {
  const card = owner.cards.find((c) => c.bank.id === 'yanhu');
  const captured = await buy(net, owner, card, 2_000);
  const refund = await done(
    net.merchant.post<Refund>(`/v1/payments/${captured.id}/refunds`, { amount: 500, reason: 'x' }),
  );
  const authorised = await buy(net, owner, card, 2_100, { capture: 'manual' });
  const cancelled = await buy(net, owner, card, 2_200, { capture: 'manual' });
  await done(net.merchant.post(`/v1/payments/${cancelled.id}/cancel`));
  const holder = await wallet(net, tester);
  const declined = await buy(net, holder, cardFor(net, holder, 'do_not_honour'), 2_300);
  const atPoster = await done(
    owner.post<{ id: string }>('/v1/wallet/payments', {
      store_id: net.storeId,
      amount: 2_400,
      currency: 'CNY',
    }),
  );
  const discovery = await done(
    owner.post<CardDiscovery>('/v1/wallet/card-discoveries', { bank_ids: ['yanhu'], consent: true }),
  );
  const merchants = await done(operator.get<{ data: MerchantView[] }>('/v1/console/merchants'));
  const first = merchants.data.find((m) => m.stores.some((s) => s.id === net.storeId)) as MerchantView;
  const keys = await done(operator.get<{ data: ApiKey[] }>(`/v1/console/api-keys?merchant_id=${first.id}`));
  mine.pay = [captured, authorised, cancelled, declined, atPoster].map((p) => p.id);
  mine.ref = [refund.id];
  mine.sto = first.stores.map((s) => s.id);
  mine.mer = [first.id];
  mine.key = keys.data.map((k) => k.id);
  Object.assign(mine, await sendAndAsk(owner, card));
  mine.acc = (await done(owner.get<AccountList>('/v1/wallet/accounts'))).data.map((a) => a.id);
  mine.vch = [askedOf(await owner.send('PUT', '/v1/wallet/pin', { body: { pin: testPin } })).id];
  const notices = async () => (await done(owner.get<{ data: { id: string }[] }>('/v1/wallet/notices'))).data;
  await until(async () => (await notices()).length > 0, noticeMsMax, 'a notice of the bank');
  mine.ntc = (await notices()).map((n) => n.id);
  Object.assign(mine, await applyAndOpen(net, owner, '13800000004'));
  mine.tok = owner.cards.map((c) => c.id);
  mine.dev = [owner.session.device.id];
  mine.cdi = [discovery.id];
  mine.usr = [owner.session.user.id];
}

/** B: another merchant with its key, its till and its user at the console; another person; a bank of no card of A’s. */
async function buildB(operator: Caller): Promise<void> {
  const supervisor = await till(net, '100103');
  const { merchant } = supervisor.session.me;
  const made = await done(
    operator.post<{ secret: string }>('/v1/console/api-keys', { merchant_id: merchant.id, name: 'B' }),
  );
  strangersKey = net.anyone.as(made.secret);
  const id = toUuid(merchant.id, 'mer');
  theirs.mer = merchant.id;
  theirs.sto = supervisor.session.me.store.id;
  theirs.pay = (await order(net, 100)).id;
  theirs.tok = stranger.cards[0]?.id ?? '';
  const haigang = net.network.members.byCode('haigang');
  const users = [
    { username: 'b-shop', role: 'merchant', tenant: { kind: 'merchant', id, name: merchant.name } },
    { username: 'b-bank', role: 'bank', tenant: { kind: 'bank', id: haigang?.id ?? '', name: 'B' } },
  ] as const;
  for (const user of users)
    await net.network.access.addOperator(net.network.db, {
      ...user,
      name: user.username,
      password: 'yunzhou',
    });
  others = [
    ['key', strangersKey],
    ['supervisor', supervisor],
    ['wallet', stranger],
    ['merchant', await desk(net, 'b-shop')],
    ['bank', await desk(net, 'b-bank')],
  ];
}

const ask = (by: Caller, route: Route, id: string, body = bodies[route.name]) =>
  by.send(route.method, pathOf(route, id), body === undefined ? {} : { body });

/** Asks with one id that is given, and everything else B's own. */
async function askWith(by: Caller, route: Route, field: Route['takesIds'][0], id: string) {
  const path = pathOf(route, route.prefix === null ? '' : (theirs[route.prefix] ?? unknownId(route.prefix)));
  if (field.in === 'query') return by.get(`${path}?${field.name}=${id}`);
  const body: Record<string, unknown> = structuredClone(bodies[route.name] ?? {});
  for (const { in: place, name, prefix } of route.takesIds)
    if (place === 'body') putAt(body, name, name === field.name ? id : theirs[prefix]);
  return by.send(route.method, path, { body });
}

/** Puts a value at `to.card_id`. */
function putAt(body: Record<string, unknown>, name: string, value: unknown): void {
  const [first = '', ...rest] = name.split('.');
  if (rest.length === 0) body[first] = value;
  else putAt(body[first] as Record<string, unknown>, rest.join('.'), value);
}

const allowedAt = (route: Route) =>
  others.filter(([role]) => (access[route.name] as string).split(' ').includes(role));

/** Routes that look at what else is in the request before they look for the id. */
const refusedBefore: Readonly<Record<string, string>> = {
  'POST /v1/payments/{id}/collect': '422 pay_code_invalid',
  'POST /v1/wallet/verifications/{id}/passkey': '404 not_found',
  'POST /v1/wallet/cards/{id}/repayments': '422 card_unknown',
  'GET /v1/wallet/cards/{id}/auto-repay': '422 card_unknown',
  'PUT /v1/wallet/cards/{id}/auto-repay': '422 card_unknown',
  'DELETE /v1/wallet/cards/{id}/auto-repay': '422 card_unknown',
};
/** What is everybody's: whoever pays at a store's poster names the store. */
const public_ = ['POST /v1/wallet/payments store_id'];

describe('an id in the address', () => {
  test('of somebody else answers like one of nothing, on every route, byte for byte', async () => {
    const asked = new Set<string>();
    for (const route of routes.filter((r) => r.prefix !== null)) {
      const prefix = route.prefix as string;
      const ids = mine[prefix] ?? [];
      // A kind of id that A has none of would go untried.
      const callers = allowedAt(route);
      expect([route.name, callers.length === 0 || ids.length > 0]).toEqual([route.name, true]);
      for (const [role, by] of callers) {
        const first = await ask(by, route, unknownId(prefix));
        const unknown = everythingOf(first, unknownId(prefix));
        expect([route.name, role, told(first)]).toEqual([
          route.name,
          role,
          refusedBefore[route.name] ?? '404 not_found',
        ]);
        for (const id of ids) {
          expect([route.name, role, id, everythingOf(await ask(by, route, id), id)]).toEqual([
            route.name,
            role,
            id,
            unknown,
          ]);
          asked.add(`${route.name} ${role} ${id}`);
        }
      }
    }
    expect(asked.size).toBeGreaterThan(100);
  });

  test('of somebody else answers so to a valid pay code as well', async () => {
    const collect = (id: string) =>
      strangersKey.post(`/v1/payments/${id}/collect`, {
        pay_code: codeOf(stranger, stranger.cards[0] as Wallet['cards'][0]),
      });
    const unknown = essence(await collect(unknownId('pay')));
    expect(unknown).toMatchObject({ status: 404 });
    for (const id of mine.pay as string[]) expect(essence(await collect(id))).toEqual(unknown);
    const open = await order(net, 500);
    expect(essence(await collect(open.id))).toEqual(unknown);
  });

  test('of somebody else was answered so with a valid card and left everything as it was', async () => {
    const pay = (id: string) =>
      stranger.post(`/v1/wallet/payments/${id}/pay`, { card_id: stranger.cards[0]?.id });
    const unknown = essence(await pay(unknownId('pay')));
    for (const id of mine.pay as string[]) expect(essence(await pay(id))).toEqual(unknown);
    expect((await done(owner.get<{ data: unknown[] }>('/v1/wallet/cards'))).data).toHaveLength(
      owner.cards.length + 1, // and the one applied for
    );
    const states = await Promise.all(
      (mine.pay as string[]).map(
        async (id) => (await done(net.merchant.get<{ state: string }>(`/v1/payments/${id}`))).state,
      ),
    );
    expect(states).toEqual(['partially_refunded', 'authorised', 'cancelled', 'declined', 'created']);
  });
});

describe('an id in the body or the query', () => {
  test('of somebody else answers like one of nothing, on every route, byte for byte', async () => {
    const asked = new Set<string>();
    for (const route of routes) {
      for (const field of route.takesIds.filter((f) => !public_.includes(`${route.name} ${f.name}`))) {
        expect([route.name, field.name, (mine[field.prefix] ?? []).length > 0]).toEqual([
          route.name,
          field.name,
          true,
        ]);
        for (const [role, by] of allowedAt(route)) {
          const told = async (id: string) => everythingOf(await askWith(by, route, field, id), id);
          const unknown = await told(unknownId(field.prefix));
          for (const id of mine[field.prefix] as string[]) {
            expect([route.name, field.name, role, id, await told(id)]).toEqual([
              route.name,
              field.name,
              role,
              id,
              unknown,
            ]);
            asked.add(`${route.name} ${field.name} ${role} ${id}`);
          }
        }
      }
    }
    expect(asked.size).toBeGreaterThan(15);
  });

  test('a card of somebody else pays nothing, as one of nothing', async () => {
    const { id } = await order(net, 700);
    const pay = (card_id: string) => stranger.post(`/v1/wallet/payments/${id}/pay`, { card_id });
    const unknown = essence(await pay(unknownId('tok')));
    expect(unknown).toMatchObject({ status: 422, body: { code: 'card_unknown' } });
    for (const card of mine.tok as string[]) expect(essence(await pay(card))).toEqual(unknown);
  });

  test('a card of one’s own that is bound on another device is not usable on this one', async () => {
    const second = await wallet(net, '13800000003');
    const { id } = await order(net, 800);
    const answer = await second.post(`/v1/wallet/payments/${id}/pay`, { card_id: stranger.cards[0]?.id });
    expect(essence(answer)).toMatchObject({ status: 409, body: { code: 'card_not_usable' } });
  });

  test('a code of a payment that somebody else has paid is not found, as one of nothing', async () => {
    const link = (id: string) => ({ text: `${net.url}/wallet/pay/${id}` });
    const unknown = essence(await stranger.post('/v1/wallet/scans', link(unknownId('pay'))));
    for (const id of mine.pay as string[]) {
      expect(essence(await stranger.post<ScanResult>('/v1/wallet/scans', link(id)))).toEqual(unknown);
    }
  });
});

describe('a list', () => {
  test('names nothing of anybody else, whatever is asked', async () => {
    const found: string[] = [];
    // Who pays at a store sees its name, and banks see their own cards' payments: neither is A's secret here.
    const secrets = Object.values(mine).flat();
    for (const route of routes.filter((r) => r.method === 'GET' && r.prefix === null)) {
      if (route.path.endsWith('/stream') || route.path === '/metrics' || access[route.name] === 'anyone')
        continue;
      for (const [role, by] of others) {
        if (!(access[route.name] as string).split(' ').includes(role)) continue;
        const { text, status } = await by.get(route.path);
        expect(status).toBe(200);
        for (const id of secrets) if (text.includes(id)) found.push(`${role} ${route.name} ${id}`);
      }
    }
    expect(found).toEqual([]);
  });

  test('is as empty for a filter by somebody else’s merchant, order or bank as for one of nothing', async () => {
    const atDesk = (role: Role) => others.find(([r]) => r === role)?.[1] as Caller;
    const rrn = (await done(net.merchant.get<{ rrn: string }>(`/v1/payments/${mine.pay?.[0]}`))).rrn;
    const asked: [Caller, string, string][] = [
      [
        atDesk('merchant'),
        `/v1/console/payments?merchant_id=${mine.mer?.[0]}`,
        `/v1/console/payments?merchant_id=${unknownId('mer')}`,
      ],
      [atDesk('merchant'), `/v1/console/payments?q=${rrn}`, '/v1/console/payments?q=000000000000'],
      [
        atDesk('merchant'),
        `/v1/console/payments?q=${mine.pay?.[0]}`,
        `/v1/console/payments?q=${unknownId('pay')}`,
      ],
      [
        atDesk('bank'),
        `/v1/console/payments?q=${mine.pay?.[0]}`,
        `/v1/console/payments?q=${unknownId('pay')}`,
      ],
      [atDesk('bank'), '/v1/console/payments?bank=yunzhou', `/v1/console/payments?q=${unknownId('pay')}`],
      [
        atDesk('merchant'),
        `/v1/console/api-keys?merchant_id=${mine.mer?.[0]}`,
        `/v1/console/api-keys?merchant_id=${unknownId('mer')}`,
      ],
      [strangersKey, `/v1/payments?order_reference=${rrn}`, '/v1/payments?order_reference=000000000000'],
    ];
    for (const [by, theirs, nothing] of asked) {
      expect([theirs, essence(await by.get(theirs))]).toEqual([theirs, essence(await by.get(nothing))]);
    }
  });

  test('in CSV has the rows of one’s own alone', async () => {
    const by = others.find(([role]) => role === 'merchant')?.[1] as Caller;
    const { text } = await by.get('/v1/console/payments.csv');
    expect(text.trim().split('\r\n')).toHaveLength(1);
  });
});

test('a bank sees of a payment what it had to do with, and nothing of another bank’s part', async () => {
  const cardAt = (bank: string, kind: string) =>
    owner.cards.find((c) => c.bank.id === bank && c.kind === kind);
  const { id } = await order(net, 6_000_000);
  await setPin(net, owner);
  const pay = (card: Wallet['cards'][0] | undefined) =>
    done(
      verified<Payment>(owner, 'POST', `/v1/wallet/payments/${id}/pay`, { card_id: card?.id }, (v) =>
        withPinAndCode(net, owner, v),
      ),
    );
  expect((await pay(cardAt('yanhu', 'credit'))).state).toBe('declined');
  expect((await pay(cardAt('haigang', 'debit'))).state).toBe('captured');
  const by = others.find(([role]) => role === 'bank')?.[1] as Caller;
  const seen = await done(by.get<PaymentStory>(`/v1/console/payments/${id}`));
  const whole = await done((await desk(net)).get<PaymentStory>(`/v1/console/payments/${id}`));
  expect(whole.exchanges.map((e) => e.bank)).toEqual(['yanhu', 'haigang']);
  expect(seen.exchanges.map((e) => e.bank)).toEqual(['haigang']);
  expect(seen.events.map((e) => e.type)).toEqual(['payment.processing', 'payment.captured']);
  expect(seen.entries).toEqual(whole.entries);
});

test('a key that is revoked is nobody’s within two seconds', async () => {
  const operator = await desk(net);
  const { key, secret } = await done(
    operator.post<{ key: ApiKey; secret: string }>('/v1/console/api-keys', {
      merchant_id: mine.mer?.[0],
      name: 'short',
    }),
  );
  const by = net.anyone.as(secret);
  expect((await by.get('/v1/payments')).status).toBe(200);
  await done(operator.delete(`/v1/console/api-keys/${key.id}`));
  await until(async () => (await by.get('/v1/payments')).status === 401, 2_000, 'the refusal');
});

test('a key is shown once: a repeat of its making shows none', async () => {
  const operator = await desk(net);
  const body = { merchant_id: mine.mer?.[0], name: 'once' };
  const first = await operator.post<{ key: ApiKey; secret: string }>('/v1/console/api-keys', body, {
    key: 'once-1',
  });
  const again = await operator.post<{ key: ApiKey; secret: string }>('/v1/console/api-keys', body, {
    key: 'once-1',
  });
  expect(first.body.secret).toMatch(/^fqsk_/);
  expect(again.body.key).toEqual(first.body.key);
  expect(again.text).not.toContain(first.body.secret);
});

test('a device that is removed can neither call nor pay, and its cards are dead', async () => {
  const lost = await wallet(net, '13800000003');
  const code = codeOf(lost, lost.cards[0] as Wallet['cards'][0]);
  await done(stranger.delete(`/v1/wallet/devices/${lost.session.device.id}`));
  await until(async () => (await lost.get('/v1/wallet/me')).status === 401, 2_000, 'the refusal');
  const { id } = await order(net, 900);
  const collected = await net.merchant.post(`/v1/payments/${id}/collect`, { pay_code: code });
  expect(essence(collected)).toMatchObject({ status: 422, body: { code: 'pay_code_invalid' } });
});
