import { createServer, type Server, type Socket } from 'node:net';
import { sandboxBanks } from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import { createIds, secureRandom } from '@feiqian/ids';
import {
  applyMac,
  createFramer,
  decodeMessage,
  type Message,
  type MessageProfile,
  RESPONSE_CODES,
  responseMti,
} from '@feiqian/iso8583';
import { createCmac } from '@feiqian/keys/node';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import {
  createLinks,
  createReferences,
  type IssuerAnswer,
  type IssuerRequest,
  type Links,
  linksMigrations,
} from '@feiqian/links';
import { createMembers, membersMigrations } from '@feiqian/members';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chanceOf, often, seed } from '../support/chance.ts';
import { SteppedTimers } from '../support/timers.ts';
import { until } from '../support/until.ts';
import { damaged, framed, oddMessages, oddWays, saysTheSame } from './frames.ts';

/*
 * Frames made from the message profile, towards the network: a bank answers with every field in every wrong way under a
 * right MAC, with damaged bytes, and asks things of its own. Nothing is taken for an approval but an answer that says
 * what was asked; the link comes back by itself; nothing is thrown.
 */

/** Never waited for: when everything that was sent has been read, time is set forward. */
const waitMs = 10_000;
/** Requests under way at once. */
const batch = 60;
const readMsMax = 30_000;
const failuresShown = 20;
const settings = sandboxBanks.slice(0, 2).map((b) => b.settings);
const ids = createIds(systemClock.now);
const references = createReferences({ clock: systemClock, node: 5 });
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const errors: unknown[] = [];
const timers = new SteppedTimers();
/** STANs of answers that nobody waited for. */
const late = new Set<string>();

let db: TestDatabase;
let links: Links;
const banks: FakeBank[] = [];
const memberIds: string[] = [];

/** What a fake bank sends for a request instead of its answer. */
type Plan = (answer: Message, sealed: Uint8Array) => readonly Uint8Array[];

/** A bank that answers everything with an approval, but for requests that have a plan. */
class FakeBank {
  readonly plans = new Map<string, Plan>();
  /** What the network answered to requests of the bank. */
  readonly heard: Message[] = [];
  readonly profile: MessageProfile;
  readonly #key: Uint8Array;
  readonly #server: Server;
  #socket: Socket | null = null;

  constructor(profile: MessageProfile, key: Uint8Array) {
    this.profile = profile;
    this.#key = key;
    this.#server = createServer((socket) => this.#attend(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  sealed(message: Message): Uint8Array {
    return applyMac(this.profile, message, createCmac(this.#key));
  }

  write(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  stop(): void {
    this.#socket?.destroy();
    this.#server.close();
  }

  #attend(socket: Socket): void {
    this.#socket = socket;
    const framer = createFramer(this.profile, { frameBytesMax: 16_384 });
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      for (const frame of framer.push(chunk).frames) {
        const decoded = decodeMessage(this.profile, frame);
        if (!decoded.ok) throw new Error(`the network sent ${decoded.error.reason}`);
        this.#answer(socket, decoded.message);
      }
    });
  }

  #answer(socket: Socket, request: Message): void {
    const mti = responseMti(request.mti);
    if (mti === null) {
      this.heard.push(request);
      return;
    }
    const fields: Message['fields'] = { 39: request.fields[70] === '101' ? '05' : '00' };
    for (const field of [2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 41, 42, 49, 70, 90]) {
      const value = request.fields[field];
      if (value !== undefined) fields[field] = value;
    }
    if (mti !== '0810') fields[38] = '123456';
    const answer = { mti, fields, ...(request.header ? { header: request.header } : {}) };
    const sealed = this.sealed(answer);
    const stan = String(request.fields[11]);
    const plan = this.plans.get(stan);
    this.plans.delete(stan);
    for (const bytes of plan ? plan(answer, sealed) : [sealed]) socket.write(framed(this.profile, bytes));
  }
}

