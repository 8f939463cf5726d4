import { type Clock, manualClock } from '@feiqian/clock';
import { createIds } from '@feiqian/ids';
import type { Message } from '@feiqian/iso8583';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type BankSettings,
  bankMigrations,
  bankSchemas,
  type RunningBank,
  sandboxBanks,
  seedBank,
  startBank,
  testCards,
} from '../src/index.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { figures, problems, testSettings } from './test-bank.ts';

/** Two processes of one bank on one database: what holds here does not lean on order within a process. */
let db: TestDatabase;
let banks: RunningBank[];
let clients: IsoClient[];
const settings: BankSettings = testSettings();
const clock: Clock = manualClock(Date.UTC(2026, 0, 5, 1, 0, 0));
const pan = testCards[0]?.pan as string;
let counter = 0;
const fresh = () => {
  counter += 1;
  return { stan: counter.toString().padStart(6, '0'), rrn: `X${counter.toString().padStart(11, '0')}` };
};

beforeAll(async () => {
  db = await testDatabase(bankMigrations(settings));
  const seed = sandboxBanks[0]?.seed;
  if (!seed) throw new Error('no seed');
  await seedBank(db, settings, seed, clock);
  const start = () => startBank({ settings, db, clock, ids: createIds(clock.now) });
  banks = [await start(), await start()];
  clients = await Promise.all([...banks, ...banks].map((bank) => signedOnClient(settings, bank.isoPort)));
});
afterAll(async () => {
  for (const client of clients) client.end();
  for (const bank of banks) await bank.stop();
  await db.close();
});

/** Sends each message from some connection, all at once; answers in the order of the messages. */
function all(messages: readonly Message[]): Promise<string[]> {
  return Promise.all(
    messages.map(
      async (m, i) => (await (clients[i % clients.length] as IsoClient).ask(m)).fields[39] as string,
    ),
  );
}

test('fifty copies of one purchase, over four connections and two processes, are one purchase', async () => {
  const before = await figures(db, settings, pan);
  const message = payment({ pan, amount: 77, ...fresh() });
  const codes = await Promise.all(
    clients.map(async (client) => {
      client.heard.length = 0;
      const bytes = client.bytesOf(message);
      const answered = client.ask(message);
      client.write(Buffer.concat(Array.from({ length: 12 }, () => bytes)));
      await answered;
      for (let i = 0; i < 200 && client.heard.length < 13; i++) await new Promise((r) => setTimeout(r, 10));
      return client.heard.map((h) => `${h.message.fields[39]} ${h.message.fields[38]}`);
    }),
  );
  expect(codes.flat()).toHaveLength(52);
  expect(new Set(codes.flat()).size).toBe(1);
  expect((await figures(db, settings, pan)).balance).toBe(before.balance - 77n);
});

test('twenty purchases at once on a balance for ten: ten are approved', async () => {
  const credit = testCards[1]?.pan as string;
  const { balance } = await figures(db, settings, credit);
  const amount = balance / 10n;
  const codes = await all(Array.from({ length: 20 }, () => payment({ pan: credit, amount, ...fresh() })));
  expect(codes.filter((c) => c === '00')).toHaveLength(10);
  expect(codes.filter((c) => c === '51')).toHaveLength(10);
  expect((await figures(db, settings, credit)).balance).toBe(balance - amount * 10n);
});

test('twenty part refunds at once never give back more than was paid', async () => {
  const sale = fresh();
  await all([payment({ pan, amount: 1_000, ...sale })]);
  const before = await figures(db, settings, pan);
  const original = { mti: '0200', stan: sale.stan };
  const codes = await all(
    Array.from({ length: 20 }, () =>
      payment({ mti: '0220', processing: '200000', pan, amount: 90, ...fresh(), original }),
    ),
  );
  expect(codes.filter((c) => c === '00')).toHaveLength(11);
  expect((await figures(db, settings, pan)).balance).toBe(before.balance + 990n);
});

test('purchases and their reversals sent in the same instant leave nothing behind, whichever comes first', async () => {
  const before = await figures(db, settings, pan);
  const sales = Array.from({ length: 40 }, () => ({ pan, amount: 13, ...fresh() }));
  const reversals = sales.map((s) =>
    payment({ ...s, mti: '0420', stan: fresh().stan, original: { mti: '0200', stan: s.stan } }),
  );
  const requests = sales.map((s) => payment(s));
  const codes = await all(requests.flatMap((r, i) => [r, reversals[i] as Message]));
  expect(codes.filter((_, i) => i % 2 === 1).every((c) => c === '00')).toBe(true);
  expect(codes.filter((_, i) => i % 2 === 0).every((c) => c === '00' || c === '05')).toBe(true);
  expect(await figures(db, settings, pan)).toEqual(before);
});

test('a completion against a void in the same instant: one of the two has its way, whole', async () => {
  for (let i = 0; i < 15; i++) {
    const before = await figures(db, settings, pan);
    const hold = fresh();
    await all([payment({ mti: '0100', pan, amount: 500, ...hold })]);
    const original = { mti: '0100', stan: hold.stan };
    const completion = payment({ mti: '0220', pan, amount: 300, ...fresh(), original });
    const voiding = payment({ mti: '0420', pan, amount: 500, rrn: hold.rrn, stan: fresh().stan, original });
    const [completed, voided] = await all(i % 2 ? [completion, voiding] : [voiding, completion]).then((c) =>
      i % 2 ? c : c.reverse(),
    );
    expect(voided).toBe('00');
    expect(['00', '12']).toContain(completed);
    expect(await figures(db, settings, pan)).toEqual(before);
  }
});

test('the ledger holds what the operations say, and it balances', async () => {
  expect(await problems(db, settings)).toEqual([]);
  const { authorisation, ledger, accounts } = bankSchemas(settings.id);
  const { rows } = await db.query<{ id: string }>(
    `select a.id from ${accounts}.account a
     join ${ledger}.accounts l on l.id = a.id
     left join (
       select account_id,
         sum(case when kind in ('hold', 'purchase') and state = 'posted' then posted - refunded else 0 end) as taken,
         sum(case when state = 'held' then amount else 0 end) as held
       from ${authorisation}.operation group by account_id) o on o.account_id = a.id
     left join (
       select account_id, sum(amount) as told, sum(amount) filter (where rrn is null) as past
       from ${accounts}.movement group by account_id) m on m.account_id = a.id
     where l.debits_pending <> coalesce(o.held, 0)
        or l.credits_posted - l.debits_posted <> a.credit_limit + coalesce(m.told, 0)
        or (a.kind = 'credit' and l.credits_posted - l.debits_posted <>
          a.credit_limit + coalesce(m.past, 0) - coalesce(o.taken, 0))`,
  );
  expect(rows).toEqual([]);
});
