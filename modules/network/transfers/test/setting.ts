import { manualClock } from '@feiqian/clock';
import type { Transfer as TransferView } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { idempotencyMigrations } from '@feiqian/idempotency';
import { createIds, secureRandom, uuidOf } from '@feiqian/ids';
import { luhnCheckDigit } from '@feiqian/keys';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import { createLedger } from '@feiqian/ledger';
import { createForwarder, createReferences, type Forwarder, linksMigrations } from '@feiqian/links';
import { createOutbox, outboxMigrations } from '@feiqian/outbox';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { createTokens, tokensMigrations } from '@feiqian/tokens';
import { createTransfers, type Sending, type Transfers, transfersMigrations } from '../src/index.ts';
import { FakeBanks } from './fakeBanks.ts';

const cny = 156;
export const startBalance = 1_000_000n;
const ledger = createLedger('ledger');

/** Where a process dies: it does nothing more, and whoever waits for it waits for ever. */
export interface Death {
  /** Counts what passes; the process dies at this one. */
  at: number;
  passed: number;
  dead: boolean;
}

export interface Person {
  userId: string;
  deviceId: string;
  /** Token and number by bank. */
  cards: { tokenId: string; pan: string }[];
}

/** Networks on one database, two banks in memory, and a clock in our hands. */
export class Setting {
  readonly clock = manualClock();
  readonly ids = createIds(this.clock.now);
  readonly banks = new FakeBanks(this.ids);
  readonly members = [uuidOf('bank a'), uuidOf('bank b')] as const;
  readonly references = createReferences({ clock: this.clock, node: 1 });
  readonly tokens;
  readonly db: TestDatabase;
  #cards = 0;

  private constructor(db: TestDatabase) {
    this.db = db;
    const keystore = createKeystore(parseKeyRing(`1:${'5a'.repeat(32)}`), Buffer.alloc(32, 7), secureRandom);
    const { clock, ids } = this;
    this.tokens = createTokens({ db, clock, ids, random: secureRandom, keystore });
  }

  static async open(): Promise<Setting> {
    const setting = new Setting(
      await testDatabase([
        idempotencyMigrations,
        outboxMigrations,
        ledger.migrations,
        tokensMigrations,
        linksMigrations,
        transfersMigrations,
      ]),
    );
    await setting.tokens.vault.open();
    await setting.db.transaction((tx) =>
      ledger.createAccounts(
        tx,
        setting.members.map((id) => ({ id, ledger: cny, code: 1, userData128: id })),
        setting.clock.now(),
      ),
    );
    return setting;
  }

  /** A process of the network; with a death, one that dies. */
  process(death: Death | null = null): { transfers: Transfers; forwarder: Forwarder } {
    const db = death === null ? this.db : mortal(this.db, death);
    const send: FakeBanks['send'] = async (memberId, request) => {
      await passes(death);
      const answer = await this.banks.send(memberId, request);
      await passes(death);
      return answer;
    };
    let kick = (): void => undefined;
    const transfers = createTransfers({
      db,
      hotDb: db,
      clock: this.clock,
      ids: this.ids,
      outbox: createOutbox({ db, clock: this.clock, ids: this.ids }),
      ledger,
      links: { send },
      bankApi: { ask: this.banks.ask.bind(this.banks) as never },
      references: this.references,
      tokens: this.tokens,
      signing: { use: async (_sql, nonces) => new Set(nonces) },
      wire: {
        institution: '91560099',
        institutionOf: (id) => (id === this.members[0] ? '91560000' : '91560001'),
      },
      booksOf: () => ({ ledger: cny, positionOf: (memberId) => memberId }),
      bankOf: (id) => ({ code: id.slice(0, 4), name: id.slice(0, 4), nameEn: id.slice(0, 4) }),
      kickForwarder: () => kick(),
      random: () => 0.5,
    });
    const forwarder = createForwarder({
      db,
      clock: this.clock,
      holder: this.ids.uuid(),
      random: () => 0.5,
      links: { send, isUp: () => true },
      detokenise: (tokenIds) => this.tokens.detokenise(this.db, tokenIds),
      onSettled: (tx, settled) => transfers.settleReturns(tx, settled),
    });
    kick = () => forwarder.kick();
    return { transfers, forwarder };
  }

