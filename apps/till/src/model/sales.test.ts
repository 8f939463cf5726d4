import type { Payment } from '@feiqian/contract';
import { describe, expect, it } from 'vitest';
import { paymentOf } from './payment.fake.ts';
import { attemptsMax } from './requests.ts';
import type { Sale } from './sale.ts';
import { createSales, lookMsAlone, lookMsChecking, type SalesDeps, type StartSale } from './sales.ts';
import { salesMax } from './sales-list.ts';

const t0 = Date.parse('2026-11-22T02:00:00.000Z');
const coffee: StartSale = {
  door: 'code',
  amount: 1800,
  currency: 'CNY',
  orderReference: 'A1',
  storeId: `sto_${'0'.repeat(32)}`,
  terminal: 'T0000001',
};
const silence = new Error('no answer');
class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A network that answers each request with the next prepared answer of its path. */
function fakeNetwork(answers: Record<string, (Payment | Error)[]>) {
  const sent: { path: string; body: unknown; key: string }[] = [];
  let clock = t0;
  let keys = 0;
  const answer = (path: string): Promise<Payment> => {
    const queue = answers[path] ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    if (next === undefined) return Promise.reject(silence);
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  let kept: readonly Sale[] = [];
  const deps: SalesDeps = {
    post: (path, body, key) => {
      sent.push({ path, body, key });
      return answer(path);
    },
    get: (path) => {
      sent.push({ path, body: null, key: '' });
      return answer(path);
    },
    refusalOf: (error) => (error instanceof Refused ? { code: error.code, detail: null } : null),
    nowMs: () => clock,
    newKey: () => `key-${++keys}`,
    wait: async (ms) => {
      clock += ms;
    },
    keep: (sales) => {
      kept = sales;
    },
  };
  const settle = async () => {
    for (let i = 0; i < 40; i += 1) await Promise.resolve();
  };
  return { deps, sent, settle, later: (ms: number) => (clock += ms), kept: () => kept };
}
const created = paymentOf({ state: 'created' });
const path = `/v1/payments/${created.id}`;
const after = (state: Payment['state'], seconds: number) =>
  paymentOf({ state, updatedMs: t0 + seconds * 1000 });

describe('the sales of a till', () => {
  it('show a code and hear of the payment by the stream', async () => {
    const net = fakeNetwork({ '/v1/payments': [created] });
    const sales = createSales(net.deps);
    const id = sales.start(coffee);
    expect(sales.find(id)?.phase).toBe('opening');
    await net.settle();
    expect(sales.find(id)?.phase).toBe('showing');
    sales.apply(after('captured', 3));
    expect(sales.find(id)?.phase).toBe('paid');
  });

  it('charge a scanned code in one go', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [`${path}/collect`]: [after('captured', 2)] });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    expect(sales.find(id)?.phase).toBe('paid');
    expect(net.sent[0]?.body).toMatchObject({ entry: 'pay_code', amount: 1800, order_reference: 'A1' });
    expect(net.sent[1]?.body).toEqual({ pay_code: '6212345678901234567' });
  });

  it('never keep the payer’s code on the till', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [`${path}/collect`]: [after('captured', 2)] });
    createSales(net.deps).start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    expect(JSON.stringify(net.kept())).not.toContain('6212345678901234567');
  });

  it('repeat an unanswered request under the same key', async () => {
    const net = fakeNetwork({ '/v1/payments': [silence, silence, created] });
    const sales = createSales(net.deps);
    const id = sales.start(coffee);
    await net.settle();
    expect(sales.find(id)?.phase).toBe('showing');
    expect(new Set(net.sent.map((s) => s.key)).size).toBe(1);
    expect(net.sent).toHaveLength(3);
  });

  it('give up after a bounded number of attempts and say that nothing was charged', async () => {
    const net = fakeNetwork({ '/v1/payments': [silence] });
    const sales = createSales(net.deps);
    const id = sales.start(coffee);
    await net.settle();
    expect(net.sent).toHaveLength(attemptsMax);
    expect(sales.find(id)?.phase).toBe('unsent');
  });

  it('keep a charge without an answer open and find out by looking', async () => {
    const net = fakeNetwork({
      '/v1/payments': [created],
      [`${path}/collect`]: [silence],
      [path]: [silence, after('processing', 20), after('captured', 21)],
    });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    expect(sales.find(id)).toMatchObject({ phase: 'checking', silent: true });
    for (const phase of ['checking', 'paid']) {
      net.later(lookMsChecking);
      sales.tick(true);
      await net.settle();
      expect(sales.find(id)?.phase).toBe(phase);
    }
  });

  it('take another code after a refused one without a second payment', async () => {
    const net = fakeNetwork({
      '/v1/payments': [created],
      [`${path}/collect`]: [new Refused('pay_code_expired'), after('captured', 9)],
    });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    expect(sales.find(id)).toMatchObject({ phase: 'refused', refusal: { code: 'pay_code_expired' } });
    sales.collect(id, '6212345678901234568');
    await net.settle();
    expect(sales.find(id)?.phase).toBe('paid');
    expect(net.sent.filter((s) => s.path === '/v1/payments')).toHaveLength(1);
    expect(new Set(net.sent.filter((s) => s.key !== '').map((s) => s.key)).size).toBe(3);
  });

  it('close a refused payment at the network when the cashier leaves it', async () => {
    const net = fakeNetwork({
      '/v1/payments': [created],
      [`${path}/collect`]: [new Refused('pay_code_expired')],
    });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    sales.dismiss(id);
    await net.settle();
    expect(sales.find(id)).toBeNull();
    expect(net.sent.at(-1)?.path).toBe(`${path}/cancel`);
  });

  it('close a declined payment at the network when the cashier goes on', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [`${path}/collect`]: [after('declined', 2)] });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    expect(sales.find(id)?.phase).toBe('declined');
    sales.dismiss(id);
    await net.settle();
    expect(net.sent.at(-1)?.path).toBe(`${path}/cancel`);
  });

  it('leave a paid payment alone when the cashier goes on', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [`${path}/collect`]: [after('captured', 2)] });
    const sales = createSales(net.deps);
    const id = sales.start({ ...coffee, door: 'scan', payCode: '6212345678901234567' });
    await net.settle();
    sales.dismiss(id);
    await net.settle();
    expect(net.sent.at(-1)?.path).toBe(`${path}/collect`);
  });

  it('hear of a payment at the poster once', () => {
    const net = fakeNetwork({});
    const sales = createSales(net.deps);
    sales.adopt(after('captured', 2));
    sales.adopt(after('captured', 2));
    expect(sales.list()).toHaveLength(1);
  });

  it('cancel even while the code is still being made', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [`${path}/cancel`]: [after('cancelled', 2)] });
    const sales = createSales(net.deps);
    const id = sales.start(coffee);
    sales.cancel(id);
    await net.settle();
    expect(sales.find(id)?.phase).toBe('cancelled');
  });

  it('believe the network when cancelling comes too late', async () => {
    const net = fakeNetwork({
      '/v1/payments': [created],
      [`${path}/cancel`]: [new Refused('payment_state')],
      [path]: [after('captured', 3)],
    });
    const sales = createSales(net.deps);
    const id = sales.start(coffee);
    await net.settle();
    sales.cancel(id);
    await net.settle();
    expect(sales.find(id)).toMatchObject({ phase: 'paid', cancelling: false });
  });

  it('are looked up often without a stream, and rarely with one', async () => {
    const net = fakeNetwork({ '/v1/payments': [created], [path]: [created] });
    const sales = createSales(net.deps);
    sales.start(coffee);
    await net.settle();
    const looks = () => net.sent.filter((s) => s.path === path).length;
    net.later(lookMsAlone);
    sales.tick(true);
    expect(looks()).toBe(0);
    sales.tick(false);
    await net.settle();
    expect(looks()).toBe(1);
    sales.tick(false);
    expect(looks()).toBe(1);
  });

  it('come back after a reload and are found out', async () => {
    const first = fakeNetwork({ '/v1/payments': [created] });
    createSales(first.deps).start(coffee);
    await first.settle();
    const second = fakeNetwork({ [path]: [after('captured', 50)] });
    const sales = createSales(second.deps, first.kept());
    second.later(lookMsAlone);
    sales.tick(false);
    await second.settle();
    expect(sales.list()[0]?.phase).toBe('paid');
  });

  it('let go of the oldest finished sales, never of an open one', async () => {
    const net = fakeNetwork({ '/v1/payments': [new Refused('merchant_suspended')] });
    const sales = createSales(net.deps);
    sales.start(coffee);
    await net.settle();
    const open = createSales(fakeNetwork({ '/v1/payments': [created] }).deps, sales.list());
    for (let i = 0; i < salesMax + 5; i += 1) open.start(coffee);
    expect(open.list().length).toBe(salesMax + 5);
    expect(open.list().every((s) => s.phase !== 'refused')).toBe(true);
  });
});
