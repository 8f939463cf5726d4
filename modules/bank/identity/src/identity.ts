import { createHmac } from 'node:crypto';
import type { Accounts } from '@feiqian/bank-accounts';
import type { Cards } from '@feiqian/bank-cards';
import type { Customers, Identity } from '@feiqian/bank-customers';
import type { Clock } from '@feiqian/clock';
import { bankCodeDigits } from '@feiqian/contract';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import init from '../migrations/0001_init.sql';
import { createStore, type SentMessage } from './store.ts';
import { begun, mayBeUsed, tried, usableUntilMs, type Verification } from './verification.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** What is tried, how often in which window, in ms. */
const attemptRules = {
  /** Real-name checks that were false. */
  check: { max: 10, windowMs: dayMs },
  /** Codes asked for. */
  code: { max: 5, windowMs: hourMs },
  /** Names that were not the payee's. */
  payee: { max: 10, windowMs: dayMs },
  /** Consents for somebody who is not the customer. */
  consent: { max: 10, windowMs: dayMs },
} as const;
export type AttemptKind = keyof typeof attemptRules;
const inboxMessagesMax = 20;

/** The tables of the module in the schema of one bank. */
export function identityMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

/** What carries short messages to customers. Called in the transaction that asks for it: it must not wait. */
export interface SmsPort {
  send(tx: Tx, message: SentMessage): Promise<void>;
}

export interface IdentityDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  customers: Customers;
  accounts: Accounts;
  cards: Cards;
  /** Key of the keyed hashes of codes and subjects, 32 bytes. */
  key: Uint8Array;
  /** What customers know the bank by. */
  bankName: string;
  /** Besides keeping the message: what sends it. Null at a bank without customers. */
  sms: SmsPort | null;
}

/** Are people who they say to be? No answer tells which factor was wrong. */
export interface BankIdentities {
  /** Null: too many false answers about the mobile number or the document. */
  check(identity: Identity): Promise<boolean | null>;
  /** Begins a five-factor verification. Null: too many about the mobile number or the document. */
  start(identity: Identity, class1Number: string): Promise<{ id: string; expiresAtMs: number } | null>;
  /** Tries a code; null when there is no such verification. */
  confirm(
    id: string,
    code: string,
  ): Promise<{ match: boolean; confirmedAtMs: number | null; untilMs: number | null } | null>;
  /** Uses up a verification of this bank; false when it does not cover this. */
  use(tx: Tx, id: string, by: { customerId: string; numberLookup: string }): Promise<boolean>;
  /** Uses up a verification of another bank; false when it was used before. */
  useVouched(tx: Tx, id: string): Promise<boolean>;
  /** True while a try of this kind about this subject is allowed. */
  mayTry(kind: AttemptKind, subject: string): Promise<boolean>;
  /** Counts a try that failed. */
  failed(kind: AttemptKind, subject: string): Promise<void>;
  /** What was sent to a mobile number, newest first. */
  inbox(mobile: string): Promise<SentMessage[]>;
}

/** The verifications of one bank. */
export function createIdentities(deps: IdentityDeps): BankIdentities {
  const { db, clock, ids, customers } = deps;
  const store = createStore(deps.schema);
  const digest = (use: string, text: string) =>
    createHmac('sha256', deps.key).update(`${use}\n${text}`).digest('base64url');
  const windowStart = (kind: AttemptKind) => {
    const { windowMs } = attemptRules[kind];
    return Math.floor(clock.now() / windowMs) * windowMs;
  };
  const mayTry = async (kind: AttemptKind, subject: string) =>
    (await store.attempts(db, kind, digest('subject', subject), windowStart(kind))) < attemptRules[kind].max;
  const failed = async (kind: AttemptKind, subject: string) => {
    await store.countAttempt(db, kind, digest('subject', subject), windowStart(kind));
  };
  /** Counts before it is known whether it succeeds, so that many at once cannot all be the last one. */
  const takeTry = async (kind: AttemptKind, subject: string) =>
    (await store.countAttempt(db, kind, digest('subject', subject), windowStart(kind))) <=
    attemptRules[kind].max;

  async function isClass1Of(customerId: string, number: string): Promise<boolean> {
    const card = (await deps.cards.load(db, [deps.cards.lookup(number)])).get(deps.cards.lookup(number));
    const account = card
      ? (await deps.accounts.load(db, [card.accountId])).get(card.accountId)
      : (await deps.accounts.loadByNumber(db, [number])).get(number);
    return account?.customerId === customerId && account.class === 'class_1' && account.status === 'open';
  }

  return {
    mayTry,
    failed,
    async check(identity) {
      const { identityNumber, mobile } = identity;
      const subjects = [mobile, identityNumber];
      for (const subject of subjects) if (!(await mayTry('check', subject))) return null;
      const match = (await customers.identify(identity)) !== null;
      if (!match) for (const subject of subjects) await failed('check', subject);
      return match;
    },
    async start(identity, class1Number) {
      for (const subject of [identity.mobile, identity.identityNumber]) {
        if (!(await takeTry('code', subject))) return null;
      }
      const customer = await customers.identify(identity);
      const known = customer !== null && (await isClass1Of(customer.id, class1Number));
      const id = ids.uuid();
      const code = codeOf(ids.secret(8));
      const nowMs = clock.now();
      const verification = begun(
        {
          id,
          customerId: known ? customer.id : null,
          numberLookup: deps.cards.lookup(class1Number),
          codeDigest: known ? digest('code', `${id} ${code}`) : null,
        },
        nowMs,
      );
      await db.transaction(async (tx) => {
        await store.insertVerification(tx, verification);
        if (!known) return;
        const body = `【${deps.bankName}】验证码 ${code}，用于核实身份，5 分钟内有效，请勿告知他人。`;
        const message = { mobile: identity.mobile, body, sentAtMs: nowMs };
        await store.insertMessage(tx, ids.uuid(), message);
        await deps.sms?.send(tx, message);
      });
      return { id, expiresAtMs: verification.expiresAtMs };
    },
    confirm: (id, code) =>
      db.transaction(async (tx) => {
        const before = await store.lockVerification(tx, id);
        if (!before) return null;
        const given = digest('code', `${id} ${code}`);
        const after = tried(before, given, clock.now());
        if (after !== before) await store.updateVerification(tx, after);
        return resultOf(after, given);
      }),
    async use(tx, id, by) {
      const nowMs = clock.now();
      const verification = await store.lockVerification(tx, id);
      if (!verification || !mayBeUsed(verification, { ...by, nowMs })) return false;
      await store.updateVerification(tx, { ...verification, usedAtMs: nowMs });
      return true;
    },
    useVouched: (tx, id) => store.useVouched(tx, id, clock.now()),
    inbox: (mobile: string, sql: Sql = db) => store.messages(sql, mobile, inboxMessagesMax),
  };
}

/** Whoever did not hear that the code was right may ask again with the same code. */
function resultOf(v: Verification, given: string) {
  const match = v.confirmedAtMs !== null && v.codeDigest === given;
  return {
    match,
    confirmedAtMs: match ? v.confirmedAtMs : null,
    untilMs: match ? usableUntilMs(v) : null,
  };
}

/** Digits from random bytes; 2^64 values make the bias of the remainder too small to matter. */
function codeOf(secret: string): string {
  const random = Buffer.from(secret, 'base64url').readBigUInt64BE(0);
  return (random % 10n ** BigInt(bankCodeDigits)).toString().padStart(bankCodeDigits, '0');
}
