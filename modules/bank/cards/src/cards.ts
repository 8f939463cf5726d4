import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import type { Pan } from '@feiqian/keys';
import init from '../migrations/0001_init.sql';
import { type Card, type CardStatus, isExpired, monthOf } from './card.ts';
import { createPanVault } from './panVault.ts';
import { createStore } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function cardsMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
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
export interface NewCard extends Card {
  pan: Pan;
}

export interface Cards {
  /** Issues cards; those whose id exists already are left alone. */
  issue(cards: readonly NewCard[], sql?: Sql): Promise<void>;
  /** The keyed hash by which a card number is found; the only form of it that leaves the host. */
  lookup(digits: string): string;
  /** The cards that exist, by keyed hash. */
  load(sql: Sql, lookups: readonly string[]): Promise<Map<string, Card>>;
  ofCustomer(customerId: string): Promise<Card[]>;
  byId(id: string): Promise<Card | null>;
  /** The card number itself, for the vault of the network; null when there is no such card. */
  reveal(id: string): Promise<string | null>;
  /** False when there is no such card. */
  setStatus(id: string, status: CardStatus): Promise<boolean>;
  /** The present month in the bank's zone, YYMM. */
  month(): string;
  hasExpired(card: Card): boolean;
}

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
    ofCustomer: (customerId) => store.byCustomer(db, customerId),
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
