import { createHash } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { createDirectory, type Directory } from './directory.ts';
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
import { type BinRange, type RangeRefusal, refuseRange } from './routing.ts';
import { createSecrets, type Sealer, type Secrets } from './secrets.ts';
import * as store from './store.ts';

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
}

/** A change of the register. */
export interface MemberChange {
  type: 'member.created' | 'member.updated' | 'member.suspended' | 'member.activated';
  member: Member;
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

/**
 * The register of members. Reads are answered from memory; changes go to the database, are seen at once by
 * the process that made them and within about a second by the others.
 */
export interface Members extends Directory, Secrets {
  /** `code_taken`: another member has the short name or the institution number. */
  create(input: MemberInput, id?: string): Promise<CreateOutcome>;
  update(id: string, patch: MemberPatch): Promise<UpdateOutcome>;
  setStatus(id: string, status: MemberStatus): Promise<UpdateOutcome>;
  addRange(range: Omit<BinRange, 'id'>, id?: string): Promise<RangeOutcome>;
  /** False when there is no such range. */
  removeRange(id: string): Promise<boolean>;
  /** Opens a member's position in a currency and returns its account; opening it again changes nothing. */
  openPosition(memberId: string, currency: string): Promise<string>;
}

/** Creates the register. Call `reload()` once before the first read; `start(jobs)` keeps it fresh. */
export function createMembers(deps: MembersDeps): Members {
  const directory = createDirectory(deps.db);
  /** Runs a change and then renews this process's copy. */
  const changing = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const outcome = await deps.db.transaction(async (tx) => {
      // Also the lock: changes of the register run one after another, so what a check found stays true.
      await store.raiseRevision(tx);
      return await work(tx);
    });
    await directory.reload();
    return outcome;
  };

  return {
    ...directory,
    ...createSecrets(deps),
    create: (input, id = deps.ids.uuid()) => createMember(deps, changing, input, id),
    update: (id, patch) => changeMember(deps, changing, id, 'member.updated', (m) => patched(m, patch)),
    setStatus: (id, status) =>
      changeMember(
        deps,
        changing,
        id,
        status === 'active' ? 'member.activated' : 'member.suspended',
        (m) => ({
          ...m,
          status,
        }),
      ),
    addRange: (range, id = deps.ids.uuid()) => addRange(deps, changing, { ...range, id }),
    removeRange: (id) => changing((tx) => store.deleteRange(tx, id)),
    async openPosition(memberId, currency) {
      const accountId = positionAccountId(memberId, currency);
      await changing(async (tx) => {
        await deps.openAccount(tx, { accountId, memberId, currency });
        await store.insertPosition(tx, { memberId, currency, accountId }, deps.clock.now());
      });
      return accountId;
    },
  };
}

type Changing = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

async function createMember(
  deps: MembersDeps,
  changing: Changing,
  input: MemberInput,
  id: string,
): Promise<CreateOutcome> {
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
  return await changing(async (tx): Promise<CreateOutcome> => {
    if (!(await store.insertMember(tx, member, deps.clock.now()))) return { ok: false, code: 'code_taken' };
    await deps.onChange?.(tx, { type: 'member.created', member });
    return { ok: true, member };
  });
}

function changeMember(
  deps: MembersDeps,
  changing: Changing,
  id: string,
  type: MemberChange['type'],
  edit: (member: Member) => Member,
): Promise<UpdateOutcome> {
  return changing(async (tx): Promise<UpdateOutcome> => {
    const before = await store.lockMember(tx, id);
    if (before === null) return { ok: false, code: 'not_found' };
    const member = edit(before);
    const problems = checkMember(member);
    if (problems.length > 0) return { ok: false, code: 'invalid', problems };
    await store.updateMember(tx, member, deps.clock.now());
    await deps.onChange?.(tx, { type, member });
    return { ok: true, member };
  });
}

function patched(m: Member, patch: MemberPatch): Member {
  return {
    ...m,
    name: patch.name ?? m.name,
    nameEn: patch.nameEn ?? m.nameEn,
    colour: patch.colour ?? m.colour,
    link: patch.link === undefined ? m.link : patch.link && completeLink(patch.link),
    bankApi: patch.bankApi === undefined ? m.bankApi : patch.bankApi && completeBankApi(patch.bankApi),
  };
}

function addRange(deps: MembersDeps, changing: Changing, range: BinRange): Promise<RangeOutcome> {
  return changing(async (tx): Promise<RangeOutcome> => {
    const member = await store.lockMember(tx, range.memberId);
    if (member === null) return { ok: false, code: 'not_found' };
    if (!member.roles.includes('issuer')) return { ok: false, code: 'not_an_issuer' };
    const refusal = refuseRange(await store.selectRanges(tx), range);
    if (refusal !== null) return { ok: false, code: refusal };
    await store.insertRange(tx, range, deps.clock.now());
    return { ok: true, range };
  });
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
