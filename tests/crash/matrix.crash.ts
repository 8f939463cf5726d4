import { randomUUID } from 'node:crypto';
import type { Payment, PaymentStory, Refund } from '@feiqian/contract';
import { toUuid, uuidOf } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disagreements } from '../support/banks.ts';
import { type Answer, done } from '../support/caller.ts';
import { inDatabase, runCommand } from '../support/process.ts';
import { Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import {
  killedTogether,
  type Outcome,
  type Point,
  points,
  type RecoveryStep,
  recoverySteps,
  type Stop,
} from './points.ts';
import { Shoppers } from './shoppers.ts';

const settleMsMax = 30_000;

/** One payment that is lived through to its point, and what was answered to its client. */
interface Life {
  point: Point;
  amount: number;
  payment: Payment;
  key: string;
  asked: Promise<Answer | null> | null;
}

let stage: Stage;
let shoppers: Shoppers;
let nextAmount = 10_000;
let before: number;
const everyone: Life[] = [];
beforeAll(async () => {
  stage = await Stage.open();
  before = await spendable();
  shoppers = new Shoppers(stage);
}, 120_000);
afterAll(() => stage?.close());

/** What the shopper's card may spend, by its bank's word. */
const spendable = async () =>
  (await done(stage.payer.get<{ available: number }>(`/v1/wallet/cards/${card()}/balance`))).available;

async function born(point: Point): Promise<Life> {
  const amount = ++nextAmount;
  const body = { amount, currency: 'CNY', store_id: stage.storeId };
  const payment = await done(stage.merchant.post<Payment>('/v1/payments', body));
  const life = { point, amount, payment, key: randomUUID(), asked: null };
  everyone.push(life);
  if (point.life === 'disbelieved') stage.spoil(amount);
  if (point.life === 'refund')
    await done(stage.payer.post(`/v1/wallet/payments/${payment.id}/pay`, { card_id: card() }));
  return life;
}

const card = () => stage.card.id;

/** The request that a life is about: always the same under the same key. Null when the process died over it. */
function ask({ point, payment, key }: Life): Promise<Answer | null> {
  const asked =
    point.life === 'refund'
      ? stage.merchant.post(`/v1/payments/${payment.id}/refunds`, { reason: 'returned' }, { key })
      : stage.payer.post(`/v1/wallet/payments/${payment.id}/pay`, { card_id: card() }, { key });
  return asked.catch(() => null);
}

/** The identifier under which the network keeps a request's key. */
function keyOf({ point, payment, key }: Life): string {
  const [caller, route] =
    point.life === 'refund'
      ? [`mer:${toUuid(payment.merchant.id, 'mer')}`, 'POST /v1/payments/:id/refunds']
      : [`usr:${toUuid(stage.payer.session.user.id, 'usr')}`, 'POST /v1/wallet/payments/:id/pay'];
  return uuidOf(`${caller} ${route}\n${key}`);
}

/** Brings the process to a stop of one life; it stands there when this resolves. */
async function reach(life: Life, stop: Stop, asks: boolean): Promise<void> {
  const { amount, payment } = life;
  const held = stop.once === 'asked' ? null : stop.once;
  if (held) stage.hold(held, amount);
  if (asks && held) life.asked = ask(life);
  if (held) await stage.heldBack(held, amount);
  if (stop.halt === null) return;
  const name = randomUUID();
  const on = stop.halt.on === 'key' ? keyOf(life) : toUuid(payment.id, 'pay');
  await stage.process.halt({ name, when: stop.halt.when, on });
  if (held) stage.release(held, amount);
  else if (asks) life.asked = ask(life);
  await stage.process.halted(name);
}

/**
 * Kills the process at the point of every life, with no time passing for what the deaths before have left behind. The
 * last one is not followed by another process.
 */
async function killAtEach(lives: readonly Life[]): Promise<void> {
  await stage.setClock(stage.now(), true);
  for (const [i, ids] of killedTogether.entries()) {
    if (i > 0) await stage.start();
    const together = ids.map((id) => lives.find((l) => l.point.id === id) as Life);
    for (const life of together) await reach(life, life.point.first, true);
    await killed(together);
  }
}

/** The client of what could not be believed has been told that the outcome is unknown; the others heard nothing. */
async function killed(lives: readonly Life[]): Promise<void> {
  await stage.kill();
  for (const life of lives) {
    const answer = await life.asked;
    if (life.point.life !== 'disbelieved') expect(answer, life.point.id).toBeNull();
  }
  stage.releaseAll();
}

/** Repeats a request until it is answered for good. */
async function repeated(life: Life): Promise<Answer> {
  let answer: Answer | null = null;
  await until(
    async () => {
      answer = await ask(life);
      return answer !== null && answer.headers.get('retry-after') === null;
    },
    settleMsMax,
    'an answer',
  );
  return answer as unknown as Answer;
}

/** The outcome of a life as network and bank have it. */
async function outcomeOf({ payment }: Life): Promise<Outcome> {
  const story = await done(stage.operator.get<PaymentStory>(`/v1/console/payments/${payment.id}`));
  const { state, rrn } = story.payment;
  const holdings = rrn === null ? [] : ((await stage.banks.holdings()).get(rrn) ?? []);
  expect(holdings.length).toBeLessThanOrEqual(1);
  const bank = (holdings[0]?.state ?? null) as Outcome['bank'];
  const entries = story.entries.filter((e) => e.kind === 'purchase' || e.kind === 'post').length;
  return { state: state as Outcome['state'], bank, entries };
}

const promised = (lives: readonly Life[], of: (point: Point) => Outcome) =>
  lives.map(({ point }) => [point.id, of(point)]);
const found = (lives: readonly Life[]) =>
  Promise.all(lives.map(async (life) => [life.point.id, await outcomeOf(life)]));

/** What the repeated request is answered, and that it is true. */
async function answersAreTrue(lives: readonly Life[]): Promise<void> {
  for (const life of lives) {
    const { status, body } = await repeated(life);
    const told = body as { id: string; state: string };
    const said = [life.point.id, status, told.state];
    if (life.point.life === 'refund') {
      expect(said).toEqual([life.point.id, 201, expect.stringMatching(/^(succeeded|pending)$/)]);
      const { data } = await done(
        stage.merchant.get<{ data: Refund[] }>(`/v1/payments/${life.payment.id}/refunds`),
      );
      expect(data.map((r) => [r.id, r.amount, r.state])).toEqual([[told.id, life.amount, 'succeeded']]);
    } else {
      // Whoever was told before the reversal was done keeps hearing the same.
      const first = life.point.life === 'disbelieved' ? 'unknown' : life.point.after.state;
      expect(said).toEqual([life.point.id, 200, first]);
    }
  }
}

describe('killed at the first try and during the retry', () => {
  let lives: Life[];
  const by = (who: 'client' | 'network') => lives.filter((l) => l.point.retry.by === who);

  test('each payment comes to what is promised with nobody asking again', async () => {
    lives = await Promise.all(points.map(born));
    await killAtEach(lives);
    // The network repeats to the bank what it has no mark of: killed again at the same point.
    for (const life of by('network')) {
      for (const other of by('network')) stage.hold(other.point.retry.once, other.amount);
      await stage.startMuchLater();
      await reach(life, life.point.retry, false);
      await killed([life]);
    }
    await stage.startMuchLater();
    await stage.settled(settleMsMax);
    expect(await found(lives)).toEqual(promised(lives, (p) => p.before));
  });

  test('a bank’s answer that comes after all that is recorded and changes nothing', async () => {
    const life = lives.find((l) => l.point.id === 'P3') as Life;
    stage.line().say(stage.lost.get(`bank_answered ${life.amount}`) as Buffer);
    const story = () => done(stage.operator.get<PaymentStory>(`/v1/console/payments/${life.payment.id}`));
    await until(
      async () => (await story()).exchanges.some((e) => e.outcome === 'late' && e.response_code === '00'),
      settleMsMax,
      'the record of the late answer',
    );
    expect(await outcomeOf(life)).toEqual(life.point.after);
  });

  test('each client that repeats its request, and whose retry dies as well, is told the truth', async () => {
    for (const life of by('client')) {
      await reach(life, life.point.retry, true);
      await killed([life]);
      await stage.startMuchLater();
    }
    await answersAreTrue(lives);
    await stage.settled(settleMsMax);
    expect(await found(lives)).toEqual(promised(lives, (p) => p.after));
  });
});

describe('killed during the recovery', () => {
  let lives: Life[];
  test('each payment comes to what is promised all the same', async () => {
    lives = await Promise.all(points.map(born));
    await killAtEach(lives);
    for (const step of recoverySteps) await killedIn(step);
    await stage.startMuchLater();
    await stage.settled(settleMsMax);
    expect(await found(lives)).toEqual(promised(lives, (p) => p.before));
    await answersAreTrue(lives);
    await stage.settled(settleMsMax);
    expect(await found(lives)).toEqual(promised(lives, (p) => p.after));
  });

  /** Starts the process much later and kills it at one step of its recovery. */
  async function killedIn({ what, reached }: RecoveryStep): Promise<void> {
    const owed = lives.filter((l) => l.point.before.state === 'reversed');
    const on = (l: Life) => toUuid(l.payment.id, 'pay');
    if ('when' in reached) {
      const halts = reached.on === 'anything' ? [''] : owed.map(on);
      stage.beginMuchLater(halts.map((text) => ({ name: what, when: reached.when, on: text })));
      await stage.process.halted(what);
    } else {
      for (const life of owed) stage.hold('reversal_answered', life.amount);
      stage.beginMuchLater();
      await Promise.all(owed.map((life) => stage.heldBack('reversal_answered', life.amount)));
      if (reached.marking) {
        for (const life of owed)
          await stage.process.halt({ name: what, when: 'before_commit', on: on(life) });
        for (const life of owed) stage.release('reversal_answered', life.amount);
        await stage.process.halted(what);
      }
    }
    await stage.kill();
    stage.releaseAll();
  }
});

describe('in the end', () => {
  test('shopper, banks and network agree to the unit, and the auditor finds nothing', async () => {
    await shoppers.stop();
    await stage.settled(settleMsMax);
    expect(await shoppers.untrue()).toEqual([]);
    const ends = await Promise.all(
      everyone.map((l) => done(stage.merchant.get<Payment>(`/v1/payments/${l.payment.id}`))),
    );
    const spent = ends.reduce((sum, p) => sum + p.captured_amount - p.refunded_amount, 0);
    expect(spent).toBeGreaterThan(0);
    expect(await spendable()).toBe(before - spent);
    await stage.process.end('SIGTERM');
    const holdings = await stage.banks.holdings();
    expect(await inDatabase(stage.env, (db) => disagreements(db, holdings))).toEqual([]);
    const audit = runCommand(['audit'], stage.env);
    expect([audit.code, audit.said]).toEqual([0, expect.stringContaining('The books are right')]);
  });
});
