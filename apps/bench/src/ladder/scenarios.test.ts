import { expect, test } from 'vitest';
import type { LoadClient, RawAnswer } from '../httpClient.ts';
import { seeded } from '../measure/random.ts';
import type { Town } from './people.ts';
import { createCustomers, declinedFen, type Ending } from './purchases.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const banks = ['yunzhou', 'yanhu', 'haigang'];
const town: Town = {
  merchants: Array.from({ length: 5 }, (_, i) => ({ key: `key${i}`, storeId: `sto_${i}` })),
  shoppers: Array.from({ length: 200 }, (_, i) => ({
    token: `token${i}`,
    handle: String(i).padStart(8, '0'),
    secret: new Uint8Array(32).fill(i),
    requestKey: new Uint8Array(32).fill(i),
    nonces: [],
    cards: banks.map((bank, slot) => ({ cardId: `${bank}${i}`, bank, slot })),
  })),
};

interface Asked {
  path: string;
  token: string;
  body: Record<string, unknown>;
}

const answered = (status: number, body: string): RawAnswer => ({ status, body, retryAfter: null });

/** A network that does what it is asked, and writes down what that was. */
function obliging(asked: Asked[], answer?: (a: Asked) => RawAnswer | undefined): LoadClient {
  let n = 0;
  const states = new Map<string, { manual: boolean; declined: boolean }>();
  const send = async (head: string, body: string): Promise<RawAnswer> => {
    if (head.startsWith('GET ')) return answered(200, '{"data":["nonce"]}');
    const one = {
      path: /^POST (\S+)/.exec(head)?.[1] ?? '',
      token: /Bearer (\S+)/.exec(head)?.[1] ?? '',
      body: JSON.parse(body) as Record<string, unknown>,
    };
    asked.push(one);
    const other = answer?.(one);
    if (other) return other;
    const say = (status: number, state: string, id: string) => {
      const decline = state === 'declined' ? { code: 'insufficient_funds' } : null;
      return answered(status, JSON.stringify({ id, state, decline }));
    };
    if (one.path === '/v1/payments') {
      n += 1;
      const id = `pay_${String(n).padStart(32, '0')}`;
      states.set(id, {
        manual: one.body.capture === 'manual',
        declined: Number(one.body.amount) % 100 === declinedFen,
      });
      return say(201, 'created', id);
    }
    const id = /(pay_[0-9]{32})/.exec(one.path)?.[1] ?? '';
    const known = states.get(id);
    if (one.path.endsWith('/refunds')) return answered(201, '{"state":"pending"}');
    if (one.path.endsWith('/capture')) return say(200, 'captured', id);
    if (one.path.endsWith('/cancel')) return say(200, 'cancelled', id);
    return say(200, known?.declined ? 'declined' : known?.manual ? 'authorised' : 'captured', id);
  };
  return { send } as unknown as LoadClient;
}

async function serveAll(
  scenario: Scenario,
  n: number,
  seed = '1',
  answer?: (a: Asked) => RawAnswer | undefined,
) {
  const asked: Asked[] = [];
  const client = obliging(asked, answer);
  let nowMs = 1_800_000_000_000;
  const customers = createCustomers({
    client,
    town,
    scenario,
    random: seeded(seed),
    nowMs: () => {
      nowMs += 100;
      return nowMs;
    },
  });
  const endings: Ending[] = [];
  for (let i = 0; i < n; i++) endings.push(await customers.serve('run', i));
  return { asked, endings };
}

const share = (endings: readonly Ending[], kind: string) =>
  endings.filter((e) => e.kind === kind).length / endings.length;

test('the weights of the mixed scenario are a hundred, and customers come by them', async () => {
  const weights = Object.entries(scenarios.mixed.weights);
  expect(weights.reduce((sum, [, w]) => sum + w, 0)).toBe(100);
  const { endings } = await serveAll(scenarios.mixed, 20_000);
  for (const [kind, weight] of weights)
    expect(Math.abs(share(endings, kind) - weight / 100)).toBeLessThan(0.01);
  expect(endings.every((e) => e.asMeant)).toBe(true);
  expect(scenarios.mixed.thinking).toEqual({ p50: 120, p99: 380 });
});