beforeAll(async () => {
  db = await testDatabase([membersMigrations, linksMigrations]);
  const sealer = createKeystore(parseKeyRing(`1:${'11'.repeat(32)}`), new Uint8Array(32), secureRandom);
  const members = createMembers({ db, clock: systemClock, ids, sealer, openAccount: async () => undefined });
  await members.reload();
  for (const bank of settings) {
    const fake = new FakeBank(bank.profile, hex(bank.macKeyHex));
    banks.push(fake);
    const outcome = await members.create({
      code: bank.id,
      institution: `${bank.bins[0]}01`,
      name: bank.name,
      nameEn: bank.nameEn,
      colour: '#1a4fa0',
      roles: ['issuer'],
      link: {
        host: '127.0.0.1',
        port: await fake.listen(),
        profile: bank.profile.name,
        waitMs,
        // A bank that answers like this would be left alone; here every answer is to be read.
        breaker: { callsMin: 100_000 },
      },
      bankApi: null,
    });
    if (!outcome.ok) throw new Error(outcome.code);
    memberIds.push(outcome.member.id);
    await members.setSecret(outcome.member.id, 'zone_key', hex(bank.zoneKeyHex));
    await members.setSecret(outcome.member.id, 'mac_key', hex(bank.macKeyHex));
  }
  await members.reload();
  links = createLinks({
    clock: systemClock,
    ids,
    randomBytes: secureRandom,
    references,
    members,
    institution: '90000001',
    timeZone: 'Asia/Shanghai',
    timers,
    onLateAnswer: ({ stan }) => late.add(stan),
    onError: (_id, error) => errors.push(error),
  });
  await links.start();
  await up();
});
afterAll(async () => {
  await links?.stop();
  for (const bank of banks) bank.stop();
  await db?.close();
});

/** Waits until the links stand; how long one waits before it connects again is not what is tested. */
const up = () =>
  until(
    () => {
      timers.step(100);
      return links.states().every((s) => s.phase === 'signed_on');
    },
    readMsMax,
    'the links',
  );

function purchase(bank: number): IssuerRequest {
  return {
    kind: 'financial',
    pan: `${settings[bank]?.bins[0]}1000000012`,
    expiry: '3112',
    amount: 1_280n,
    currency: 'CNY',
    ...references.next(),
    transmittedAtMs: systemClock.now(),
    terminalId: 'T0000001',
    merchantCode: 'M00000000000001',
    mcc: '5814',
    merchantName: 'YUNZHOU TEA HOUSE        YUNZHOU      CN',
    merchantNameShown: '云州茶馆',
    acquirerCode: '90000002',
    posEntryMode: '030',
  };
}

/** Sends a purchase whose answer is planned. */
async function ask(bank: number, plan?: Plan): Promise<IssuerAnswer> {
  const request = purchase(bank);
  if (plan) banks[bank]?.plans.set(request.stan, plan);
  return await links.send(memberIds[bank] as string, request);
}

let marks = 0;
/** An answer to nothing, with a number of its own. */
function unasked(): Message {
  marks += 1;
  return { mti: '0210', fields: { 7: '0105010000', 11: String(700_000 + marks), 39: '00' } };
}

const told = (answer: IssuerAnswer): string =>
  answer.kind === 'answered' ? answer.responseCode : answer.reason;

/**
 * What must come of an answer with a right MAC: its response code when it says what was asked, and no answer otherwise.
 * Written apart from the program that is tested.
 */
function expected(profile: MessageProfile, good: Message, frame: Uint8Array): string | null {
  const decoded = decodeMessage(profile, frame);
  if (!decoded.ok) return null;
  const { mti, fields } = decoded.message;
  const plain = (value: unknown) =>
    String(value ?? '')
      .replace(/^0+(?=.)/, '')
      .trimEnd();
  const same = (n: number) => String(fields[n]) === String(good.fields[n]);
  if (mti !== good.mti || !same(7) || !same(11)) return null;
  if (plain(fields[32]) !== plain(good.fields[32]) || plain(fields[41]) !== plain(good.fields[41]))
    return null;
  const code = String(fields[39] ?? '');
  if (!/^[0-9A-Z]{2}$/.test(code)) return null;
  const echoed = [3, 4, 37, 49];
  const forgiving = code === '30' || code === 'A0';
  if (echoed.some((n) => fields[n] !== undefined && !same(n))) return null;
  return forgiving || echoed.every((n) => fields[n] !== undefined) ? code : null;
}

/** Asks in batches; what is not answered when the network has read everything that was sent never is. */
async function inBatches<T>(
  fake: FakeBank,
  items: readonly T[],
  work: (item: T) => Promise<string | null>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (let from = 0; from < items.length; from += batch) {
    const some = items.slice(from, from + batch);
    let open = some.length;
    const ended = some.map(async (item) => {
      const problem = await work(item);
      open -= 1;
      if (problem !== null) wrong.push(problem);
    });
    await until(() => open === 0 || fake.plans.size === 0, readMsMax, 'every request');
    const mark = unasked();
    fake.write(framed(fake.profile, fake.sealed(mark)));
    await until(() => open === 0 || late.has(String(mark.fields[11])), readMsMax, 'the last answer');
    timers.step(waitMs);
    await Promise.all(ended);
    fake.plans.clear();
    await up();
  }
  return wrong.slice(0, failuresShown);
}

