import { sandboxBanks } from '@feiqian/app-bank';
import type { Card, Payment, Refund } from '@feiqian/contract';
import { applyMac, frameMessage } from '@feiqian/iso8583';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { disagreements } from '../support/banks.ts';
import { done } from '../support/caller.ts';
import { chanceOf, often, seed } from '../support/chance.ts';
import type { Fault, Frame } from '../support/line.ts';
import { inDatabase, runCommand } from '../support/process.ts';
import { Stage } from '../support/stage.ts';
import { pause, until } from '../support/until.ts';
import { lineFaults } from './faults.ts';

/*
 * All faults of tests/lines/faults.ts at once and by chance, on the lines to two banks, while people buy, authorise,
 * capture, cancel and refund; the third bank's customers buy as well. The network runs with the breakers it is
 * shipped with, only that their pauses are shorter.
 */

const waitMs = 2_000;
/** Payments over lines that fail, and before that over sound ones. */
const failingCount = often(120);
const soundCount = 30;
const workers = 10;
/** Of a hundred messages so many meet a fault of their own, and so many one that takes the connection with it. */
const faultPercent = 15;
const wholePercent = 1;
/** Connections end, or are left half-open, so often. */
const breakMs = 1_500;
const settleMsMax = 60_000;
/** The sound bank's customers wait no longer than so many times what they wait without faults, in the middle. */
const soundTimesMax = 3;
const soundCustomers = 2;
const floodCount = 20_000;
const memoryBytesMax = 48 * 1_024 * 1_024;
const soundBank = 'haigang';
const failing = ['yunzhou', 'yanhu'];

const chance = chanceOf('mixture of line faults');
let stage: Stage;
const everything: string[] = [];
let amount = 1_000;
beforeAll(async () => {
  const breaker = { windowMs: 3_000, openMs: 300, openMsMax: 1_000, slowMs: waitMs };
  stage = await Stage.open({ waitMs, echoMs: 1_000, breaker });
}, 120_000);
afterAll(() => stage?.close());

const cardOf = (bank: string) =>
  stage.payer.cards.find((c) => c.bank.id === bank && c.kind === 'debit') as Card;

async function order(capture: 'automatic' | 'manual'): Promise<string> {
  const body = { amount: ++amount, currency: 'CNY', store_id: stage.storeId, capture };
  const { id } = await done(stage.merchant.post<Payment>('/v1/payments', body));
  everything.push(id);
  return id;
}

const pay = (id: string, bank: string) =>
  done(stage.payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: cardOf(bank).id }));

/** What a payment's merchant was told last, and what it told of refunds. */
const told = new Map<string, Payment>();
const refundsTold: Refund[] = [];

/** One payment with what is done to it, which follows from its number. */
async function live(bank: string, number: number): Promise<void> {
  const [manual, cancels, refunds] = [number % 5 < 2, number % 5 === 0, number % 2 === 0];
  const id = await order(manual ? 'manual' : 'automatic');
  const paid = await pay(id, bank);
  told.set(id, paid);
  if (paid.state === 'authorised') {
    const [what, body] = cancels ? ['cancel', undefined] : ['capture', { amount: 700 }];
    told.set(id, await done(stage.merchant.post<Payment>(`/v1/payments/${id}/${what}`, body)));
  }
  if (told.get(id)?.state !== 'captured' || !refunds) return;
  const body = { amount: 300, reason: 'returned' };
  refundsTold.push(await done(stage.merchant.post<Refund>(`/v1/payments/${id}/refunds`, body)));
}

/** Every fault there is, drawn anew for each message. */
function mixtureFor(bank: string): Fault {
  const own = sandboxBanks.find((b) => b.settings.id === bank)?.settings;
  if (!own) throw new Error(`no bank ${bank}`);
  const macKey = Buffer.from(own.macKeyHex, 'hex');
  const surroundings = { waitMs, profile: own.profile, macKey, chance: chance.next };
  const [whole, single] = [true, false].map((of) =>
    lineFaults.filter((f) => (f.whole ?? false) === of).map((f) => f.of(surroundings)),
  ) as [Fault[], Fault[]];
  return (frame) => {
    if (chance.percent(wholePercent)) return chance.pick(whole)(frame);
    return chance.percent(faultPercent) ? chance.pick(single)(frame) : null;
  };
}

/** How long a purchase at the bank takes, which must succeed, in ms. */
async function timed(bank: string): Promise<number> {
  const id = await order('automatic');
  const from = performance.now();
  expect((await pay(id, bank)).state).toBe('captured');
  return performance.now() - from;
}

const middle = (of: readonly number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] as number;

let memoryBefore: number;

