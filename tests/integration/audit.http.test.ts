import type { AuditView } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, done } from '../support/caller.ts';
import { type History, live } from '../support/history.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { desk } from '../support/people.ts';
import { until } from '../support/until.ts';

/*
 * The continuous audit: it looks at a sample of a running network's books again and again, and what it finds is seen
 * at the console, in the metrics and in the log.
 */

let net: TestNetwork;
let past: History;
let operator: Caller;
beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs: 1_500, env: { FEIQIAN_AUDIT_SECONDS: '1' } });
  past = await live(net);
  operator = await desk(net);
}, 180_000);
afterAll(() => net?.stop());

const seen = () => done(operator.get<AuditView>('/v1/console/audit'));
const failing = (view: AuditView) => view.checks.filter((c) => c.findings > 0).map((c) => c.name);

/** What the first look that began after this call found. */
async function nextLook(): Promise<AuditView> {
  const { db, clock } = net.network;
  const { rows } = await db.query<{ slot: bigint }>('select max(slot) as slot from console.audit_look');
  const before = rows[0]?.slot ?? 0n;
  const from = clock.now();
  await until(async () => {
    const { rows: later } = await db.query(
      'select 1 from console.audit_look where slot > $1 and taken_at > $2 and finished_at is not null',
      [before, new Date(from)],
    );
    return later.length > 0;
  }, 15_000);
  return seen();
}

test('a network that goes right is looked at all the time, and nothing is found', async () => {
  const view = await nextLook();
  expect(failing(view)).toEqual([]);
  const { rows } = await net.network.db.query<{ n: bigint }>('select count(*) as n from payments.payment');
  expect(view.last).toMatchObject({ findings: 0, payments: Number(rows[0]?.n) });
  expect(view.every_seconds).toBe(1);
  expect(view.day.looks).toBeGreaterThan(0);
  const names = view.checks.map((c) => c.name);
  expect(names).toContain('network.captured_is_booked');
  expect(names).toContain('network.entries_since');
  expect(names).toContain('yunzhou.bank_holds_what_we_posted');
  expect(view.checks.every((c) => c.title !== '' && c.title_zh !== '')).toBe(true);
});

test('a wrong row is found within a look, named at the console, counted in the metrics, and gone when it is mended', async () => {
  const { db } = net.network;
  await db.query('update payments.payment set refunded_amount = refunded_amount - 1 where id = $1', [
    past.partlyRefunded,
  ]);
  const found = await nextLook();
  expect(failing(found)).toEqual(['network.refunded_adds_up']);
  const check = found.checks.find((c) => c.findings > 0);
  expect(check).toMatchObject({ invariant: 'L7', of: 'network', subject: 'payment', findings: 1 });
  expect(check?.examples).toEqual([
    {
      what: past.partlyRefunded,
      payment_id: `pay_${past.partlyRefunded.replaceAll('-', '')}`,
      found: 'refunded 29 of 30, reserved 30 of 30',
    },
  ]);
  const metrics = (await net.anyone.get('/metrics')).text;
  expect(metrics).toContain('feiqian_audit_findings{of="network",check="refunded_adds_up"} 1');
  expect(metrics).toContain('feiqian_audit_findings{of="network",check="captured_is_booked"} 0');
  expect(net.logs.some((line) => line.includes('refunded_adds_up'))).toBe(true);

  await db.query('update payments.payment set refunded_amount = refunded_amount + 1 where id = $1', [
    past.partlyRefunded,
  ]);
  const mended = await nextLook();
  expect(failing(mended)).toEqual([]);
  const after = mended.checks.find((c) => c.name === 'network.refunded_adds_up');
  expect(after?.last_finding_at).not.toBeNull();
  expect(mended.day.looks_with_findings).toBeGreaterThan(0);
});

test('a balance that moves without an entry is found by the next look', async () => {
  const { db } = net.network;
  await nextLook();
  const change = (by: number) =>
    db.query(
      `update ledger.accounts set debits_posted = debits_posted + $2
       where id = (select debit_account_id from ledger.transfers where id = $1)`,
      [past.captured, by],
    );
  await change(7);
  const found = await nextLook();
  expect(failing(found)).toContain('network.sums');
  expect(net.logs.some((line) => line.includes('entries_since'))).toBe(true);
  await change(-7);
});

test('however many ask at once, one of them looks in an interval', async () => {
  const turns = await Promise.all(Array.from({ length: 10 }, () => net.network.audits.turn()));
  // Two, when the second ends between the first question and the last.
  expect(turns.filter(Boolean).length).toBeLessThanOrEqual(2);
});

test('banks and merchants do not see it', async () => {
  for (const user of ['bank', 'merchant']) {
    expect((await (await desk(net, user)).get('/v1/console/audit')).status).toBe(403);
  }
});
