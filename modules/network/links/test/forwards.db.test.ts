import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createForwarder,
  enqueueForwards,
  escalatedForwards,
  exchangesOf,
  type Forward,
  type ForwardAnswer,
  type Forwarder,
  type ForwarderDeps,
  forwardsOf,
  type IssuerAnswer,
  type IssuerRequest,
  linksMigrations,
  type NewForward,
  pendingForwards,
} from '../src/index.ts';
import { fastTimers, ids, purchase, references, testPan, until } from './setting.ts';

let db: Db;
const memberId = ids.uuid();
const running: Forwarder[] = [];

/** A bank that answers what it is told, and remembers what it heard. */
function fakeLinks(
  answerOf: (request: IssuerRequest, n: number) => Partial<IssuerAnswer> | Promise<Partial<IssuerAnswer>>,
) {
  const sent: IssuerRequest[] = [];
  return {
    sent,
    up: true,
    isUp() {
      return this.up;
    },
    async send(member: string, request: IssuerRequest): Promise<IssuerAnswer> {
      sent.push(request);
      const answer = await answerOf(request, sent.length);
      if (answer.kind === 'not_sent') return answer as IssuerAnswer;
      const outcome = answer.kind === 'answered' ? 'answered' : 'time_out';
      const exchange = {
        id: ids.uuid(),
        memberId: member,
        kind: request.kind,
        mti: request.repeat ? '0421' : '0420',
        stan: request.stan,
        rrn: request.rrn,
        sentAtMs: systemClock.now(),
        receivedAtMs: null,
        responseCode: answer.kind === 'answered' ? (answer.responseCode ?? null) : null,
        outcome,
        request: { '11': request.stan },
        response: null,
      } as const;
      return { approvalCode: null, ...answer, exchange } as IssuerAnswer;
    },
  };
}

const accept = { kind: 'answered', responseCode: '00' } as const;
const silence = { kind: 'no_answer', reason: 'time_out' } as const;

function advice(change: Partial<NewForward> = {}): NewForward {
  const { pan: _pan, expiry: _expiry, kind: _kind, ...payload } = purchase();
  const original = {
    mti: '0200',
    stan: payload.stan,
    transmittedAtMs: payload.transmittedAtMs,
    rrn: payload.rrn,
  };
  return {
    id: ids.uuid(),
    memberId,
    kind: 'reversal_advice',
    groupId: ids.uuid(),
    panToken: ids.uuid(),
    payload: { ...payload, ...references.next(), rrn: payload.rrn, original },
    createdAtMs: systemClock.now(),
    ...change,
  };
}

const store = (...forwards: NewForward[]) => db.transaction((tx) => enqueueForwards(tx, forwards));
const stateOf = async (f: NewForward) =>
  (await forwardsOf(db, f.groupId)).find((s) => s.id === f.id) as Forward;

function forwarder(links: ForwarderDeps['links'], change: Partial<ForwarderDeps> = {}) {
  const settled: { forward: Forward; answer: ForwardAnswer }[] = [];
  const errors: unknown[] = [];
  const worker = createForwarder({
    db,
    clock: systemClock,
    timers: fastTimers,
    holder: ids.uuid(),
    random: () => 0.5,
    links,
    detokenise: async (tokens) => new Map(tokens.map((t) => [t, { pan: testPan, expiry: '3012' }])),
    onSettled: async (_tx, group) => {
      settled.push(...group);
    },
    onError: (error) => errors.push(error),
    ...change,
  });
  running.push(worker);
  worker.start();
  return { worker, settled, errors };
}

beforeAll(async () => {
  db = await testDatabase([linksMigrations]);
});
afterAll(() => db.close());
beforeEach(() => db.query('delete from links.forward'));
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
});

/** Makes what is waiting due at once. */
const hurry = () =>
  db.query('update links.forward set next_attempt_at = created_at where acknowledged_at is null');

