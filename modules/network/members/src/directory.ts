import type { Db } from '@feiqian/db';
import type { Member } from './member.ts';
import { arrangeRoutes, type BinRange, type ProductKind, type Routes, routeOf } from './routing.ts';
import { selectMembers, selectPositions, selectRanges, selectRevision } from './store.ts';

/** Runs work again and again, never overlapping itself (the process's jobs). */
export interface Periodic {
  every(name: string, ms: number, work: () => Promise<unknown>): void;
}

/** How often a process looks whether its copy of the register is old. */
export const reloadCheckMs = 1_000;

/** Where a card number leads. */
export interface Route {
  member: Member;
  product: ProductKind;
}

interface Snapshot {
  revision: bigint;
  members: ReadonlyMap<string, Member>;
  byCode: ReadonlyMap<string, Member>;
  ranges: readonly BinRange[];
  routes: Routes;
  positions: ReadonlyMap<string, string>;
}

const empty: Snapshot = {
  revision: 0n,
  members: new Map(),
  byCode: new Map(),
  ranges: [],
  routes: { byLength: [] },
  positions: new Map(),
};

async function readSnapshot(db: Db, revision: bigint): Promise<Snapshot> {
  const members = await selectMembers(db);
  const ranges = await selectRanges(db);
  const positions = await selectPositions(db);
  return {
    revision,
    members: new Map(members.map((m) => [m.id, m])),
    byCode: new Map(members.map((m) => [m.code, m])),
    ranges,
    routes: arrangeRoutes(ranges),
    positions: new Map(positions.map((p) => [`${p.memberId} ${p.currency}`, p.accountId])),
  };
}

/** The register as one process holds it in memory; reads never wait. */
export interface Directory {
  /** Reads everything again when the revision has moved. True when it had. */
  reload(): Promise<boolean>;
  /** Keeps the copy fresh, at most about `reloadCheckMs` old. */
  start(jobs: Periodic): void;
  /** Tells when the copy was renewed; returns how to stop. */
  onReload(listener: () => void): () => void;
  /** Every member, by code. */
  list(): Member[];
  /** The member with this UUID. */
  get(id: string): Member | undefined;
  byCode(code: string): Member | undefined;
  /** All ranges, or those of one member. */
  ranges(memberId?: string): BinRange[];
  /** The issuer of a card number, or of its first digits, by the longest prefix; null when nobody has it. */
  routeByPan(pan: string): Route | null;
  /** The ledger account of a member's position. Throws when it was not opened. */
  positionAccount(memberId: string, currency: string): string;
}

/** Creates an empty copy; call `reload()` once before the first read. */
export function createDirectory(db: Db): Directory {
  let snapshot = empty;
  const listeners = new Set<() => void>();

  async function reload(): Promise<boolean> {
    // The revision is read first: a change that comes between the reads is read again at the next check.
    const revision = await selectRevision(db);
    if (revision === snapshot.revision) return false;
    const next = await readSnapshot(db, revision);
    // Of two reloads under way at once the older must not win.
    if (next.revision > snapshot.revision) snapshot = next;
    for (const listener of listeners) listener();
    return true;
  }

  return {
    reload,
    start: (jobs) => jobs.every('members reload', reloadCheckMs, reload),
    onReload(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list: () => [...snapshot.members.values()],
    get: (id) => snapshot.members.get(id),
    byCode: (code) => snapshot.byCode.get(code),
    ranges: (memberId) => snapshot.ranges.filter((r) => memberId === undefined || r.memberId === memberId),
    routeByPan(pan) {
      const range = routeOf(snapshot.routes, pan);
      const member = range && snapshot.members.get(range.memberId);
      return range && member ? { member, product: range.product } : null;
    },
    positionAccount(memberId, currency) {
      const accountId = snapshot.positions.get(`${memberId} ${currency}`);
      if (accountId === undefined) throw new Error(`no position in ${currency} for member ${memberId}`);
      return accountId;
    },
  };
}
