import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card, Payment, Refund, Sandbox, Transfer, TransferPage } from '@feiqian/contract';
import type { TestDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, Caller, done } from '../support/caller.ts';
import { often } from '../support/chance.ts';
import { cityOnServer, layOutCity } from '../support/city.ts';
import { buildCity } from '../support/network.ts';
import { type Wallet, wallet } from '../support/people.ts';
import {
  createStarter,
  type NetworkProcess,
  type ProcessClock,
  runCommand,
  type Starter,
  settings,
} from '../support/process.ts';
import { pause, until } from '../support/until.ts';

/*
 * The network and its three banks are killed together, again and again, while people buy, authorise, capture, void,
 * refund and move money between their banks. After each start the clients repeat what they had no answer to, under the
 * same keys. In the end: every answer that was ever given is true, everything asked for was done once or not at all, and
 * network and banks agree to the unit.
 */

const kills = often(4);
const workers = 12;
/** A machine with other work refuses some of the crowd. */
const triesMax = 10;
const tryAgainMs = 200;
/** The sweeper takes a payment for unknown after 15 s, a claim's lease ends after 30: the last outage is longer. */
const outageMs = 40_000;
const settleMsMax = 60_000;

let dir: string;
let db: TestDatabase | null = null;
let env: Record<string, string>;
let starter: Starter;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'feiqian-operations-'));
  const build = (url: string) => buildCity(dir, { DATABASE_URL: url });
  if (process.env.TEST_DATABASE_URL) db = await cityOnServer(build);
  else await layOutCity(dir, buildCity);
  env = await settings({ FEIQIAN_DATA_DIR: dir, ...(db?.url ? { DATABASE_URL: db.url } : {}) });
  starter = createStarter(env);
});
afterAll(async () => {
  await starter?.close();
  await db?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** One request with its key: what was answered, or nothing yet. */
interface Asked {
  path: string;
  body: unknown;
  as: 'merchant' | 'payer';
  key: string;
  answer: Answer | null;
}
/** What was asked of one payment, in order. */
interface Life {
  create: Asked;
  rest: Asked[];
}

const lives: Life[] = [];
/** What was asked to be moved from a card at one bank to one at another. */
const sendings: Asked[] = [];

/**
 * Asks, and keeps the answer; throws when the process is gone. Retry-After means: ask again, now or, when that does not
 * help, in the end.
 */
async function ask(callers: Callers, asked: Asked): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await callers[asked.as].post(asked.path, asked.body, { key: asked.key });
    if (answer.headers.get('retry-after') === null) asked.answer = answer;
    if (asked.answer !== null || tries === triesMax) return answer;
    await pause(tryAgainMs);
  }
}

interface Callers {
  merchant: Caller;
  payer: Wallet;
  storeId: string;
  /** The payer's current accounts at two banks. */
  from: Card;
  to: Card;
}

const write = (as: Asked['as'], path: string, body: unknown): Asked => ({
  as,
  path,
  body,
  key: randomUUID(),
  answer: null,
});

/** Lives one payment through; which life it is follows from its number. */
async function live(callers: Callers, n: number): Promise<void> {
  const manual = n % 2 === 0;
  const body = {
    amount: 1_000 + (n % 7),
    currency: 'CNY',
    store_id: callers.storeId,
    capture: manual ? 'manual' : 'automatic',
  };
  const life: Life = { create: write('merchant', '/v1/payments', body), rest: [] };
  lives.push(life);
  const { id } = (await ask(callers, life.create)).body as Payment;
  if (life.create.answer === null) return;
  const step = async (asked: Asked) => {
    life.rest.push(asked);
    return ask(callers, asked);
  };
  if (n % 3 === 0) await moveMoney(callers, n);
  const card_id = callers.payer.cards[n % 6]?.id;
  await step(write('payer', `/v1/wallet/payments/${id}/pay`, { card_id }));
  if (manual && n % 3 === 0)
    return void (await step(write('merchant', `/v1/payments/${id}/cancel`, undefined)));
  if (manual) await step(write('merchant', `/v1/payments/${id}/capture`, { amount: 700 }));
  if (n % 5 !== 0) return;
  await step(write('merchant', `/v1/payments/${id}/refunds`, { amount: 300, reason: 'a' }));
  await step(write('merchant', `/v1/payments/${id}/refunds`, { amount: 200, reason: 'b' }));
}

