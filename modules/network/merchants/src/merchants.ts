import type { Access } from '@feiqian/access';
import type { Clock } from '@feiqian/clock';
import type { StaffRole } from '@feiqian/contract';
import { createRevision, type Db, type Sql, type Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import { acceptorCode, type Merchant, type Staff, type Store, type Till, terminalCode } from './merchant.ts';
import * as store from './store.ts';

export interface MerchantsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  access: Access;
  seal: (purpose: string, plain: Uint8Array, context?: string) => Uint8Array;
  /** Opens the ledger account of what the network owes a merchant; gives its id. */
  openPayable: (tx: Tx, merchantId: string, currency: string, nowMs: number) => Promise<string>;
}

export interface NewMerchant {
  name: string;
  nameEn: string;
  mcc: string;
  city: string;
  licence: string;
  settlementAccount: string;
  storeName: string;
  currency: string;
}

/** How often a process looks for changes, in ms: a suspension reaches every process within it. */
const changeCheckMs = 1_000;
/** How long a looked-up store is believed when nothing was changed, in ms. */
const cacheMs = 60_000;
const cacheEntriesMax = 10_000;
const firstStaffNumber = 100_101;

export type Merchants = ReturnType<typeof createMerchants>;

/** Merchants, stores and staff. */
export function createMerchants(deps: MerchantsDeps) {
  const { db, clock, ids, access } = deps;
  const cache = new Map<string, { till: Till; untilMs: number }>();
  const revision = createRevision({
    clock,
    checkMs: changeCheckMs,
    read: () => store.readRevision(db),
    onMoved() {
      for (const entry of cache.values()) entry.untilMs = 0;
    },
  });

  /**
   * The store and its merchant, or null. From memory: this is on the way of every payment.
   * Inside a transaction hand it in as `sql`: the embedded engine has one session, and would wait for itself.
   */
  async function till(storeId: string, sql: Sql = db): Promise<Till | null> {
    const looking = sql === db ? revision.check() : undefined;
    if (looking) await looking;
    const now = clock.now();
    const known = cache.get(storeId);
    if (known && known.untilMs > now) return known.till;
    const found = (await store.tillByStore(sql, storeId)) ?? null;
    if (cache.size >= cacheEntriesMax) cache.clear();
    // A store that does not exist yet is looked for again.
    if (found !== null) cache.set(storeId, { till: found, untilMs: now + cacheMs });
    return found;
  }

  /** What memory holds of a store, however old: for texts that need no fresh status. */
  const peek = (storeId: string): Till | null => cache.get(storeId)?.till ?? null;

  /** Registers a merchant with its first store; it waits for review before it may take payments. */
  async function register(tx: Tx, input: NewMerchant): Promise<{ merchant: Merchant; store: Store }> {
    const now = clock.now();
    const id = ids.uuid();
    const { merchants } = await store.lockNumbering(tx);
    const merchant: Merchant = {
      id,
      name: input.name,
      nameEn: input.nameEn,
      mcc: input.mcc,
      city: input.city,
      code: acceptorCode(input.mcc, merchants + 1),
      status: 'pending_review',
      currency: input.currency,
      payableAccount: await deps.openPayable(tx, id, input.currency, now),
      settlementTail: input.settlementAccount.slice(-4),
    };
    const sealed = deps.seal('settlement account', Buffer.from(input.settlementAccount), id);
    await store.insertMerchant(tx, { ...merchant, licence: input.licence, settlementAccount: sealed }, now);
    return { merchant, store: await addStore(tx, id, input.storeName) };
  }

  async function addStore(tx: Tx, merchantId: string, name: string): Promise<Store> {
    const added: Store = { id: ids.uuid(), merchantId, name };
    await store.insertStore(tx, added, clock.now());
    return added;
  }

  async function addStaff(
    tx: Tx,
    input: { merchantId: string; storeId: string; name: string; role: StaffRole; pin: string },
  ): Promise<Staff> {
    const owned = await store.storesOf(tx, [input.merchantId]);
    if (!owned.some((s) => s.id === input.storeId)) throw new ProblemError('store_unknown');
    const numbering = await store.lockNumbering(tx);
    const staff: Staff = {
      id: ids.uuid(),
      merchantId: input.merchantId,
      storeId: input.storeId,
      number: String(firstStaffNumber + numbering.staff),
      name: input.name,
      role: input.role,
      terminal: terminalCode(numbering.staff + 1),
    };
    await store.insertStaff(tx, { ...staff, pin: await access.hashPin(input.pin) }, clock.now());
    return staff;
  }

  async function review(sql: Sql, merchantId: string, decision: 'approve' | 'suspend'): Promise<void> {
    const done = await store.setStatus(sql, merchantId, decision === 'approve' ? 'active' : 'suspended');
    if (!done) throw new ProblemError('not_found');
    cache.clear();
  }

  /** Signs a member of staff in at a till. */
  async function signIn(number: string, pin: string, deviceName: string) {
    const staff = await store.staffByNumber(db, number);
    await access.checkSecret(`staff ${number}`, pin, staff?.active ? staff.pin : undefined);
    if (!staff) throw new ProblemError('wrong_code');
    const principal = {
      kind: 'till' as const,
      merchantId: staff.merchantId,
      storeId: staff.storeId,
      staffId: staff.id,
      staffName: staff.name,
      role: staff.role,
      terminal: staff.terminal,
    };
    return { principal, credential: await access.issue(db, principal, deviceName, staff.id) };
  }

  return {
    till,
    peek,
    register,
    addStore,
    addStaff,
    review,
    signIn,
    merchant: (id: string) => store.merchantById(db, id),
    mccsOf: store.mccsOf,
    list: (only: string | null, after: string | null, limit: number) =>
      store.listMerchants(db, only, after, limit),
    storesOf: (merchantIds: readonly string[]) => store.storesOf(db, merchantIds),
    staffOf: (merchantIds: readonly string[]) => store.staffOf(db, merchantIds),
  };
}
