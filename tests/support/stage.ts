import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card, Sandbox } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import type { BreakerSettings, LinkSettings } from '@feiqian/members';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { type BankSide, openBankSide } from './banks.ts';
import { Caller, done } from './caller.ts';
import { cityOnServer, layOutCity } from './city.ts';
import type { Frame, Line } from './line.ts';
import { buildNetworkAlone } from './network.ts';
import { desk, type Wallet, wallet } from './people.ts';
import {
  createStarter,
  type Halt,
  type HeldProcess,
  inDatabase,
  type ProcessClock,
  type Starter,
  settings,
} from './process.ts';
import { until } from './until.ts';

/** Longer than a payment waits for its bank (15 s) and than a claim's or a stored message's lease (30 s). */
const outageMs = 40_000;
/** What a standing clock moves on from one process to the next. */
const stepMs = 500;
const linksMsMax = 20_000;
const heldMsMax = 20_000;

/** What a bank's answer is to, by its message type. */
const answersTo: Record<string, string> = {
  '0210': 'bank_answered',
  '0430': 'reversal_answered',
  '0230': 'refund_answered',
};

/** How the network deals with a bank, as far as a test wants it otherwise. */
export type LinkChange = Partial<Omit<LinkSettings, 'breaker'>> & { breaker?: Partial<BreakerSettings> };

/** A network in a process of its own, its banks and people here, and the lines and the clock in our hands. */
export class Stage {
  readonly env: Record<string, string>;
  readonly banks: BankSide;
  process!: HeldProcess;
  merchant!: Caller;
  operator!: Caller;
  payer!: Wallet;
  storeId!: string;
  /** What is held back on the line of the first bank, by what it answers and the amount it speaks of. */
  readonly held = new Map<string, { bytes: Buffer; release: () => void }>();
  /** Requests that were answered as failures of the network's own. */
  readonly failures: string[] = [];
  /** What was held back when its process died: the bank's word that nobody heard. */
  readonly lost = new Map<string, Buffer>();
  readonly #holding = new Set<string>();
  readonly #spoiling = new Set<number>();
  readonly #starter: Starter;
  readonly #dir: string;
  readonly #databases: TestDatabase[];
  #clock: ProcessClock;
  #setAt = Date.now();

  private constructor(dir: string, env: Record<string, string>, banks: BankSide, databases: TestDatabase[]) {
    this.#dir = dir;
    this.env = env;
    this.banks = banks;
    this.#databases = databases;
    this.#starter = createStarter(env);
    this.#clock = { atMs: Date.now(), stands: false };
    this.line().fault = (frame) => this.#fate(frame);
  }