test('only what was captured counts as captured, and each ending says what was told', async () => {
  const { endings } = await serveAll(scenarios.mixed, 2_000);
  const told = (kind: string) => new Set(endings.filter((e) => e.kind === kind).map((e) => e.told.join('+')));
  expect([...told('code'), ...told('presented'), ...told('later')]).toEqual([
    'captured',
    'captured',
    'captured',
  ]);
  expect([...told('void')]).toEqual(['voided']);
  expect([...told('decline')]).toEqual(['declined']);
  // The first refunds may find nothing to give back, and buy it first.
  for (const one of told('refund')) expect(['refunded', 'captured+refunded']).toContain(one);
});

test('a refund is of a payment that was captured, and of each at most once', async () => {
  const { asked } = await serveAll(scenarios.mixed, 5_000);
  const refunded = asked.filter((a) => a.path.endsWith('/refunds')).map((a) => a.path);
  expect(refunded.length).toBeGreaterThan(100);
  expect(new Set(refunded).size).toBe(refunded.length);
});

test('a hot merchant takes all, a hot bank is paid with its cards alone', async () => {
  const hot = await serveAll(scenarios.hot_merchant, 300);
  expect(new Set(hot.asked.filter((a) => a.path === '/v1/payments').map((a) => a.token))).toEqual(
    new Set(['key0']),
  );
  const bank = await serveAll(scenarios.hot_bank, 300);
  const cards = bank.asked.flatMap((a) => (a.body.card_id === undefined ? [] : [String(a.body.card_id)]));
  expect(cards).toHaveLength(300);
  expect(cards.every((c) => c.startsWith('yunzhou'))).toBe(true);
  const all = await serveAll(scenarios.uniform, 300);
  const spread = (list: Asked[], key: 'token') =>
    new Set(list.filter((a) => a.path === '/v1/payments').map((a) => a[key])).size;
  expect(spread(all.asked, 'token')).toBe(5);
});

test('the same seed brings the same customers', async () => {
  const one = await serveAll(scenarios.mixed, 500, 'a');
  expect((await serveAll(scenarios.mixed, 500, 'a')).asked).toEqual(one.asked);
  expect((await serveAll(scenarios.mixed, 500, 'b')).asked).not.toEqual(one.asked);
});

test('no pay code is shown twice', async () => {
  const { asked } = await serveAll(scenarios.mixed, 5_000);
  const codes = asked.flatMap((a) => (a.body.pay_code === undefined ? [] : [a.body.pay_code]));
  expect(codes.length).toBeGreaterThan(1_000);
  expect(new Set(codes).size).toBe(codes.length);
});

test('a refusal at the door is an error by its kind and clear; a lost outcome is unclear', async () => {
  const of = async (status: number, body: string) => {
    const { endings } = await serveAll(scenarios.uniform, 1, '1', (a) =>
      a.path.endsWith('/pay') ? answered(status, body) : undefined,
    );
    return endings[0];
  };
  expect(await of(503, '{"code":"overloaded"}')).toMatchObject({
    what: 'pay 503 overloaded',
    asMeant: false,
    unclear: false,
    told: [],
  });
  expect(await of(500, '{"code":"internal_error"}')).toMatchObject({
    what: 'pay 500 internal_error',
    unclear: true,
  });
  expect(await of(200, '{"state":"unknown"}')).toMatchObject({ what: 'pay 200 unknown', unclear: true });
  expect(await of(200, '{"state":"declined","decline":{"code":"issuer_unavailable"}}')).toMatchObject({
    what: 'pay 200 declined issuer_unavailable',
    asMeant: false,
    told: ['declined'],
  });
  // Authorised is not captured.
  expect(await of(200, '{"state":"authorised"}')).toMatchObject({ asMeant: false, told: [] });
});