/** There and back, in amounts of their own. */
async function moveMoney(callers: Callers, n: number): Promise<void> {
  const [from, to] = n % 2 === 0 ? [callers.from, callers.to] : [callers.to, callers.from];
  const body = {
    from_card_id: from.id,
    to: { card_id: to.id },
    amount: 2_000 + n,
    currency: 'CNY',
    repeat_confirmed: true,
  };
  const sending = write('payer', '/v1/wallet/transfers', body);
  sendings.push(sending);
  await ask(callers, sending);
}

async function signInAt(url: string): Promise<Callers> {
  const anyone = new Caller(url, null);
  const guide = await done(anyone.get<Sandbox>('/v1/sandbox'));
  const payer = await wallet({ anyone, guide }, '13800000001');
  const [from, to] = payer.cards.filter((c) => c.kind === 'debit') as [Card, Card];
  return { merchant: anyone.as(guide.demo_key.secret), payer, storeId: guide.demo_key.store_id, from, to };
}

const unanswered = () =>
  [...lives.flatMap((l) => [l.create, ...l.rest]), ...sendings].filter((a) => a.answer === null);

/** A card as a payment names it. */
const nameOf = (card: Card) => `${card.bank.id} ${card.kind} ${card.last4}`;

/** What the payer may spend of a card, by its bank's word. */
const available = async ({ payer }: Callers, card: Card) =>
  (await done(payer.get<{ available: number }>(`/v1/wallet/cards/${card.id}/balance`))).available;

async function start(clock?: ProcessClock): Promise<NetworkProcess> {
  const network = starter.start(clock ? { clock } : {});
  await network.ready();
  return network;
}

test('killed with everything under way, what was answered is true and what was not is done once or not at all', async () => {
  let network = await start();
  await until(async () => {
    const { links } = (await (await fetch(`${network.url}/health`)).json()) as { links: { state: string }[] };
    return links.every((l) => l.state === 'signed_on');
  }, 15_000);
  const callers = await signInAt(network.url);
  const cards = [callers.from, callers.to];
  const before = await Promise.all(cards.map((card) => available(callers, card)));
  let n = 0;
  for (let kill = 0; kill < kills; kill++) {
    let alive = true;
    const enough = n + 2 * workers;
    const load = Array.from({ length: workers }, async () => {
      while (alive) {
        try {
          await live(callers, n++);
        } catch {
          return;
        }
      }
    });
    // Of what the last death left without an answer, some is asked again at once, during the recovery.
    const again = unanswered()
      .slice(0, 20)
      .map((a) => ask(callers, a).catch(() => undefined));
    // Later on a slow machine: something must be done, and something under way.
    await Promise.all([
      pause(1_000 + (kill % 4) * 300),
      until(() => n >= enough, settleMsMax, 'work under way'),
    ]);
    await network.end('SIGKILL');
    alive = false;
    await Promise.all([...load, ...again]);
    const last = kill === kills - 1;
    network = await start(last ? { atMs: Date.now() + outageMs, stands: false } : undefined);
  }
  try {
    await until(
      async () => {
        await Promise.all(unanswered().map((a) => ask(callers, a)));
        return unanswered().length === 0;
      },
      settleMsMax,
      'an answer to every request',
    );
    await everythingSettled(callers);
    const spent = await compare(callers);
    const moved = await compareTransfers(callers);
    const expected = cards.map(
      (card, i) => (before[i] as number) - (spent.get(nameOf(card)) ?? 0) + (moved.get(card.id) ?? 0),
    );
    // What the banks are told last, of captures and refunds, is still on its way.
    let found: number[] = [];
    const agree = async () => {
      found = await Promise.all(cards.map((card) => available(callers, card)));
      return found.every((amount, i) => amount === expected[i]);
    };
    await until(agree, settleMsMax, 'the banks’ agreement').catch(() => undefined);
    expect(found).toEqual(expected);
  } finally {
    await network.end('SIGTERM');
  }
  const audit = runCommand(['audit'], env);
  expect([audit.code, audit.said]).toEqual([0, expect.stringContaining('The books are right')]);
});

/** Every transfer of the payer, whatever was told of it. */
async function allTransfers({ payer }: Callers): Promise<Transfer[]> {
  const all: Transfer[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: TransferPage = await done(
      payer.get<TransferPage>(`/v1/wallet/transfers?limit=100${cursor && `&cursor=${cursor}`}`),
    );
    all.push(...page.data);
    cursor = page.next_cursor;
  }
  return all;
}

const ended = new Set(['completed', 'declined', 'returned']);

