import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createLateAnswerLog,
  exchangesOf,
  type LateAnswer,
  lateAnswersMax,
  linksMigrations,
} from '../src/index.ts';
import { ids } from './setting.ts';

let db: Db;
const memberId = ids.uuid();
beforeAll(async () => {
  db = await testDatabase([linksMigrations]);
});
afterAll(() => db?.close());

test('late answers are written into the log of their payment, within bounds', async () => {
  const groupId = ids.uuid();
  const errors: unknown[] = [];
  const ownersOf = async () => new Map();
  const log = createLateAnswerLog({ db, ids, ownersOf, onError: (e) => errors.push(e) });
  const late: LateAnswer = {
    memberId,
    why: 'after_deadline',
    request: { exchangeId: ids.uuid(), groupId, kind: 'financial', sentAtMs: systemClock.now() - 9_000 },
    mti: '0210',
    stan: '000001',
    rrn: 'ABCDEF000001',
    responseCode: '00',
    receivedAtMs: systemClock.now(),
    response: { '39': '00' },
  };
  expect(log.record(late)).toBe(true);
  expect(log.record({ ...late, request: { ...(late.request as object), groupId: null } as never })).toBe(
    false,
  );
  await log.flush();
  expect(await exchangesOf(db, groupId)).toMatchObject([
    { outcome: 'late', mti: '0210', responseCode: '00' },
  ]);
  const down = { ...db, transaction: () => Promise.reject(new Error('the database is down')) };
  const full = createLateAnswerLog({ db: down, ids, ownersOf, onError: (e) => errors.push(e) });
  for (let i = 0; i < lateAnswersMax; i++) full.record(late);
  expect(full.record(late)).toBe(false);
  await full.flush();
  expect(errors.length).toBeGreaterThan(0);
  expect(full.record(late)).toBe(true);
  await full.flush();
});

test('a late answer to a request of a process that is gone is found by its reference, if its own bank says it', async () => {
  const groupId = ids.uuid();
  const asked: (readonly string[])[] = [];
  const sentAtMs = systemClock.now() - 60_000;
  const log = createLateAnswerLog({
    db,
    ids,
    async ownersOf(rrns) {
      asked.push(rrns);
      return new Map([['ABCDEF000002', { groupId, memberId, sentAtMs }]]);
    },
    onError: (error) => {
      throw error;
    },
  });
  const strange: LateAnswer = {
    memberId,
    why: 'unknown',
    request: null,
    mti: '0210',
    stan: '000002',
    rrn: 'ABCDEF000002',
    responseCode: '00',
    receivedAtMs: systemClock.now(),
    response: { '39': '00' },
  };
  log.record(strange);
  log.record({ ...strange, memberId: ids.uuid() });
  log.record({ ...strange, rrn: 'ABCDEF000003' });
  await log.flush();
  expect(asked.flat()).toEqual(['ABCDEF000002', 'ABCDEF000002', 'ABCDEF000003']);
  expect(await exchangesOf(db, groupId)).toMatchObject([
    { outcome: 'late', kind: 'financial', memberId, rrn: 'ABCDEF000002', sentAtMs, responseCode: '00' },
  ]);
  expect(log.record({ ...strange, mti: '0810' })).toBe(false);
});
