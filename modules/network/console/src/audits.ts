import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import * as store from './store.ts';

export interface AuditsDeps {
  db: Db;
  clock: Clock;
  /** One look at a sample of the books. */
  look: () => Promise<{ payments: number; reports: store.CheckFound[] }>;
  /** How often somebody looks, in ms; 0 when nobody does. */
  everyMs: number;
  /** Told of every check that found something. */
  onFinding: (found: store.CheckFound) => void;
}

/** The continuous audit: one process of all looks in each interval, everybody sees what was found. */
export interface Audits {
  /** Looks, unless another process does in this interval. True when it did. */
  turn(): Promise<boolean>;
  /** What stands at the moment. */
  state(): Promise<AuditState>;
}

export interface AuditState {
  everyMs: number;
  last: store.StoredLook | null;
  /** The last day. */
  day: { looks: number; payments: number; withFindings: number };
  checks: store.StoredCheck[];
}

const dayMs = 24 * 3600_000;
/** How long looks are kept; those that found something longer. */
const keepMs = 2 * dayMs;
const keepFindingsMs = 90 * dayMs;
/** A check that took part in no look for so long is gone. */
const checkMsMax = 3600_000;

/** Creates the continuous audit of one process. */
export function createAudits({ db, clock, look, everyMs, onFinding }: AuditsDeps): Audits {
  const slotOf = (ms: number) => Math.floor(ms / Math.max(everyMs, 1_000));
  return {
    async turn() {
      const startMs = clock.now();
      const slot = slotOf(startMs);
      if (!(await store.takeSlot(db, slot, startMs))) return false;
      const { payments, reports } = await look();
      const findings = reports.reduce((sum, r) => sum + r.findings, 0);
      const atMs = clock.now();
      await db.transaction(async (tx) => {
        await store.recordChecks(tx, reports, atMs);
        await store.recordLook(tx, slot, {
          atMs,
          ms: Math.max(0, Math.round(atMs - startMs)),
          payments,
          checks: reports.length,
          findings,
        });
      });
      for (const found of reports) if (found.findings > 0) onFinding(found);
      await store.forgetLooks(db, slotOf(atMs - keepMs), slotOf(atMs - keepFindingsMs));
      return true;
    },
    async state() {
      const now = clock.now();
      const [last, day] = await Promise.all([store.lastLook(db), store.countLooks(db, slotOf(now - dayMs))]);
      return {
        everyMs,
        last,
        day,
        checks: last === null ? [] : await store.checksSince(db, last.atMs - checkMsMax),
      };
    },
  };
}