async function everythingSettled(callers: Callers): Promise<void> {
  const { merchant } = callers;
  const open = async (state: string) => {
    const page = await done(merchant.get<{ data: Payment[] }>(`/v1/payments?state=${state}&limit=1`));
    return page.data.length;
  };
  await until(
    async () => (await open('processing')) + (await open('unknown')) === 0,
    settleMsMax,
    'the end of all payments',
  );
  await until(
    async () => (await allTransfers(callers)).every((t) => ended.has(t.state)),
    settleMsMax,
    'the end of all transfers',
  );
}

/** Each was sent once under its key, and is what was told of it; gives what each card got by them. */
async function compareTransfers(callers: Callers): Promise<Map<string, number>> {
  const all = new Map((await allTransfers(callers)).map((t) => [t.id, t]));
  const told = sendings.map((s) => s.answer as Answer<Transfer>);
  expect(told.map((a) => a.status).filter((status) => status !== 201)).toEqual([]);
  expect(told.map((a) => a.body.id).sort()).toEqual([...all.keys()].sort());
  for (const { body } of told) {
    const now = all.get(body.id)?.state;
    if (ended.has(body.state)) expect([body.id, now]).toEqual([body.id, body.state]);
  }
  const moved = new Map<string, number>();
  const add = (card: string, amount: number) => moved.set(card, (moved.get(card) ?? 0) + amount);
  for (const sending of sendings) {
    const { from_card_id, to, amount } = sending.body as {
      from_card_id: string;
      to: { card_id: string };
      amount: number;
    };
    if (all.get((sending.answer as Answer<Transfer>).body.id)?.state !== 'completed') continue;
    add(from_card_id, -amount);
    add(to.card_id, amount);
  }
  expect(moved.size).toBe(2);
  return moved;
}

/** What is looked at of an answer, be it a payment or a refund. */
interface Told {
  id: string;
  state: string;
  captured_amount: number;
  rrn: string | null;
}

/** Each payment is what was told of it; gives what was spent with each card. */
async function compare({ merchant }: Callers): Promise<Map<string, number>> {
  const ends: Record<string, number> = {};
  const spent = new Map<string, number>();
  for (const life of lives) {
    const created = life.create.answer as Answer<Payment>;
    expect(created.status).toBe(201);
    const { id } = created.body;
    const now = await done(merchant.get<Payment>(`/v1/payments/${id}`));
    ends[now.state] = (ends[now.state] ?? 0) + 1;
    const name = `${now.card?.bank_id} ${now.card?.kind} ${now.card?.last4}`;
    const held = now.state === 'authorised' ? now.authorised_amount : 0;
    spent.set(name, (spent.get(name) ?? 0) + held + now.captured_amount - now.refunded_amount);
    const answers = life.rest.map((a) => [a.path.split('/').at(-1), a.answer] as const);
    const { data: refunds } = await done(merchant.get<{ data: Refund[] }>(`/v1/payments/${id}/refunds`));
    for (const [what, answer] of answers) {
      expect(answer?.status, `${what} of ${id}: ${answer?.text}`).toBeLessThan(500);
      const told = answer?.body as Told;
      if ((answer?.status ?? 500) >= 300) continue;
      if (what === 'refunds') expect(refunds.map((r) => r.id)).toContain(told.id);
      else if (told.state === 'captured')
        expect([now.captured_amount, now.rrn]).toEqual([told.captured_amount, told.rrn]);
      else if (told.state === 'cancelled') expect(now.state).toBe('cancelled');
      else if (told.state === 'unknown' || told.state === 'reversed') expect(now.state).toBe('reversed');
    }
    // Each refund was asked for once, whatever was repeated: no amount came back twice.
    expect(new Set(refunds.map((r) => r.reason)).size).toBe(refunds.length);
    const back = refunds.filter((r) => r.state === 'succeeded').reduce((sum, r) => sum + r.amount, 0);
    expect(now.refunded_amount).toBe(back);
    expect(back).toBeLessThanOrEqual(now.captured_amount);
  }
  // Without deaths in the middle of things, and without things going well, nothing would have been shown.
  expect(lives.length).toBeGreaterThan(kills * workers);
  expect(ends.captured ?? 0).toBeGreaterThan(kills);
  expect(ends.reversed ?? 0).toBeGreaterThan(0);
  expect(ends.cancelled ?? 0).toBeGreaterThan(0);
  expect((ends.refunded ?? 0) + (ends.partially_refunded ?? 0)).toBeGreaterThan(0);
  return spent;
}
