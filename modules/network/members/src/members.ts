import { createHash } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import {
  type BankApiInput,
  checkMember,
  completeBankApi,
  completeLink,
  type LinkInput,
  type Member,
  type MemberInput,
  type MemberStatus,
  type Problem,
} from './member.ts';
import {
  arrangeRoutes,
  type BinRange,
  type ProductKind,
  type RangeRefusal,
  type Routes,
  refuseRange,
  routeOf,
} from './routing.ts';
import type { SecretName } from './store.ts';
import * as store from './store.ts';

/** Encrypts and decrypts small secrets; `purpose` is bound to the sealed bytes, so they cannot change places. */
export interface Sealer {
  seal(purpose: string, bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  open(purpose: string, bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Calls `run` every `ms` until the returned function is called. */
export type Every = (ms: number, run: () => void) => () => void;

export interface MembersDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  sealer: Sealer;
  /**
   * Opens the ledger account of a member's position in the caller's transaction; an account that is there
   * already is no error.
   */
  openAccount(tx: Tx, account: { accountId: string; memberId: string; currency: string }): Promise<void>;
  /** Told in the same transaction as a change, for the event log. */
  onChange?(tx: Tx, change: MemberChange): Promise<void>;
  /** A reload that failed: the copy in memory stays in use. */
  onReloadError?(error: unknown): void;
}

/** A change of the register. */
export interface MemberChange {
  type: 'member.created' | 'member.updated' | 'member.suspended' | 'member.activated';
  member: Member;
}

/** Where a card number leads. */
export interface Route {
  member: Member;
  product: ProductKind;
}

export type CreateOutcome =
  | { ok: true; member: Member }
  | { ok: false; code: 'invalid'; problems: Problem[] }
  | { ok: false; code: 'code_taken' };
export type UpdateOutcome =
  | { ok: true; member: Member }
  | { ok: false; code: 'invalid'; problems: Problem[] }
  | { ok: false; code: 'not_found' };
export type RangeOutcome =
  | { ok: true; range: BinRange }
  | { ok: false; code: RangeRefusal | 'not_found' | 'not_an_issuer' };

/** What of a member may be changed. */
export interface MemberPatch {
  name?: string;
  nameEn?: string;
  colour?: string;
  link?: LinkInput | null;
  bankApi?: BankApiInput | null;
}

/** How often a process looks whether its copy of the register is old. */
export const reloadCheckMs = 1_000;

interface Snapshot {
  revision: bigint;
  members: ReadonlyMap<string, Member>;
  byCode: ReadonlyMap<string, Member>;
  ranges: readonly BinRange[];
  routes: Routes;
  positions: ReadonlyMap<string, string>;
}

/** The register of members. Reads are answered from memory; changes go to the database and are seen by all within about a second. */
export type Members = ReturnType<typeof createMembers>;

/**
 * Creates the register. Call `reload()` once before the first read; `start(every)` keeps it fresh.
 */
export function createMembers(deps: MembersDeps) {
  const { db, clock, ids, sealer } = deps;
  let snapshot: Snapshot = {
    revision: 0n,
    members: new Map(),
    byCode: new Map(),
    ranges: [],
    routes: { byLength: [] },
    positions: new Map(),
  };
  const listeners = new Set<() => void>();

  /** Reads everything when the revision has moved (or always with `force`). True when something was read. */
  async function reload(force = false): Promise<boolean> {
    // The revision is read first: a change that comes between the reads is read again at the next check.
    const revision = await store.selectRevision(db);
    if (!force && revision === snapshot.revision) return false;
    const members = await store.selectMembers(db);
    const ranges = await store.selectRanges(db);
    const positions = await store.selectPositions(db);
    snapshot = {
      revision,
      members: new Map(members.map((m) => [m.id, m])),
      byCode: new Map(members.map((m) => [m.code, m])),
      ranges,
      routes: arrangeRoutes(ranges),
      positions: new Map(positions.map((p) => [`${p.memberId} ${p.currency}`, p.accountId])),
    };
    for (const listener of listeners) listener();
    return true;
  }

  async function changed(tx: Tx, change: MemberChange): Promise<void> {
    await deps.onChange?.(tx, change);
  }

  async function create(input: MemberInput, id = ids.uuid()): Promise<CreateOutcome> {
    const problems = checkMember(input);
    if (problems.length > 0) return { ok: false, code: 'invalid', problems };
    const member: Member = {
      id,
      code: input.code,
      institution: input.institution,
      name: input.name,
      nameEn: input.nameEn,
      colour: input.colour,
      roles: input.roles,
      status: 'active',
      link: input.link && completeLink(input.link),
      bankApi: input.bankApi && completeBankApi(input.bankApi),
    };
    const created = await db.transaction(async (tx) => {
      await store.raiseRevision(tx);
      if (!(await store.insertMember(tx, member, clock.now()))) return false;
      await changed(tx, { type: 'member.created', member });
      return true;
    });
    if (!created) return { ok: false, code: 'code_taken' };
    await reload();
    return { ok: true, member };
  }

  async function change(
    id: string,
    type: MemberChange['type'],
    edit: (member: Member) => Member,
  ): Promise<UpdateOutcome> {
    const outcome = await db.transaction(async (tx): Promise<UpdateOutcome> => {
      await store.raiseRevision(tx);
      const before = await store.lockMember(tx, id);
      if (before === null) return { ok: false, code: 'not_found' };
      const member = edit(before);
      const problems = checkMember(member);
      if (problems.length > 0) return { ok: false, code: 'invalid', problems };
      await store.updateMember(tx, member, clock.now());
      await changed(tx, { type, member });
      return { ok: true, member };
    });
    await reload();
    return outcome;
  }

  const update = (id: string, patch: MemberPatch) =>
    change(id, 'member.updated', (m) => ({
      ...m,
      name: patch.name ?? m.name,
      nameEn: patch.nameEn ?? m.nameEn,
      colour: patch.colour ?? m.colour,
      link: patch.link === undefined ? m.link : patch.link && completeLink(patch.link),
      bankApi: patch.bankApi === undefined ? m.bankApi : patch.bankApi && completeBankApi(patch.bankApi),
    }));

  const setStatus = (id: string, status: MemberStatus) =>
    change(id, status === 'active' ? 'member.activated' : 'member.suspended', (m) => ({ ...m, status }));

  async function addRange(input: Omit<BinRange, 'id'>, id = ids.uuid()): Promise<RangeOutcome> {
    const outcome = await db.transaction(async (tx): Promise<RangeOutcome> => {
      // The revision row is the lock: two changes cannot both find their range free.
      await store.raiseRevision(tx);
      const member = await store.lockMember(tx, input.memberId);
      if (member === null) return { ok: false, code: 'not_found' };
      if (!member.roles.includes('issuer')) return { ok: false, code: 'not_an_issuer' };
      const refusal = refuseRange(await store.selectRanges(tx), input);
      if (refusal !== null) return { ok: false, code: refusal };
      const range: BinRange = { ...input, id };
      await store.insertRange(tx, range, clock.now());
      return { ok: true, range };
    });
    await reload();
    return outcome;
  }

  async function removeRange(id: string): Promise<boolean> {
    const removed = await db.transaction(async (tx) => {
      await store.raiseRevision(tx);
      return await store.deleteRange(tx, id);
    });
    await reload();
    return removed;
  }

  /** Opens a member's position in a currency; opening it again changes nothing. Returns the account. */
  async function openPosition(memberId: string, currency: string): Promise<string> {
    const accountId = positionAccountId(memberId, currency);
    await db.transaction(async (tx) => {
      await store.raiseRevision(tx);
      await deps.openAccount(tx, { accountId, memberId, currency });
      await store.insertPosition(tx, { memberId, currency, accountId }, clock.now());
    });
    await reload();
    return accountId;
  }

  const purpose = (memberId: string, name: SecretName) => `members/${name}/${memberId}`;

  /** Stores a secret, sealed. False when `expectedVersion` (0 for none) is not the stored one any more. */
  async function replaceSecret(
    memberId: string,
    name: SecretName,
    bytes: Uint8Array,
    expectedVersion: number,
  ): Promise<boolean> {
    const sealed = await sealer.seal(purpose(memberId, name), bytes);
    return await db.transaction(async (tx) => {
      const stored = await store.putSecret(tx, memberId, name, sealed, expectedVersion, clock.now());
      if (stored) await store.raiseRevision(tx);
      return stored;
    });
  }

  return {
    reload,
    create,
    update,
    setStatus,
    addRange,
    removeRange,
    openPosition,
    replaceSecret,
    /** Stores a secret whatever was there before. */
    async setSecret(memberId: string, name: SecretName, bytes: Uint8Array): Promise<void> {
      for (;;) {
        const current = await store.selectSecret(db, memberId, name);
        if (await replaceSecret(memberId, name, bytes, current?.version ?? 0)) return;
      }
    },
    /** A secret in clear with its version; null when there is none. Keep it no longer than needed. */
    async openSecret(
      memberId: string,
      name: SecretName,
    ): Promise<{ version: number; bytes: Uint8Array } | null> {
      const stored = await store.selectSecret(db, memberId, name);
      if (stored === null) return null;
      return {
        version: stored.version,
        bytes: await sealer.open(purpose(memberId, name), new Uint8Array(stored.sealed)),
      };
    },
    /** Every member, by code. */
    list: (): Member[] => [...snapshot.members.values()],
    /** The member with this UUID; undefined when there is none. */
    get: (id: string): Member | undefined => snapshot.members.get(id),
    byCode: (code: string): Member | undefined => snapshot.byCode.get(code),
    ranges: (memberId?: string): BinRange[] =>
      snapshot.ranges.filter((r) => memberId === undefined || r.memberId === memberId),
    /** The issuer of a card number, or of its first digits, by the longest prefix; null when nobody has it. */
    routeByPan(pan: string): Route | null {
      const range = routeOf(snapshot.routes, pan);
      const member = range && snapshot.members.get(range.memberId);
      return range && member ? { member, product: range.product } : null;
    },
    /** The ledger account of a member's position. Throws when it was not opened. */
    positionAccount(memberId: string, currency: string): string {
      const accountId = snapshot.positions.get(`${memberId} ${currency}`);
      if (accountId === undefined) throw new Error(`no position in ${currency} for member ${memberId}`);
      return accountId;
    },
    /** Tells when the copy in memory was renewed; returns how to stop. */
    onReload(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Keeps the copy fresh; returns how to stop. */
    start(every: Every): () => void {
      let busy = false;
      return every(reloadCheckMs, () => {
        if (busy) return;
        busy = true;
        reload()
          .catch((error) => deps.onReloadError?.(error))
          .finally(() => {
            busy = false;
          });
      });
    },
  };
}

/**
 * The id of a position's account: the same for the same member and currency on every process and after a
 * restore, so that opening it twice opens one (UUID version 8, RFC 9562 section 5.8).
 */
export function positionAccountId(memberId: string, currency: string): string {
  const hash = createHash('sha256').update(`feiqian position ${memberId} ${currency}`).digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x80;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const h = hash.toString('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20, 32)}`;
}
