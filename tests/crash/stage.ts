import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Card, Sandbox } from '@feiqian/contract';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { type BankSide, openBankSide } from '../support/banks.ts';
import { Caller, done } from '../support/caller.ts';
import { layOutCity } from '../support/city.ts';
import type { Frame, Line } from '../support/line.ts';
import { buildNetworkAlone } from '../support/network.ts';
import { desk, type Wallet, wallet } from '../support/people.ts';
import {
  createStarter,
  type Halt,
  type HeldProcess,
  type ProcessClock,
  type Starter,
  settings,
} from '../support/process.ts';
import { until } from '../support/until.ts';

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
    this.line.fault = (frame) => this.#fate(frame);
  }

  /** Opens everything: the network on the engine of this run, its banks beside it. */
  static async open(): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'feiqian-stage-'));
    const db = await testDatabase();
    if (db.url === undefined) await layOutCity(dir, buildNetworkAlone, 'network');
    const env = await settings({
      FEIQIAN_DATA_DIR: dir,
      FEIQIAN_WITH_BANKS: 'false',
      ...(db.url === undefined ? {} : { DATABASE_URL: db.url }),
    });
    const stage = new Stage(dir, env, await openBankSide(db, env), [db]);
    await stage.start();
    await stage.#comeIn();
    return stage;
  }

  /** The line to the bank that the payments of a test go to. */
  get line(): Line {
    return this.banks.line('yunzhou');
  }

  /** The card that pays in the tests. */
  get card(): Card {
    return this.payer.cards.find((c) => c.bank.id === 'yunzhou' && c.kind === 'debit') as Card;
  }

  async #comeIn(): Promise<void> {
    const anyone = new Caller(this.process.url, null);
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

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const last = copy.length - 1;
  // Still a hexadecimal digit of the other profile's bytes, so that it is the code that is wrong and not the form.
  copy[last] = copy[last] === 0x30 ? 0x31 : 0x30;
  return copy;
}
