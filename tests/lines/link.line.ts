import { sandboxBanks } from '@feiqian/app-bank';
import type { Card, Payment, PaymentStory, Refund } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { disagreements } from '../support/banks.ts';
import { done } from '../support/caller.ts';
import { chanceOf } from '../support/chance.ts';
import { inDatabase, runCommand } from '../support/process.ts';
import { Stage } from '../support/stage.ts';
import { pause, until } from '../support/until.ts';
import { type LineFault, lineFaults, type Surroundings } from './faults.ts';

/*
 * The real network and the real reference banks, in processes of their own, with lines between them that fail in
 * every way a line can: first each fault by itself, over messages of both profiles. Whatever happens, each purchase
 * is paid or undone, each refund is made, once; another bank's customers notice nothing; and in the end both sides'
 * books say the same.
 */

const waitMs = 2_000;
const settleMsMax = 45_000;
const purchasesOf = { one: 2, whole: 3 };
/** The line that stays sound, so that one can see what becomes of the other bank's customers. */
const soundBank = 'haigang';
const failing = ['yunzhou', 'yanhu'] as const;

const chance = chanceOf('line faults');
let stage: Stage;
let before: Map<string, number>;
const everything: string[] = [];
let nextAmount = 20_000;
beforeAll(async () => {
  stage = await Stage.open({ waitMs, echoMs: 1_000, breaker: { callsMin: 1_000 } });
  before = await spendable();
}, 120_000);
afterAll(() => stage?.close());

const cardOf = (bank: string) =>
  stage.payer.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;

/** What each bank says its card may spend. */
async function spendable(): Promise<Map<string, number>> {
  const all = [...failing, soundBank].map(async (bank): Promise<[string, number]> => {
    const path = `/v1/wallet/cards/${cardOf(bank).id}/balance`;
    return [bank, (await done(stage.payer.get<{ available: number }>(path))).available];
  });
  return new Map(await Promise.all(all));
}

async function buy(bank: string, amount = ++nextAmount): Promise<Payment> {
  const body = { amount, currency: 'CNY', store_id: stage.storeId };
  const { id } = await done(stage.merchant.post<Payment>('/v1/payments', body));
  everything.push(id);
  const card_id = cardOf(bank).id;
  return done(stage.payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id }));
}

const look = (id: string) => done(stage.merchant.get<Payment>(`/v1/payments/${id}`));

/** One fault on the line of one bank, with what it is tried on. */
interface Trial {
  fault: LineFault;
  bank: (typeof failing)[number];
  /** Amounts of its purchases, and of a refund: by them its messages are known. */
  amounts: number[];
  refunded: Payment;
}

async function trialOf(fault: LineFault, bank: Trial['bank']): Promise<Trial> {
  const amounts = Array.from({ length: purchasesOf[fault.whole ? 'whole' : 'one'] }, () => ++nextAmount);
  return { fault, bank, amounts, refunded: await buy(bank) };
}

function surroundingsOf(bank: string): Surroundings {
  const settings = sandboxBanks.find((b) => b.settings.id === bank)?.settings;
  if (!settings) throw new Error(`no bank ${bank}`);
  return {
    waitMs,
    profile: settings.profile,
    macKey: Buffer.from(settings.macKeyHex, 'hex'),
    chance: chance.next,
  };
}

/**
 * Puts the faults on their lines: on the messages of their own purchases, or on all where the line itself fails. Such
 * a line fails from the first purchase on: were it down before, all of them would be refused and nothing undone.
 */
function damage(trials: readonly Trial[]): void {
  for (const bank of failing) {
    const own = trials
      .filter((t) => t.bank === bank)
      .map((t) => ({ ...t, decide: t.fault.of(surroundingsOf(bank)), begun: false }));
    stage.line(bank).fault = (frame) => {
      const amount = Number(frame.message?.fields[4]);
      for (const t of own) t.begun ||= t.amounts.includes(amount);
      const trial = own.find((t) =>
        t.fault.whole ? t.begun : t.amounts.includes(amount) || t.refunded.amount === amount,
      );
      return trial?.decide(frame) ?? null;
    };
  }
}

/** What a fault does besides to the connections, once everything is under way. */
async function breakOff({ fault, bank }: Trial): Promise<void> {
  if (!fault.afterwards) return;
  await pause(waitMs / 3);
  if (fault.afterwards === 'strand') stage.line(bank).strand();
  else stage.line(bank).cut(fault.afterwards);
}

