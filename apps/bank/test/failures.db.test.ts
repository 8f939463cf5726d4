import { setTimeout as sleep } from 'node:timers/promises';
import { manualClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  bankMigrations,
  type RunningBank,
  sandboxBanks,
  seedBank,
  startBank,
  testCards,
} from '../src/index.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { figures, problems, testSettings } from './test-bank.ts';

/** A database that can be told to lose the answer of its next commit, or to fail before it. */
type Fault = 'none' | 'commit unknown' | 'refused';
let fault: Fault = 'none';
let db: TestDatabase;
let bank: RunningBank;
let client: IsoClient;
const settings = testSettings();
const pan = testCards[0]?.pan as string;

function faulty(real: Db): Db {
  return {
    engine: real.engine,
    query: real.query,
    script: real.script,
    close: real.close,
    async transaction(work) {
      const now = fault;
      fault = 'none';
      if (now === 'refused') throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
      const value = await real.transaction(work);
      if (now === 'commit unknown') throw new Error('connection terminated during commit');
      return value;
    },
  };
}

beforeAll(async () => {
  const clock = manualClock(Date.UTC(2026, 0, 5, 1, 0, 0));
  db = await testDatabase(bankMigrations(settings));
  await seedBank(db, settings, (sandboxBanks[0] as (typeof sandboxBanks)[number]).seed, clock);
  bank = await startBank({ settings, db: faulty(db), clock, ids: createIds(clock.now) });
  client = await signedOnClient(settings, bank.isoPort);
});
afterAll(async () => {
  client?.end();
  await bank?.stop();
  await db?.close();
});

test('a payment whose commit is unknown is not answered; the repeat gets the one answer, and a reversal works', async () => {
  const before = await figures(db, settings, pan);
  const sale = { pan, amount: 640, stan: '000001', rrn: 'F00000000001' };
  fault = 'commit unknown';
  client.write(client.bytesOf(payment(sale)));
  await sleep(200);
  expect(client.heard).toHaveLength(0);
  expect((await figures(db, settings, pan)).balance).toBe(before.balance - 640n);
  expect((await client.ask(payment({ ...sale, mti: '0201' }))).fields[39]).toBe('00');
  expect((await figures(db, settings, pan)).balance).toBe(before.balance - 640n);
  const original = { mti: '0200', stan: '000001' };
  const reversal = payment({ ...sale, mti: '0420', stan: '000002', original });
  expect((await client.ask(reversal)).fields[39]).toBe('00');
  expect(await figures(db, settings, pan)).toEqual(before);
});

test('a payment that the database never saw is not answered, and its reversal keeps it from coming later', async () => {
  const before = await figures(db, settings, pan);
  client.heard.length = 0;
  const sale = { pan, amount: 640, stan: '000011', rrn: 'F00000000011' };
  fault = 'refused';
  client.write(client.bytesOf(payment(sale)));
  await sleep(200);
  expect(client.heard).toHaveLength(0);
  const original = { mti: '0200', stan: '000011' };
  expect((await client.ask(payment({ ...sale, mti: '0420', stan: '000012', original }))).fields[39]).toBe(
    '00',
  );
  expect((await client.ask(payment(sale))).fields[39]).toBe('05');
  expect(await figures(db, settings, pan)).toEqual(before);
  expect(await problems(db, settings)).toEqual([]);
});

test('seeding again changes nothing, whatever has happened since', async () => {
  await client.ask(payment({ pan, amount: 5, stan: '000021', rrn: 'F00000000021' }));
  const before = await figures(db, settings, pan);
  await seedBank(db, settings, (sandboxBanks[0] as (typeof sandboxBanks)[number]).seed);
  expect(await figures(db, settings, pan)).toEqual(before);
  expect(await problems(db, settings)).toEqual([]);
});
