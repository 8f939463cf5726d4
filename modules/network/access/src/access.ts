import type { Clock } from '@feiqian/clock';
import { createRevision, type Db, type Sql } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import { createCodes, type SendCode } from './codes.ts';
import { checkPassword, hashPassword, hashSecret } from './password.ts';
import { type Principal, type PrincipalKind, secretPrefix, sessionMs } from './principal.ts';
import { createSigning } from './signing.ts';
import * as store from './store.ts';

export interface AccessDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  seal: (purpose: string, plain: Uint8Array, context?: string) => Uint8Array;
  open: (purpose: string, sealed: Uint8Array, context?: string) => Uint8Array;
  keyedHash: (purpose: string, text: string) => Uint8Array;
  sendCode: SendCode;
  /** The sandbox's fixed one-time code; null in production, where each code is random. */
  fixedCode: string | null;
}

/** How often a process looks for revocations, in ms: one reaches every process within it. */
const revocationCheckMs = 1_000;
/** How long a looked-up credential is believed when nothing was revoked, in ms. */
const cacheMs = 60_000;
const cacheEntriesMax = 50_000;
const wrongTriesMax = 5;
const lockMs = 15 * 60_000;
const prefixChars = 12;
const sealPurpose = 'request key';

/** A credential that was just made: the secret is shown this once. */
export interface NewCredential {
  id: string;
  secret: string;
  prefix: string;
}

/** Who is behind a secret, and as whom. */
export interface Caller {
  principal: Principal;
  credentialId: string;
  /** What this session signs its requests with; null when it cannot. */
  requestKey: Uint8Array | null;
}

export type Access = ReturnType<typeof createAccess>;

/** Keys, sessions, one-time codes and passwords: who may call, and as whom. */
export function createAccess(deps: AccessDeps) {
  const { db, clock, ids } = deps;
  const cache = new Map<string, { caller: Caller; untilMs: number }>();

  const revision = createRevision({
    clock,
    checkMs: revocationCheckMs,
    read: () => store.readRevision(db),
    onMoved: () => cache.clear(),
  });

  /** Makes a credential. Only the sandbox, whose keys are published, says itself what the `secret` is. */
  async function issue(
    sql: Sql,
    principal: Principal,
    name: string,
    tenant: string | null,
    options: { secret?: string; requestKey?: Uint8Array | null } = {},
  ): Promise<NewCredential> {
    const { secret = `${secretPrefix[principal.kind]}_${ids.secret(32)}`, requestKey = null } = options;
    const now = clock.now();
    const lasts = sessionMs[principal.kind];
    const id = ids.uuid();
    const prefix = secret.slice(0, prefixChars);
    await store.insertCredential(sql, {
      id,
      kind: principal.kind,
      hash: hashSecret(secret),
      prefix,
      name,
      principal,
      tenant,
      createdAtMs: now,
      expiresAtMs: lasts === null ? null : now + lasts,
      requestKey: requestKey && deps.seal(sealPurpose, requestKey, id),
    });
    return { id, secret, prefix };
  }

  /** Who has this secret, or null. From memory, where a revocation is known within a second. */
  async function identify(secret: string): Promise<Caller | null> {
    const looking = revision.check();
    if (looking) await looking;
    const now = clock.now();
    const known = cache.get(secret);
    if (known && known.untilMs > now) return known.caller;
    const row = await store.credentialByHash(db, hashSecret(secret));
    if (!row || row.revoked_at !== null || (row.expires_at !== null && row.expires_at.getTime() <= now)) {
      cache.delete(secret);
      return null;
    }
    if (cache.size >= cacheEntriesMax) cache.clear();
    const untilMs = Math.min(now + cacheMs, row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
    const requestKey = row.request_key && deps.open(sealPurpose, row.request_key, row.id);
    const caller = { principal: row.principal, credentialId: row.id, requestKey };
    cache.set(secret, { caller, untilMs });
    return caller;
  }

  async function revoke(sql: Sql, id: string, kind: PrincipalKind): Promise<boolean> {
    const done = await store.revokeCredential(sql, id, kind, clock.now());
    for (const [secret, { caller }] of cache) if (caller.credentialId === id) cache.delete(secret);
    return done;
  }

  /** Changes what the sessions of these tenants say of their caller; other processes know within a second. */
  async function amend(
    sql: Sql,
    tenants: readonly string[],
    kind: PrincipalKind,
    change: Record<string, unknown>,
  ): Promise<void> {
    await store.amendPrincipals(sql, tenants, kind, change);
    cache.clear();
  }

  async function revokeAllOf(sql: Sql, tenant: string, kind: PrincipalKind): Promise<void> {
    await store.revokeTenant(sql, tenant, kind, clock.now());
    cache.clear();
  }

  /**
   * Checks a password or PIN with a lock after five wrong tries. `stored` is undefined for a subject that does
   * not exist: the answer and its time are the same.
   */
  async function checkSecret(subject: string, secret: string, stored: string | undefined): Promise<void> {
    const now = clock.now();
    // The try is counted before it is checked: guesses that come together are as many as guesses in a row.
    await db.transaction(async (tx) => {
      const row = await store.lockTries(tx, subject);
      const lockedMs = (row.locked_until?.getTime() ?? 0) - now;
      if (lockedMs > 0) {
        const retryAfterSeconds = Math.ceil(lockedMs / 1000);
        throw new ProblemError('too_many_attempts', undefined, { retryAfterSeconds });
      }
      const tries = row.locked_until === null ? row.tries + 1 : 1;
      await store.setTries(tx, subject, tries, tries >= wrongTriesMax ? now + lockMs : null);
    });
    const right = await checkPassword(secret, stored);
    if (!right) throw new ProblemError('wrong_code');
    await db.transaction((tx) => store.setTries(tx, subject, 0, null));
  }

  async function signInConsole(username: string, password: string) {
    const operator = await store.operatorByUsername(db, username);
    await checkSecret(`operator ${username}`, password, operator?.password);
    if (!operator) throw new ProblemError('wrong_code');
    const principal: Principal = {
      kind: 'console',
      operatorId: operator.id,
      name: operator.name,
      role: operator.role,
      tenant: operator.tenant,
    };
    return { principal, credential: await issue(db, principal, operator.name, operator.id) };
  }

  async function addOperator(sql: Sql, o: Omit<store.OperatorRow, 'id' | 'password'> & { password: string }) {
    const id = ids.uuid();
    const password = await hashPassword(o.password, Buffer.from(ids.secret(16), 'base64url'));
    await store.insertOperator(sql, { ...o, id, password }, clock.now());
    return id;
  }

  return {
    issue,
    identify,
    revoke,
    revokeAllOf,
    amend,
    checkSecret,
    hashPin: (pin: string) => hashPassword(pin, Buffer.from(ids.secret(16), 'base64url')),
    signInConsole,
    addOperator,
    codes: createCodes(deps),
    signing: createSigning(deps),
    /** For a write of `signing.use` outside any transaction. */
    db,
    merchantKeys: (tenant: string | null) => store.credentialsOf(db, 'merchant_key', tenant),
    /** Inside a transaction hand it in as `sql`. */
    credential: (id: string, sql: Sql = db) => store.credentialById(sql, id),
  };
}