test('a stored advice is sent, settled once, and its exchange recorded; the card number is nowhere', async () => {
  const links = fakeLinks(() => accept);
  const { worker, settled } = forwarder(links);
  const f = advice();
  await store(f);
  worker.kick();
  await until(() => settled.length === 1, 'the settlement');
  await worker.stop();
  expect(links.sent[0]).toMatchObject({
    pan: testPan,
    kind: 'reversal_advice',
    repeat: false,
    amount: 1_280n,
  });
  expect(settled[0]).toMatchObject({
    forward: { id: f.id },
    answer: { outcome: 'accepted', responseCode: '00' },
  });
  const stored = await stateOf(f);
  expect(stored).toMatchObject({ outcome: 'accepted', responseCode: '00', attempts: 1, escalatedAtMs: null });
  expect(stored.payload).toEqual(f.payload);
  expect(await exchangesOf(db, f.groupId)).toMatchObject([{ groupId: f.groupId, outcome: 'answered' }]);
  const { rows } = await db.query('select * from links.forward');
  expect(JSON.stringify(rows, (_k, v) => (typeof v === 'bigint' ? v.toString() : v))).not.toContain(testPan);
});

test('without an answer it is repeated with the same STAN and reference, as a repeat, until one comes', async () => {
  const links = fakeLinks((_r, n) => (n < 3 ? silence : accept));
  const { worker, settled } = forwarder(links);
  const f = advice();
  await store(f);
  worker.kick();
  await until(() => links.sent.length === 1, 'the first attempt');
  for (const n of [2, 3]) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    await hurry();
    worker.kick();
    await until(() => links.sent.length >= n, `attempt ${n}`);
  }
  await until(() => settled.length === 1, 'the settlement');
  expect(links.sent.map((r) => r.repeat)).toEqual([false, true, true]);
  expect(new Set(links.sent.map((r) => `${r.stan} ${r.rrn} ${r.transmittedAtMs}`)).size).toBe(1);
  // It is told of before its commit.
  await expect.poll(async () => (await exchangesOf(db, f.groupId)).length).toBe(3);
});

test('repeats go out as far as their budget goes, and what was never sent is not held up by them', async () => {
  const old = Array.from({ length: 10 }, () => advice());
  const fresh = Array.from({ length: 5 }, () => advice());
  await store(...old);
  await db.query('update links.forward set attempts = 1, first_sent_at = created_at');
  await store(...fresh);
  const links = fakeLinks(() => accept);
  let left = 3;
  const budget = { left: () => left, spend: (count: number) => (left -= count), answered: () => undefined };
  const { worker, settled } = forwarder({ ...links, repeats: () => budget });
  await until(() => settled.length === 8, 'three repeats and what is new');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(links.sent.filter((r) => r.repeat)).toHaveLength(3);
  expect(links.sent.filter((r) => !r.repeat)).toHaveLength(5);
  expect(left).toBe(0);
  left = 100;
  worker.kick();
  await until(() => settled.length === 15, 'the rest');
});

test('a message taken by a process that died is sent again by another, as a repeat', async () => {
  const f = advice();
  await store(f);
  await db.query(
    `update links.forward set attempts = 1, lease_holder = $1, lease_until = $2, first_sent_at = created_at`,
    [ids.uuid(), new Date(systemClock.now() - 1).toISOString()],
  );
  const links = fakeLinks(() => accept);
  const { settled } = forwarder(links);
  await until(() => settled.length === 1, 'the settlement');
  expect(links.sent[0]?.repeat).toBe(true);
});

test('a refusal ends the sending, is handed over and flagged; a passing failure is retried', async () => {
  const refused = advice();
  const later = advice();
  const links = fakeLinks((r) =>
    r.stan === refused.payload.stan
      ? { kind: 'answered', responseCode: '12' }
      : { kind: 'answered', responseCode: '91' },
  );
  const { worker, settled } = forwarder(links);
  await store(refused, later);
  worker.kick();
  await until(() => settled.length === 1 && links.sent.length === 2, 'both answers');
  await worker.stop();
  expect(settled[0]?.answer).toMatchObject({ outcome: 'refused', responseCode: '12' });
  expect((await escalatedForwards(db, 10)).map((e) => e.id)).toEqual([refused.id]);
  expect(await stateOf(later)).toMatchObject({ outcome: null, attempts: 1, acknowledgedAtMs: null });
  expect(await pendingForwards(db)).toMatchObject([{ memberId, pending: 1, escalated: 0 }]);
});

test('what could not be sent does not count as an attempt', async () => {
  const f = advice();
  await store(f);
  const links = fakeLinks(() => ({ kind: 'not_sent', reason: 'busy' }));
  const { worker } = forwarder(links);
  await until(() => links.sent.length === 1, 'the attempt');
  await worker.stop();
  expect(await stateOf(f)).toMatchObject({ attempts: 0, firstSentAtMs: null });
  expect((await stateOf(f)).nextAttemptAtMs).toBeGreaterThan(systemClock.now());
});