  /** A person with one debit card at each bank, each with the same balance. */
  async person(): Promise<Person> {
    const [userId, deviceId] = [this.ids.uuid(), this.ids.uuid()];
    const cards: Person['cards'] = [];
    for (const issuerId of this.members) {
      this.#cards += 1;
      const body = `9156001${String(this.#cards).padStart(8, '0')}`;
      const pan = body + luhnCheckDigit(body);
      const card = { pan, expiry: '3112', userId, deviceId, issuerId, kind: 'debit' as const };
      const token = await this.db.transaction((tx) => this.tokens.provision(tx, card));
      this.banks.balances.set(pan, startBalance);
      cards.push({ tokenId: token?.id as string, pan });
    }
    return { userId, deviceId, cards };
  }

  /** From the first card to the second. */
  sending(who: Person, amount: number, change: Partial<Sending> & { scheduledAtMs?: number } = {}): Sending {
    const { scheduledAtMs = null, ...rest } = change;
    return {
      order: {
        kind: 'transfer',
        userId: who.userId,
        deviceId: who.deviceId,
        amount: BigInt(amount),
        currency: 'CNY',
        note: null,
        scheduledAtMs,
      },
      fromTokenId: who.cards[0]?.tokenId as string,
      to: { kind: 'card', tokenId: who.cards[1]?.tokenId as string },
      repeatConfirmed: true,
      nonce: null,
      ...rest,
    };
  }

  key(name = this.ids.uuid()): { id: string; fingerprint: string } {
    return { id: uuidOf(`key ${name}`), fingerprint: uuidOf(`body ${name}`) };
  }

  balances(who: Person): [bigint, bigint] {
    return who.cards.map(({ pan }) => this.banks.balances.get(pan) ?? 0n) as [bigint, bigint];
  }

  /** What the network's ledger has booked for a transfer, minor units. */
  async booked(transferId: string): Promise<bigint[]> {
    const { rows } = await this.db.query<{ amount: bigint }>(
      'select amount from ledger.transfers where user_data_128 = $1',
      [transferId],
    );
    return rows.map((r) => r.amount);
  }

  async states(who: Person): Promise<string[]> {
    const { rows } = await this.db.query<{ state: string }>(
      'select state from transfers.transfer where payer_id = $1 order by id',
      [who.userId],
    );
    return rows.map((r) => r.state);
  }

  /** Lets time pass, sweeps and sends what is stored, until nothing is under way. */
  async settle(process = this.process()): Promise<void> {
    process.forwarder.start();
    for (let turn = 0; turn < 40; turn++) {
      this.clock.advance(20_000);
      await process.transfers.sweep();
      process.forwarder.kick();
      await process.transfers.drain();
      await new Promise((resolve) => setTimeout(resolve, 5));
      const { rows } = await this.db.query<{ n: bigint }>(
        `select (select count(*) from transfers.due) + (select count(*) from links.forward where acknowledged_at is null) as n`,
      );
      if (rows[0]?.n === 0n) break;
    }
    await process.forwarder.stop();
  }
}

/** A database whose user dies at one of the places between its statements. */
function mortal(db: Db, death: Death): Db {
  return {
    ...db,
    engine: db.engine,
    query: async (text: string, params?: never, name?: string) => {
      await passes(death);
      return db.query(text, params, name);
    },
    async transaction<T>(work: (tx: Tx) => Promise<T>) {
      await passes(death);
      const done = await db
        .transaction(async (tx) => {
          const result = await work(tx);
          death.passed += 1;
          // A death before the commit: the connection breaks, and the server rolls back.
          if (death.dead || death.passed === death.at) {
            death.dead = true;
            throw new Error('died before the commit');
          }
          return result;
        })
        .catch((error: unknown) => {
          if (death.dead) return new Promise<never>(() => undefined);
          throw error;
        });
      await passes(death);
      return done;
    },
  } as Db;
}

async function passes(death: Death | null): Promise<void> {
  if (death === null) return;
  death.passed += 1;
  if (death.passed === death.at) death.dead = true;
  if (death.dead) await new Promise<never>(() => undefined);
}

export const viewOf = (answer: { body: string }): TransferView => JSON.parse(answer.body) as TransferView;