const sleepless = { timeout: 600_000 };

describe.each([0, 1])(`answers drawn with seed ${seed}, bank %i`, (bank) => {
  const { profile, macKeyHex } = settings[bank] as (typeof settings)[0];
  let fake: FakeBank;
  beforeAll(() => {
    fake = banks[bank] as FakeBank;
  });

  test('with a field in a wrong way are believed only where they say what was asked', sleepless, async () => {
    const sample: Message = { mti: '', fields: {} };
    await ask(bank, (answer, sealed) => {
      Object.assign(sample, answer);
      return [sealed];
    });
    const rounds = Array.from({ length: often(1) }, (_, round) =>
      oddWays(profile, sample).map((way) => ({ ...way, chance: chanceOf(`${way.what} ${bank} ${round}`) })),
    ).flat();
    let drawn = 0;
    let answered = 0;
    const wrong = await inBatches(fake, rounds, async ({ what, of, chance }) => {
      let right: string | null = null;
      const answer = await ask(bank, (good, sealed) => {
        // One frame, made while the network waits.
        const frame = of(good, hex(macKeyHex), chance);
        right = expected(profile, good, frame ?? sealed);
        if (frame === null) return [sealed];
        drawn += 1;
        // Many frames in a row that are no messages end the connection: one between them that is a message.
        return [frame, fake.sealed(unasked())];
      });
      const got = answer.kind === 'answered' ? answer.responseCode : null;
      if (got !== null) answered += 1;
      return got === right ? null : `${what}: ${told(answer)} instead of ${right}`;
    });
    expect(wrong).toEqual([]);
    expect(drawn).toBeGreaterThan(500);
    // Neither side of the rule went untried.
    expect(answered).toBeGreaterThan(100);
    expect(drawn - answered).toBeGreaterThan(50);
    expect(told(await ask(bank))).toBe('00');
  });

  test('that a bad line damaged approve nothing, and the link comes back', sleepless, async () => {
    const rounds = Array.from({ length: often(400) }, (_, i) => chanceOf(`damaged answer ${bank} ${i}`));
    const wrong = await inBatches(fake, rounds, async (chance) => {
      let what = '';
      let same = false;
      const answer = await ask(bank, (_, sealed) => {
        const one = damaged(sealed, chance);
        what = one.what;
        same = saysTheSame(profile, sealed, one.bytes);
        return [one.bytes];
      });
      return answer.kind === 'answered' && answer.responseCode === '00' && !same ? `${what}: approved` : null;
    });
    expect(wrong).toEqual([]);
    await up();
    expect(told(await ask(bank))).toBe('00');
  });

  test('that nobody asked for, and requests of a bank, are answered or left alone', sleepless, async () => {
    const chance = chanceOf(`requests of bank ${bank}`);
    const request: Message = {
      mti: '0800',
      fields: { 7: '0105010000', 11: '700000', 33: '91560001', 70: '301' },
    };
    const odd = oddMessages(profile, request, hex(macKeyHex), chance);
    let answersDue = 0;
    fake.heard.length = 0;
    for (const { frame } of odd) {
      const decoded = decodeMessage(profile, frame);
      if (decoded.ok && responseMti(decoded.message.mti) !== null) answersDue += 1;
      // Frames that are no messages, in a row, end the connection: a good one between them.
      fake.write(framed(profile, frame));
      fake.write(framed(profile, fake.sealed(unasked())));
      if (chance.percent(5)) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => fake.heard.length >= answersDue, 20_000, `${answersDue} answers`);
    expect(fake.heard).toHaveLength(answersDue);
    const codes = new Set(fake.heard.map((m) => String(m.fields[39])));
    expect([...codes].filter((code) => !(code in RESPONSE_CODES))).toEqual([]);
    fake.write(framed(profile, fake.sealed({ ...request, fields: { ...request.fields, 70: '001' } })));
    await up();
    expect(told(await ask(bank))).toBe('00');
  });
});

test('nothing was thrown', () => {
  expect(errors).toEqual([]);
});
