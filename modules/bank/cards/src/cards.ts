import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { luhnCheckDigit, Pan } from '@feiqian/keys';
import init from '../migrations/0001_init.sql';
import freeze from '../migrations/0002_freeze_and_virtual.sql';
import { type Card, type CardStatus, isExpired, monthOf } from './card.ts';
import { createPanVault } from './panVault.ts';
import { createStore } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function cardsMigrations(schema: string): Migrations {
  return {
    schema,
    scripts: [
      { name: '0001_init', sql: init },
      { name: '0002_freeze_and_virtual', sql: freeze },
    ],
  };
}

export interface CardsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  /** 32 bytes; card numbers are encrypted and looked up under keys that follow from it. */
  panKey: Uint8Array;
  /** IANA name of the zone in whose months cards expire. */
  timeZone: string;
}

/** A card to issue. */
export interface NewCard extends Omit<Card, 'frozen'> {
  pan: Pan;
}

export interface Cards {
  /** Issues cards; those whose id exists already are left alone. */
  issue(cards: readonly NewCard[], sql?: Sql): Promise<void>;
  /** The keyed hash by which a card number is found; the only form of it that leaves the host. */
  lookup(digits: string): string;
  /** The cards that exist, by keyed hash. */
  load(sql: Sql, lookups: readonly string[]): Promise<Map<string, Card>>;
  ofCustomer(customerId: string, sql?: Sql): Promise<Card[]>;
  byId(id: string): Promise<Card | null>;
  /** A number for a virtual card: the BIN, a 7, a count, the check digit; sixteen digits. */
  newPan(tx: Tx, bin: string): Promise<Pan>;
  /** Freezes or thaws cards of a customer; those that were as asked already are not among the answer. */
  setFrozen(customerId: string, ids: readonly string[], frozen: boolean, sql: Sql): Promise<Card[]>;
  /** The card number itself, for the vault of the network; null when there is no such card. */
  reveal(id: string): Promise<string | null>;
  /** False when there is no such card. */
  setStatus(id: string, status: CardStatus): Promise<boolean>;
  /** The present month in the bank's zone, YYMM. */
  month(): string;
  hasExpired(card: Card): boolean;
}

const panDigits = 16;

/** The cards of one bank. */
export function createCards({ schema, db, clock, ids, panKey, timeZone }: CardsDeps): Cards {
  const store = createStore(schema);
  const vault = createPanVault(panKey, ids.secret);
  const month = () => monthOf(clock.now(), timeZone);
  return {
    issue: (cards, sql = db) =>
      store.insert(
        sql,
        cards.map(({ pan, ...card }) => ({
          ...card,
          last4: pan.last4,
          panLookup: vault.lookup(pan.reveal()),
          panCipher: vault.encrypt(pan, card.id),
          issuedAtMs: clock.now(),
        })),
      ),
    lookup: (digits) => vault.lookup(digits),
    async load(sql, lookups) {
      if (lookups.length === 0) return new Map();
      return new Map((await store.byLookups(sql, lookups)).map((found) => [found.lookup, found.card]));
    },
    ofCustomer: (customerId, sql = db) => store.byCustomer(sql, customerId),
    async newPan(tx, bin) {
      const count = (await store.nextInSeries(tx)).toString();
      const body = `${bin}7${count.padStart(panDigits - bin.length - 2, '0')}`;
      const pan = Pan.parse(body + luhnCheckDigit(body));
      if (!pan) throw new Error('the series of card numbers is used up');
      return pan;
    },
    setFrozen: (customerId, ids, frozen, sql) =>
      store.setFrozen(sql, customerId, ids, frozen ? clock.now() : null),
    byId: async (id) => (await store.byId(db, id))?.card ?? null,
    async reveal(id) {
      const found = await store.byId(db, id);
      return found ? vault.decrypt(found.panCipher, id) : null;
    },
    setStatus: (id, status) => store.setStatus(db, id, status),
    month,
    hasExpired: (card) => isExpired(card.expiry, month()),
  };
}
