import type { Clock } from '@feiqian/clock';
import {
  type Bank,
  type BankNotice,
  bankNoticeSkewSecondsMax,
  bankNoticesMax,
  type WalletNoticePage,
} from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import { verifyWebhook, type WebhookHeaders } from '@feiqian/keys/node';
import type { BankApi } from '@feiqian/links';
import type { Outbox } from '@feiqian/outbox';
import {
  askPauseMs,
  completeWith,
  isAccount,
  keptData,
  noticeView,
  type StoredNotice,
  type Subject,
} from './notice.ts';
import * as store from './store.ts';

export interface NoticesDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Pick<Outbox, 'publish' | 'wake'>;
  bankApi: Pick<BankApi, 'ask'>;
  /** The member of a code, and the secret that it signs with; null when it may tell us nothing. */
  sourceOf: (code: string) => Promise<{ memberId: string; secret: Uint8Array } | null>;
  faceOf: (memberId: string) => Bank;
  /** A consent under which an account may be asked about; null when there is none. */
  consentOf: (memberId: string, ref: string) => Promise<string | null>;
  /** Told of what was stored for the first time, in its transaction. */
  onStored?: (tx: Tx, notices: readonly StoredNotice[]) => Promise<void>;
}

/** How far beyond a gap is looked for what is stored already, in sequence numbers. */
const aheadMax = 1_000;
/** Subjects asked about in one turn. */
const askedAtOnceMax = 10;
/** How long a question for something missing may take before another process asks, in ms. */
const askLeaseMs = 30_000;
const unreadMax = 100;

export type Notices = ReturnType<typeof createNotices>;