/** Runs trials together; the ends of each trial's purchases. */
async function run(trials: readonly Trial[]): Promise<string[][]> {
  await stage.linked();
  damage(trials);
  const others = Promise.all([1, 2].map(() => buy(soundBank)));
  const refunds = Promise.all(
    trials.map(({ refunded }) =>
      done(stage.merchant.post<Refund>(`/v1/payments/${refunded.id}/refunds`, { reason: 'returned' })),
    ),
  );
  const [bought] = await Promise.all([
    Promise.all(trials.map((t) => Promise.all(t.amounts.map((amount) => buy(t.bank, amount))))),
    ...trials.map(breakOff),
  ]);
  expect((await others).map((p) => p.state)).toEqual(['captured', 'captured']);
  await refunds;
  for (const bank of failing) stage.line(bank).fault = null;
  await stage.settled(settleMsMax);
  for (const { refunded } of trials) expect((await look(refunded.id)).state).toBe('refunded');
  return Promise.all(bought.map((own) => Promise.all(own.map(async (p) => (await look(p.id)).state))));
}

function judge(trials: readonly Trial[], ends: readonly string[][]): void {
  for (const [i, { fault, bank }] of trials.entries()) {
    const seen = ends[i] as string[];
    const what = `a line to ${bank} that ${fault.name}: ${seen}`;
    expect(seen, what).toContain(fault.ends[0]);
    expect(
      seen.filter((end) => !(fault.ends as readonly string[]).includes(end)),
      what,
    ).toEqual([]);
  }
}

const ofMessages = lineFaults.filter((f) => !f.whole);
const ofLines = lineFaults.filter((f) => f.whole);
/** Two at a time, one on each failing line. */
const pairs = ofLines.flatMap((first, i) => (i % 2 === 0 ? [[first, ofLines[i + 1]] as const] : []));

describe('one fault at a time', () => {
  test(`what happens to single messages, in both profiles: ${ofMessages.map((f) => f.name).join('; ')}`, async () => {
    const trials = await Promise.all(
      failing.flatMap((bank) => ofMessages.map((fault) => trialOf(fault, bank))),
    );
    judge(trials, await run(trials));
  });

  // Before the faults that break connections: after each the network waits longer before it connects again.
  test('answers that are said again on the next connection change nothing', async () => {
    await stage.linked();
    const line = stage.line('yunzhou');
    const said: Buffer[] = [];
    line.onFrame = (frame) => {
      if (frame.to === 'network') said.push(frame.bytes);
    };
    const paid = await buy('yunzhou');
    line.fault = (frame) => (frame.to === 'network' && frame.message?.mti === '0210' ? { pieces: [] } : null);
    const lost = await buy('yunzhou');
    const { opened } = line;
    line.cut();
    line.fault = null;
    line.onFrame = null;
    await until(() => line.opened > opened, settleMsMax, 'the next connection');
    await stage.linked();
    for (const bytes of said) line.say(bytes);
    await stage.settled(settleMsMax);
    expect([(await look(paid.id)).state, (await look(lost.id)).state]).toEqual(['captured', 'reversed']);
    const story = () => done(stage.operator.get<PaymentStory>(`/v1/console/payments/${lost.id}`));
    await until(async () => (await story()).exchanges.some((e) => e.outcome === 'late'), 5_000, 'its record');
    expect((await story()).entries).toEqual([]);
  });

  test.each(pairs.map(([a, b]) => [a.name, b?.name ?? 'nothing', [a, b]] as const))(
    'a line that %s, and another that %s',
    async (_a, _b, faults) => {
      const pair = faults.filter((f) => f !== undefined);
      const trials = await Promise.all(pair.map((fault, i) => trialOf(fault, failing[i] as Trial['bank'])));
      judge(trials, await run(trials));
    },
  );
});

describe('in the end', () => {
  test('no request failed, the process never stopped, and both sides’ books agree to the unit', async () => {
    await stage.settled(settleMsMax);
    const ends = await Promise.all(everything.map(look));
    for (const [bank, available] of await spendable()) {
      const spent = ends
        .filter((p) => p.card?.bank_id === bank)
        .reduce((sum, p) => sum + p.captured_amount - p.refunded_amount, 0);
      expect([bank, available]).toEqual([bank, (before.get(bank) as number) - spent]);
    }
    expect(stage.failures).toEqual([]);
    expect([stage.process.child.exitCode, stage.process.child.signalCode]).toEqual([null, null]);
    await stage.process.end('SIGTERM');
    const holdings = await stage.banks.holdings();
    expect(await inDatabase(stage.env, (db) => disagreements(db, holdings))).toEqual([]);
    const audit = runCommand(['audit'], stage.env);
    expect([audit.code, audit.said]).toEqual([0, expect.stringContaining('The books are right')]);
  });
});
