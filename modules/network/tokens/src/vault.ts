import type { Clock } from '@feiqian/clock';
import type { Db, Sql, Tx } from '@feiqian/db';
import type { Ids, RandomBytes } from '@feiqian/ids';
import { gcmOpen, gcmSeal, type Keystore, kekBytes } from '@feiqian/keystore';
import * as store from './store.ts';

export interface VaultDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  random: RandomBytes;
  keystore: Keystore;
}

const purpose = 'data key';
const cardContext = 'pan';
/** Of a number whose card nobody has shown; the first binding of the card replaces it. */
const expiryUnknown = '0000';
/** Cards that one transaction of a rotation seals again. */
const resealMax = 200;

export type Vault = ReturnType<typeof createVault>;

/**
 * Card numbers at rest: each sealed by AES-256-GCM under the current data key. Data keys are
 * kept wrapped by the key-encryption key; both rotate while payments go on, since every older key still opens.
 */
export function createVault(deps: VaultDeps) {
  const { db, clock, keystore, random } = deps;
  const keys = new Map<number, Uint8Array>();
  let current: number | null = null;

  async function loadKeys(sql: Sql): Promise<void> {
    for (const row of await store.dataKeys(sql)) {
      keys.set(row.id, keystore.open(purpose, row.wrapped, String(row.id)));
      if (row.current) current = row.id;
    }
  }

  async function addKey(tx: Tx): Promise<number> {
    await store.lockDataKeys(tx);
    const rows = await store.dataKeys(tx);
    const id = (rows.at(-1)?.id ?? 0) + 1;
    const key = random(new Uint8Array(kekBytes));
    await store.insertDataKey(tx, id, keystore.seal(purpose, key, String(id)), clock.now());
    return id;
  }

  async function keyOf(sql: Sql, id: number): Promise<Uint8Array> {
    if (!keys.has(id)) await loadKeys(sql);
    const key = keys.get(id);
    if (!key) throw new Error(`data key ${id} is missing`);
    return key;
  }

  return {
    /** Reads the data keys, makes the first one, and wraps under the present key-encryption key what is not. */
    async open(): Promise<void> {
      await db.transaction(async (tx) => {
        await store.lockDataKeys(tx);
        if ((await store.dataKeys(tx)).length === 0) await addKey(tx);
        for (const row of await store.dataKeys(tx)) {
          if (keystore.keyOf(row.wrapped) === keystore.current) continue;
          const key = keystore.open(purpose, row.wrapped, String(row.id));
          await store.setWrapped(tx, row.id, keystore.seal(purpose, key, String(row.id)));
        }
      });
      await loadKeys(db);
    },
    /** Stores a card number once; gives the id of its row. */
    async put(tx: Tx, pan: string, expiry: string): Promise<string> {
      if (current === null) await loadKeys(tx);
      const id = deps.ids.uuid();
      const lookup = keystore.keyedHash('pan', pan);
      const dataKey = current as number;
      const sealed = gcmSeal(await keyOf(tx, dataKey), Buffer.from(pan), cardContext, random);
      return store.putPan(tx, { id, lookup, sealed, dataKey, expiry, last4: pan.slice(-4) }, clock.now());
    },
    /** Stores a number that somebody named, whose expiry is not known; gives the id of its row. */
    async hold(tx: Tx, number: string): Promise<string> {
      if (current === null) await loadKeys(tx);
      const lookup = keystore.keyedHash('pan', number);
      const known = await store.panByLookup(tx, lookup);
      if (known !== null) return known;
      const dataKey = current as number;
      const sealed = gcmSeal(await keyOf(tx, dataKey), Buffer.from(number), cardContext, random);
      const row = {
        id: deps.ids.uuid(),
        lookup,
        sealed,
        dataKey,
        expiry: expiryUnknown,
        last4: number.slice(-4),
      };
      await store.insertPan(tx, row, clock.now());
      return (await store.panByLookup(tx, lookup)) as string;
    },
    /** Opens sealed cards. */
    async reveal(sql: Sql, rows: readonly { sealed: Uint8Array; data_key: number }[]): Promise<string[]> {
      const out: string[] = [];
      for (const row of rows) out.push(openCard(await keyOf(sql, row.data_key), row.sealed));
      return out;
    },
    /** Makes a new data key current; `reseal` then moves the cards to it. */
    async rotate(): Promise<number> {
      const id = await db.transaction(addKey);
      await loadKeys(db);
      return id;
    },
    /** Seals a bounded number of cards again under the current key. Returns how many; 0 when none is left. */
    async reseal(): Promise<number> {
      await loadKeys(db);
      const to = current as number;
      return db.transaction(async (tx) => {
        const stale = await store.staleCards(tx, to, resealMax);
        for (const row of stale) {
          const pan = openCard(await keyOf(tx, row.data_key), row.sealed);
          const sealed = gcmSeal(await keyOf(tx, to), Buffer.from(pan), cardContext, random);
          await store.reseal(tx, row.id, sealed, to);
        }
        return stale.length;
      });
    },
  };
}

function openCard(key: Uint8Array, sealed: Uint8Array): string {
  return Buffer.from(gcmOpen(key, sealed, cardContext)).toString();
}