/** People make so many payments; how long the sound bank's customers meanwhile waited for one, in the middle. */
async function buyMany(count: number, meanwhile: (goesOn: () => boolean) => Promise<void>): Promise<number> {
  let [begun, ended] = [0, 0];
  const goesOn = () => ended < count;
  const waited: number[] = [];
  const sound = async () => {
    while (goesOn()) waited.push(await timed(soundBank));
  };
  const buying = async () => {
    while (begun < count) {
      const number = begun++;
      await live(failing[number % failing.length] as string, number);
      ended += 1;
    }
  };
  await Promise.all([
    meanwhile(goesOn),
    ...Array.from({ length: soundCustomers }, sound),
    ...Array.from({ length: workers }, buying),
  ]);
  return middle(waited);
}

/** Ends connections, or leaves them half-open, by chance. */
async function breakLines(goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    await pause(breakMs);
    const line = stage.line(chance.pick(failing));
    if (chance.percent(50)) line.strand();
    else line.cut(chance.percent(50) ? 'reset' : 'end');
  }
}

test('under any mixture of faults nothing is lost or done twice, and the sound bank’s customers wait for nobody', async () => {
  const waitedBefore = await buyMany(soundCount, async () => undefined);
  memoryBefore = await stage.process.memoryBytes();
  for (const bank of failing) stage.line(bank).fault = mixtureFor(bank);
  const waited = await buyMany(failingCount, breakLines);
  for (const bank of failing) stage.line(bank).fault = null;
  await stage.settled(settleMsMax);
  expect(waited).toBeLessThan(waitedBefore * soundTimesMax);
  await everythingIsTrue();
});

/** What was told last is true, and there was enough of everything. */
async function everythingIsTrue(): Promise<void> {
  const ends: Record<string, number> = {};
  for (const [id, last] of told) {
    const now = await done(stage.merchant.get<Payment>(`/v1/payments/${id}`));
    ends[now.state] = (ends[now.state] ?? 0) + 1;
    const same = last.state === 'unknown' ? 'reversed' : last.state;
    const state = now.refunded_amount > 0 ? 'captured' : now.state;
    expect([id, state, now.captured_amount]).toEqual([id, same, last.captured_amount]);
  }
  for (const refund of refundsTold) {
    const { data } = await done(
      stage.merchant.get<{ data: Refund[] }>(`/v1/payments/${refund.payment_id}/refunds`),
    );
    expect(data.map((r) => [r.id, r.state])).toEqual([[refund.id, 'succeeded']]);
  }
  for (const end of ['captured', 'reversed', 'cancelled', 'partially_refunded'])
    expect(ends[end] ?? 0, `${end} (seed ${seed}: ${JSON.stringify(ends)})`).toBeGreaterThan(0);
}

test('a bank that floods its line with answers nobody asked for costs no memory', async () => {
  const own = sandboxBanks[0]?.settings;
  if (!own) throw new Error('no bank');
  const line = stage.line(own.id);
  let answer: Frame['message'] = null;
  line.fault = ({ message }) => {
    if (message?.mti === '0210') answer = message;
    return null;
  };
  const buys = async () => (await pay(await order('automatic'), own.id)).state === 'captured';
  await until(buys, settleMsMax, 'a purchase after the faults');
  line.fault = null;
  const { fields: known } = answer as unknown as NonNullable<Frame['message']>;
  const macKey = Buffer.from(own.macKeyHex, 'hex');
  for (let i = 0; i < floodCount; i++) {
    const fields = {
      ...known,
      11: String(i % 1_000_000).padStart(6, '0'),
      37: `FLOOD${String(i).padStart(7, '0')}`,
    };
    line.say(frameMessage(own.profile, applyMac(own.profile, { mti: '0210', fields }, macKey)));
    if (i % 500 === 0) await pause(1);
  }
  // Behind all that the line still works.
  await until(buys, settleMsMax, 'a purchase behind the flood');
  await stage.settled(settleMsMax);
  expect((await stage.process.memoryBytes()) - memoryBefore).toBeLessThan(memoryBytesMax);
});

test('the process never stopped, no request failed, and both sides’ books agree to the unit', async () => {
  expect(stage.failures).toEqual([]);
  expect([stage.process.child.exitCode, stage.process.child.signalCode]).toEqual([null, null]);
  await stage.process.end('SIGTERM');
  const holdings = await stage.banks.holdings();
  expect(await inDatabase(stage.env, (db) => disagreements(db, holdings))).toEqual([]);
  const audit = runCommand(['audit'], stage.env);
  expect([audit.code, audit.said]).toEqual([0, expect.stringContaining('The books are right')]);
});
