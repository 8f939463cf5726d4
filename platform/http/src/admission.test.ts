import { expect, test } from 'vitest';
import { callersMax, createAdmission, type WorkLimits } from './admission.ts';
import { createHttp } from './app.ts';

function setUp(limits: Partial<WorkLimits> = {}) {
  const clock = { now: 0 };
  const wait = { ms: 0 };
  const admission = createAdmission(
    {
      pay: {
        expectedWaitMs: () => wait.ms,
        waitMsDefault: 500,
        waitMsMax: 2_000,
        underWayMax: 3,
        underWayMin: 0,
        ...limits,
      },
      poll: {
        expectedWaitMs: () => wait.ms,
        waitMsDefault: 100,
        waitMsMax: 100,
        underWayMax: 3,
        underWayMin: 0,
        refusedAfterMs: 50,
      },
    },
    () => clock.now,
  );
  return { clock, wait, admission };
}

test('a request is refused when it would wait longer than its caller will, or than anybody may', () => {
  const { wait, admission } = setUp({ underWayMax: 100 });
  wait.ms = 400;
  expect(admission.admit('pay', 'a', null)).toBeNull();
  expect(admission.admit('pay', 'a', 300)).toBe('wait');
  expect(admission.admit('poll', 'a', 60_000)).toBe('wait');
  wait.ms = 1_500;
  expect(admission.admit('pay', 'a', null)).toBe('wait');
  expect(admission.admit('pay', 'a', 60_000)).toBeNull();
  wait.ms = 2_001;
  expect(admission.admit('pay', 'a', 60_000)).toBe('wait');
  expect(admission.figures().get('pay')).toMatchObject({ admitted: 2, refused: { wait: 3 }, underWay: 2 });
});

test('a few are let in however long it seems to take', () => {
  const { wait, admission } = setUp({ underWayMin: 2 });
  wait.ms = 60_000;
  expect([1, 2, 3].map(() => admission.admit('pay', 'a', null))).toEqual([null, null, 'wait']);
});

test('one kind of work that is full leaves the others their places', () => {
  const { admission } = setUp();
  for (let i = 0; i < 3; i++) expect(admission.admit('poll', 'a', null)).toBeNull();
  expect(admission.admit('poll', 'a', null)).toBe('full');
  expect(admission.admit('pay', 'a', null)).toBeNull();
  admission.ended('poll');
  expect(admission.admit('poll', 'a', null)).toBeNull();
});

test('one caller may ask only so often, and others do not notice', () => {
  const { clock, admission } = setUp({ perCallerPerSecond: 10, underWayMax: 1_000_000 });
  const asked = (caller: string, times: number) =>
    Array.from({ length: times }, () => admission.admit('pay', caller, null)).filter((r) => r === null)
      .length;
  expect(asked('greedy', 100)).toBe(20);
  expect(asked('modest', 5)).toBe(5);
  clock.now += 1_000;
  expect(asked('greedy', 100)).toBe(10);
  for (let i = 0; i < callersMax + 10; i++) asked(`many ${i}`, 1);
  expect(asked('greedy', 100)).toBe(20);
});

test('those who are refused at the same time are told to come back at different times', () => {
  const { wait, admission } = setUp();
  wait.ms = 3_000;
  const seconds = Array.from({ length: 40 }, () => admission.retryAfterSeconds('pay'));
  expect(Math.min(...seconds)).toBe(1);
  expect(new Set(seconds).size).toBeGreaterThan(4);
  expect(Math.max(...seconds)).toBeLessThanOrEqual(10);
});

test('over HTTP a refusal is a problem document with Retry-After, before the caller is known or the body read', async () => {
  const { wait, admission } = setUp({ perCallerPerSecond: 10 });
  const app = await createHttp({ requestId: () => 'req_1', admission });
  let reached = 0;
  app.addHook('onRequest', async () => {
    reached += 1;
  });
  app.post('/v1/pay', { config: { work: 'pay' } }, async () => ({ ok: true }));
  app.get('/v1/poll', { config: { work: 'poll' } }, async () => ({ ok: true }));
  app.get('/health', async () => ({ ok: true }));
  const ask = (headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/v1/pay',
      headers: { 'content-type': 'application/json', ...headers },
      payload: '{',
    });
  wait.ms = 700;
  const refused = await ask();
  expect([refused.statusCode, refused.headers['content-type'], reached]).toEqual([
    503,
    'application/problem+json; charset=utf-8',
    0,
  ]);
  expect(refused.json()).toMatchObject({ code: 'overloaded', status: 503, request_id: 'req_1' });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.headers['x-request-id']).toBe('req_1');
  expect((await ask({ prefer: 'respond-async, wait=2' })).statusCode).toBe(400);
  expect((await app.inject({ url: '/health' })).statusCode).toBe(200);
  const poll = () => app.inject({ url: '/v1/poll' });
  const begun = performance.now();
  expect((await poll()).statusCode).toBe(503);
  expect(performance.now() - begun).toBeGreaterThan(45);
  expect(admission.held).toBe(0);
  wait.ms = 0;
  for (let i = 0; i < 30; i++) await ask();
  const tooMany = await ask();
  expect([tooMany.statusCode, tooMany.json().code]).toEqual([429, 'too_many_requests']);
  expect(admission.figures().get('pay')?.underWay).toBe(0);
  await app.close();
});