/** What banks tell of accounts: checked, stored once, completed where something is missing, routed to people. */
export function createNotices(deps: NoticesDeps) {
  const { db, clock, ids, outbox } = deps;

  /**
   * Takes a delivery of a bank.
   * @throws ProblemError `unauthenticated` when it is not signed by that bank, just now
   */
  async function receive(
    code: string,
    headers: WebhookHeaders,
    body: string,
    notices: readonly BankNotice[],
  ): Promise<void> {
    const source = await deps.sourceOf(code);
    const authentic =
      source !== null && verifyWebhook(source.secret, headers, body, clock.now(), bankNoticeSkewSecondsMax);
    if (!authentic) throw new ProblemError('unauthenticated');
    await keep(source.memberId, notices);
  }

  async function keep(memberId: string, notices: readonly BankNotice[]): Promise<void> {
    await db.transaction((tx) => storeNew(tx, memberId, notices));
    outbox.wake();
  }

  /** Stores what is new of one bank's notices, notes what is missing, and tells the people. */
  async function storeNew(tx: Tx, memberId: string, notices: readonly BankNotice[]): Promise<void> {
    const refs = [...new Set(notices.map((n) => n.subject))].sort();
    const subjects = new Map((await store.lockSubjects(tx, memberId, refs)).map((s) => [s.ref, s]));
    const rows = notices.map((n) => ({
      id: ids.uuid(),
      ref: n.subject,
      sequence: n.sequence,
      bankId: n.id,
      userId: subjects.get(n.subject)?.userId ?? null,
      type: n.type,
      data: JSON.stringify(keptData(n.data)),
      at: n.at,
    }));
    const fresh = await store.insertNotices(tx, memberId, rows, clock.now());
    await note(tx, memberId, [...subjects.values()], notices);
    await publish(tx, fresh);
    await deps.onStored?.(tx, fresh);
  }

  async function note(
    tx: Tx,
    memberId: string,
    subjects: readonly Subject[],
    notices: readonly BankNotice[],
  ): Promise<void> {
    const refs = subjects.map((s) => s.ref);
    const after = await store.storedAfter(tx, memberId, refs, aheadMax);
    for (const s of subjects) {
      const stored = after.filter((n) => n.ref === s.ref).map((n) => n.sequence);
      const told = notices.filter((n) => n.subject === s.ref).map((n) => BigInt(n.sequence));
      const top = told.reduce(later, s.top);
      // Applications have no list to ask for: where one stands is asked of the bank itself.
      const completeTo = isAccount(s.ref) ? completeWith(s.completeTo, stored) : top;
      const missing = completeTo < top;
      if (missing && completeTo === s.completeTo && s.completeTo < s.top) {
        await store.raiseTop(tx, memberId, s.ref, top);
        continue;
      }
      await store.setSubject(tx, { ...s, completeTo, top, asks: 0, lost: 0n }, missing ? clock.now() : null);
    }
  }

  async function publish(tx: Tx, notices: readonly StoredNotice[]): Promise<void> {
    await outbox.publish(
      tx,
      notices.flatMap((n) =>
        n.userId === null
          ? []
          : [
              {
                type: 'notice.received',
                objectId: n.id,
                tenants: [n.userId],
                data: noticeView(n, deps.faceOf(n.memberId)),
              },
            ],
      ),
    );
  }

  /** Asks the banks for what is missing. Several processes may do it: each takes what nobody has taken. */
  async function askForMissing(): Promise<number> {
    const now = clock.now();
    const due = await db.transaction((tx) => store.takeMissing(tx, now, now + askLeaseMs, askedAtOnceMax));
    await Promise.all(due.map(askFor));
    return due.length;
  }

  async function askFor(subject: Subject): Promise<void> {
    const { memberId, ref, completeTo } = subject;
    const consent = await deps.consentOf(memberId, ref);
    const answer =
      consent === null
        ? null
        : await deps.bankApi.ask(memberId, 'listNotices', {
            params: { ref },
            query: { consent_id: consent, after: String(completeTo), limit: String(bankNoticesMax) },
          });
    if (answer === null || !answer.ok) return postpone(subject);
    const own = answer.value.data.filter((n) => n.subject === ref);
    if (own.length > 0) await keep(memberId, own);
    await db.transaction(async (tx) => {
      const [now] = await store.lockSubjects(tx, memberId, [ref]);
      if (now === undefined || now.completeTo === now.top) return;
      if (now.completeTo > completeTo && answer.value.more) return;
      await giveUp(tx, now);
    });
  }

  /** The bank has answered and does not have it: what comes next is as complete as it will ever be. */
  async function giveUp(tx: Tx, s: Subject): Promise<void> {
    const stored = (await store.storedAfter(tx, s.memberId, [s.ref], Number.MAX_SAFE_INTEGER)).map(
      (n) => n.sequence,
    );
    const next = stored.reduce(sooner, s.top);
    const completeTo = completeWith(next - 1n, stored);
    const missing = completeTo < s.top;
    const lost = next - 1n - s.completeTo;
    await store.setSubject(tx, { ...s, completeTo, asks: 0, lost }, missing ? clock.now() : null);
  }

  async function postpone(s: Subject): Promise<void> {
    await db.transaction(async (tx) => {
      const [now] = await store.lockSubjects(tx, s.memberId, [s.ref]);
      if (now === undefined || now.completeTo === now.top) return;
      const asks = now.asks + 1;
      await store.setSubject(tx, { ...now, asks, lost: 0n }, clock.now() + askPauseMs(asks));
    });
  }

  /** From now on what a bank tells of these is this person's, and what it told so far. The first claim holds. */
  async function claim(tx: Tx, memberId: string, refs: readonly string[], userId: string): Promise<void> {
    if (refs.length === 0) return;
    await store.lockSubjects(tx, memberId, [...refs].sort());
    await store.claimSubjects(tx, memberId, refs, userId);
  }

  async function page(userId: string, cursor: string | undefined, limit: number): Promise<WalletNoticePage> {
    const before = cursor === undefined ? null : BigInt(cursor);
    const found = await store.noticesOf(db, userId, before, limit + 1);
    const data = found.slice(0, limit);
    const last = data.at(-1);
    return {
      data: data.map((n) => noticeView(n, deps.faceOf(n.memberId))),
      next_cursor: found.length > limit && last !== undefined ? String(last.position) : null,
      unread: await store.unreadOf(db, userId, unreadMax),
    };
  }

  return {
    receive,
    askForMissing,
    claim,
    page,
    /** Takes everything away that was kept of a person. */
    erase: store.erase,
    /** False when there is no such notice of this person. */
    readUpTo: (tx: Tx, userId: string, id: string) => store.readUpTo(tx, userId, id, clock.now()),
  };
}

const later = (a: bigint, b: bigint): bigint => (b > a ? b : a);
const sooner = (a: bigint, b: bigint): bigint => (b < a ? b : a);
