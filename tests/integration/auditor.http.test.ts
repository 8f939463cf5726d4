import {
  audit,
  auditIn,
  type Check,
  checksOf,
  grantAuditor,
  type Report,
  runChecks,
} from '@feiqian/app-auditor';
import type { Sql } from '@feiqian/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Corruption, corruptionsOf } from '../support/corruptions/all.ts';
import { type History, live } from '../support/history.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';

/*
 * Every check can fail: into the rows of a small real history one corruption at a time is planted, and exactly the
 * checks that are meant to see it must complain. The transaction that holds it is rolled back.
 */

/** The history is at one bank; what is checked of the others is the same statements over fewer rows. */
const looked = new Set(['network', 'yunzhou']);

let net: TestNetwork;
let past: History;
let corruptions: Corruption[];
let checks: Check[];
beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs: 1_500 });
  past = await live(net);
  corruptions = corruptionsOf(past);
  checks = (await checksOf(net.network.db)).filter((c) => looked.has(c.of));
}, 180_000);
afterAll(() => net?.stop());

class TakenBack extends Error {}

/** What complains while a corruption is in the rows. */
async function complaints({ plant }: Corruption): Promise<string[]> {
  let reports: Report[] = [];
  await net.network.db
    .transaction(async (tx) => {
      for (const statement of plant) await tx.query(statement);
      reports = (await runChecks(tx, checks)).reports;
      throw new TakenBack();
    })
    .catch((error: unknown) => {
      if (!(error instanceof TakenBack)) throw error;
    });
  return reports.filter((r) => r.findings > 0).map((r) => `${r.of}.${r.name}`);
}

test('a history that went right has no findings', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});

test('every check has a corruption that only it, or it and those named beside it, can see', () => {
  const seen = corruptions.flatMap((c) => c.seenBy);
  const names = checks.map((c) => `${c.of}.${c.name}`);
  expect(new Set(names).size, 'names of checks are unique').toBe(names.length);
  expect(
    names.filter((name) => !seen.includes(name)),
    'checks that no corruption shows',
  ).toEqual([]);
  expect(
    seen.filter((name) => !names.includes(name)),
    'checks that do not exist',
  ).toEqual([]);
});

test('each corruption is seen by the checks that are meant to see it, and by no other', {
  timeout: 180_000,
}, async () => {
  const wrong: unknown[] = [];
  for (const corruption of corruptions) {
    const found = await complaints(corruption).catch((error: unknown) => [String(error)]);
    if (found.sort().join() !== [...corruption.seenBy].sort().join()) {
      wrong.push({ what: corruption.what, expected: corruption.seenBy, found });
    }
  }
  expect(wrong).toEqual([]);
});

test('nothing of what was planted is left', async () => {
  expect(await differences(net.network.db)).toEqual([]);
});

test('what callers were told is compared with the rows', async () => {
  const { db } = net.network;
  const bodies = net.heard.filter((h) => h.answer.status < 300).map((h) => h.answer.text);
  expect(bodies.filter((b) => b.startsWith('{"id":"pay_')).length).toBeGreaterThan(10);
  const only = () => true;
  const given = async (answers: string[]) =>
    (await audit(db, { only, answers })).reports.find((r) => r.name === 'given_answers_are_true');
  expect(await given(bodies)).toMatchObject({ findings: 0, rows: bodies.length });
  const lost = `{"id":"pay_${'0'.repeat(32)}","state":"captured","captured_amount":100}`;
  const refund = `{"id":"ref_${'0'.repeat(32)}","state":"succeeded","amount":100}`;
  const untrue = `{"id":"pay_${past.declined.replaceAll('-', '')}","state":"captured","captured_amount":1060}`;
  const wrong = await given([lost, ...bodies, refund, untrue]);
  expect(wrong?.examples.map((e) => e.found)).toEqual([
    'payment captured 100, is missing',
    'refund succeeded 100, is missing',
    'payment captured 1060, is declined 0',
  ]);
});

test('the auditor’s role reads what the audit reads, no secret, and can change nothing', async () => {
  const { db } = net.network;
  const role = 'feiqian_auditor_test';
  await grantAuditor(db, role);
  const as = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      await tx.query(`set local role ${role}`);
      return work(tx);
    });
  const { reports } = await as((sql) => auditIn(sql));
  expect(reports.map((r) => `${r.of}.${r.name}`)).toEqual(
    (await checksOf(db)).map((c) => `${c.of}.${c.name}`),
  );
  expect(reports.filter((r) => r.findings > 0)).toEqual([]);
  for (const secret of [
    'select sealed from tokens.pan',
    'select password from access.operator',
    'select pan_cipher from bank_yunzhou_cards.card',
    'select wrapped from bank_yunzhou_authorisation.mac_key',
    'update payments.payment set amount = 1',
    'delete from outbox.event',
    'insert into ledger.timeouts values (1, null)',
  ]) {
    await expect(
      as((sql) => sql.query(secret)),
      secret,
    ).rejects.toThrow(/permission denied/);
  }
  await db.script(`drop owned by ${role}; drop role ${role}`);
});