test('nothing is taken for a bank whose link is down, and after long it is flagged all the same', async () => {
  const f = advice({ createdAtMs: systemClock.now() - 3_600_000 });
  await store(f);
  const links = fakeLinks(() => accept);
  links.up = false;
  const { worker, settled } = forwarder(links);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await stateOf(f)).toMatchObject({ attempts: 0 });
  expect((await stateOf(f)).escalatedAtMs).not.toBeNull();
  links.up = true;
  worker.kick();
  await until(() => settled.length === 1, 'the settlement');
});

test('after many tries it is flagged and still sent', async () => {
  const f = advice();
  await store(f);
  await db.query('update links.forward set attempts = 7');
  const links = fakeLinks((_r, n) => (n === 1 ? silence : accept));
  const { worker, settled } = forwarder(links);
  await until(() => links.sent.length === 1, 'the eighth attempt');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await stateOf(f)).escalatedAtMs).not.toBeNull();
  await hurry();
  worker.kick();
  await until(() => settled.length === 1, 'the settlement');
});

test('when the handler fails the mark is undone, others are not held up, and it is tried again', async () => {
  const poison = advice();
  const others = [advice(), advice(), advice()];
  const links = fakeLinks(() => accept);
  const settled: string[] = [];
  let broken = true;
  const { worker, errors } = forwarder(links, {
    onSettled: async (_tx, group) => {
      const ids = group.map((s) => s.forward.id);
      if (ids.includes(poison.id) && broken) throw new Error('the payment is stuck');
      settled.push(...ids);
    },
  });
  await store(poison, ...others);
  worker.kick();
  await until(() => others.every((o) => settled.includes(o.id)), 'the others');
  await until(() => errors.length >= 2, 'the errors');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await stateOf(poison)).toMatchObject({ acknowledgedAtMs: null });
  expect((await stateOf(poison)).escalatedAtMs).not.toBeNull();
  broken = false;
  await hurry();
  worker.kick();
  await until(() => settled.includes(poison.id), 'the stuck one');
  expect(links.sent.filter((r) => r.stan === poison.payload.stan).map((r) => r.repeat)).toEqual([
    false,
    true,
  ]);
});

test('a card that the vault does not give holds up only its own message', async () => {
  const lost = advice();
  const other = advice();
  const links = fakeLinks(() => accept);
  const { worker, settled, errors } = forwarder(links, {
    detokenise: async () => new Map([[other.panToken, { pan: testPan, expiry: '3012' }]]),
  });
  await store(lost, other);
  worker.kick();
  await until(() => settled.length === 1 && errors.length === 1, 'the other');
  await worker.stop();
  expect(settled[0]?.forward.id).toBe(other.id);
  expect((await stateOf(lost)).escalatedAtMs).not.toBeNull();
});

test('of one payment the messages go out one after the other', async () => {
  const groupId = ids.uuid();
  const completion = advice({ groupId, kind: 'completion_advice' });
  const refund = advice({ groupId, kind: 'refund_advice', createdAtMs: completion.createdAtMs + 1 });
  const order: string[] = [];
  const links = fakeLinks(async (r) => {
    order.push(`${r.kind} sent`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push(`${r.kind} answered`);
    return accept;
  });
  const { worker, settled } = forwarder(links);
  await store(refund, completion);
  worker.kick();
  await until(() => settled.length === 2, 'both');
  expect(order).toEqual([
    'completion_advice sent',
    'completion_advice answered',
    'refund_advice sent',
    'refund_advice answered',
  ]);
});

test('two processes share 200 messages; each is settled once', async () => {
  const forwards = Array.from({ length: 200 }, () => advice());
  await store(...forwards);
  const links = fakeLinks(() => accept);
  const one = forwarder(links);
  const two = forwarder(links);
  await until(() => one.settled.length + two.settled.length >= 200, 'all of them');
  await Promise.all([one.worker.stop(), two.worker.stop()]);
  const settled = [...one.settled, ...two.settled].map((s) => s.forward.id);
  expect(settled).toHaveLength(200);
  expect(new Set(settled).size).toBe(200);
  expect(links.sent).toHaveLength(200);
});

test('storing the same message twice stores it once', async () => {
  const f = advice();
  await store(f);
  await store({ ...f, payload: { ...f.payload, amount: 1n } });
  expect(await forwardsOf(db, f.groupId)).toMatchObject([{ payload: { amount: 1_280n } }]);
});