  /**
   * Opens everything: the network on the engine of this run, its banks beside it. `link` changes how the network
   * deals with every bank.
   */
  static async open(link: LinkChange = {}): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'feiqian-stage-'));
    const onServer = Boolean(process.env.TEST_DATABASE_URL);
    const build = (url: string) => buildNetworkAlone(dir, { DATABASE_URL: url });
    const db = onServer ? await cityOnServer(build, 'network') : await testDatabase();
    if (!onServer) await layOutCity(dir, buildNetworkAlone, 'network');
    const env = await settings({
      FEIQIAN_DATA_DIR: dir,
      FEIQIAN_WITH_BANKS: 'false',
      ...(db.url === undefined ? {} : { DATABASE_URL: db.url }),
    });
    const stage = new Stage(dir, env, await openBankSide(db, env), [db]);
    await inDatabase(env, (own) => setLinks(own, link));
    await stage.start();
    await stage.#comeIn();
    return stage;
  }

  /** The line to a bank, by its code. */
  line(bank = 'yunzhou'): Line {
    return this.banks.line(bank);
  }

  /** The card that pays in the tests. */
  get card(): Card {
    return this.payer.cards.find((c) => c.bank.id === 'yunzhou' && c.kind === 'debit') as Card;
  }

  async #comeIn(): Promise<void> {
    const anyone = new Caller(this.process.url, null, ({ method, path, answer }) => {
      if (answer.status >= 500) this.failures.push(`${method} ${path}: ${answer.status} ${answer.text}`);
    });
    const guide = await done(anyone.get<Sandbox>('/v1/sandbox'));
    this.storeId = guide.demo_key.store_id;
    this.merchant = anyone.as(guide.demo_key.secret);
    this.payer = await wallet({ anyone, guide }, '13800000001');
    this.operator = await desk({ anyone, guide });
  }

  /** The process's time now. */
  now(): number {
    return this.#clock.stands ? this.#clock.atMs : this.#clock.atMs + Date.now() - this.#setAt;
  }

  async setClock(atMs: number, stands: boolean): Promise<void> {
    this.#clock = { atMs, stands };
    this.#setAt = Date.now();
    await this.process.setClock(this.#clock);
  }

  /** Begins a process without waiting for it. */
  begin(halts: readonly Halt[] = [], passedMs = stepMs): void {
    this.#clock = { atMs: this.now() + passedMs, stands: this.#clock.stands };
    this.#setAt = Date.now();
    this.process = this.#starter.start({ halts, clock: this.#clock });
    // A nonce in hand is too old after an outage.
    this.payer?.device?.nonces.splice(0);
  }

  /** Starts a process and waits until it serves and reaches its banks. */
  async start(): Promise<void> {
    this.begin();
    await this.process.ready();
    await this.linked();
  }

  /** Begins a process after so long an outage that whatever was under way is due. */
  beginMuchLater(halts: readonly Halt[] = []): void {
    this.#clock = { atMs: this.now(), stands: false };
    this.#setAt = Date.now();
    this.begin(halts, outageMs);
  }

  async startMuchLater(): Promise<void> {
    this.beginMuchLater();
    await this.process.ready();
    await this.linked();
  }

  linked(): Promise<void> {
    return until(
      async () => {
        const health = await fetch(`${this.process.url}/health`);
        const { links } = (await health.json()) as { links: { state: string }[] };
        return links.every((l) => l.state === 'signed_on');
      },
      linksMsMax,
      'the links',
    );
  }

  /** Messages that banks have yet to answer. */
  async forwardsPending(): Promise<number> {
    const { data } = await done(
      this.operator.get<{ data: { link: { forwards_pending: number } | null }[] }>('/v1/console/members'),
    );
    return data.reduce((sum, m) => sum + (m.link?.forwards_pending ?? 0), 0);
  }

  /** Waits until nothing is under way any more: no payment without an outcome, no message without an answer. */
  async settled(msMax: number): Promise<void> {
    const count = async (state: string) => {
      const path = `/v1/payments?state=${state}&limit=1`;
      return (await done(this.merchant.get<{ data: unknown[] }>(path))).data.length;
    };
    await until(
      async () =>
        (await count('processing')) + (await count('unknown')) + (await this.forwardsPending()) === 0,
      msMax,
      'the end of everything under way',
    );
  }

  kill(): Promise<void> {
    return this.process.end('SIGKILL');
  }

  /** From now on this answer is held back when it comes. */
  hold(answer: string, amount: number): void {
    this.#holding.add(`${answer} ${amount}`);
  }

  /** Waits until it has come. */
  async heldBack(answer: string, amount: number): Promise<void> {
    const name = `${answer} ${amount}`;
    await until(() => this.held.has(name), heldMsMax, name);
  }

  /** Passes it on, and whatever of its kind comes after it. */
  release(answer: string, amount: number): void {
    const name = `${answer} ${amount}`;
    this.#holding.delete(name);
    this.held.get(name)?.release();
    this.held.delete(name);
  }

  /** Passes everything on from now on. What a dead process was to be told is told to nobody. */
  releaseAll(): void {
    this.#holding.clear();
    for (const [name, { bytes }] of this.held) this.lost.set(name, bytes);
    this.held.clear();
  }

  /** The bank's answer about this amount cannot be believed: a bit of its MAC is flipped on the line. */
  spoil(amount: number): void {
    this.#spoiling.add(amount);
  }

  #fate({ to, message, bytes }: Frame) {
    const answer = message && answersTo[message.mti];
    if (to === 'bank' || !answer) return null;
    const amount = Number(message.fields[4]);
    if (answer === 'bank_answered' && this.#spoiling.has(amount)) return { pieces: [flipped(bytes)] };
    const name = `${answer} ${amount}`;
    if (!this.#holding.has(name)) return null;
    return new Promise<null>((resolve) => {
      this.held.set(name, { bytes, release: () => resolve(null) });
    });
  }

  async close(): Promise<void> {
    await this.process?.end('SIGKILL');
    await this.#starter.close();
    await this.banks.close();
    for (const db of this.#databases) await db.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

async function setLinks(db: Db, { breaker = {}, ...link }: LinkChange): Promise<void> {
  await db.query(
    `update members.member set link = link || $1::jsonb || jsonb_build_object('breaker',
       coalesce(link -> 'breaker', '{}'::jsonb) || $2::jsonb) where link is not null`,
    [JSON.stringify(link), JSON.stringify(breaker)],
  );
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const last = copy.length - 1;
  // Still a hexadecimal digit of the other profile's bytes, so that it is the code that is wrong and not the form.
  copy[last] = copy[last] === 0x30 ? 0x31 : 0x30;
  return copy;
}
