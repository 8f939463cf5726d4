import { applyInChains, type ChainCode } from './chain.ts';
import { checkAccountShape, maximumId, noneId } from './value.ts';

/** What an account does beyond counting. Fixed at creation, but for `closed`. */
export interface AccountFlags {
  /** Created only together with the next account of the batch. */
  readonly linked: boolean;
  /** Refuse what would make debits (pending and posted) exceed posted credits: a deposit, a wallet, a merchant. */
  readonly debitsMustNotExceedCredits: boolean;
  /** Refuse what would make credits (pending and posted) exceed posted debits. */
  readonly creditsMustNotExceedDebits: boolean;
  /** Refuses everything but voiding. Set at creation or by a closing transfer, unset by voiding that. */
  readonly closed: boolean;
}

/** An account to create. `ledger` is the currency as ISO 4217 numeric code; `code` the kind of account. */
export interface AccountInput {
  readonly id: string;
  readonly ledger: number;
  readonly code: number;
  readonly flags?: Partial<AccountFlags>;
  /** An id in the caller's own world, such as the owner. */
  readonly userData128?: string | null;
  readonly userData64?: bigint | null;
}

/** The part of an account that transfers read and write. Amounts in minor units of the ledger's currency. */
export interface AccountState {
  readonly id: string;
  readonly ledger: number;
  readonly flags: AccountFlags;
  readonly debitsPending: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPending: bigint;
  readonly creditsPosted: bigint;
  /** Timestamp of the last transfer that touched the account, 0n before the first. */
  readonly lastTimestamp: bigint;
}

/** An account as it stands. `createdAt` in ms since 1970. */
export interface Account extends AccountState {
  readonly code: number;
  readonly userData128: string | null;
  readonly userData64: bigint | null;
  readonly createdAt: number;
}

/** Outcome of creating one account; names as in TigerBeetle's create_accounts, in order of precedence. */
export type AccountResult =
  | 'created'
  | ChainCode
  | 'id_must_not_be_zero'
  | 'id_must_not_be_int_max'
  | 'exists_with_different_flags'
  | 'exists_with_different_user_data_128'
  | 'exists_with_different_user_data_64'
  | 'exists_with_different_ledger'
  | 'exists_with_different_code'
  | 'exists'
  | 'flags_are_mutually_exclusive'
  | 'ledger_must_not_be_zero'
  | 'code_must_not_be_zero';

const accountFlagBits = {
  linked: 1,
  debitsMustNotExceedCredits: 2,
  creditsMustNotExceedDebits: 4,
  closed: 32,
} as const;

/** The flags as TigerBeetle's bits, for storage. */
export function bitsOfAccountFlags(flags: Partial<AccountFlags> = {}): number {
  let bits = 0;
  if (flags.linked) bits |= accountFlagBits.linked;
  if (flags.debitsMustNotExceedCredits) bits |= accountFlagBits.debitsMustNotExceedCredits;
  if (flags.creditsMustNotExceedDebits) bits |= accountFlagBits.creditsMustNotExceedDebits;
  if (flags.closed) bits |= accountFlagBits.closed;
  return bits;
}

const accountFlagsSeen = new Map<number, AccountFlags>();

/** The flags of stored bits; one shared frozen object per combination. */
export function accountFlagsOfBits(bits: number): AccountFlags {
  let flags = accountFlagsSeen.get(bits);
  if (!flags) {
    flags = Object.freeze({
      linked: (bits & accountFlagBits.linked) !== 0,
      debitsMustNotExceedCredits: (bits & accountFlagBits.debitsMustNotExceedCredits) !== 0,
      creditsMustNotExceedDebits: (bits & accountFlagBits.creditsMustNotExceedDebits) !== 0,
      closed: (bits & accountFlagBits.closed) !== 0,
    });
    accountFlagsSeen.set(bits, flags);
  }
  return flags;
}

/**
 * Creates a batch of accounts against those that exist. Pure: `existing` is not changed; the created ones
 * are returned in order.
 */
export function applyAccounts(
  existing: ReadonlyMap<string, Account>,
  inputs: readonly AccountInput[],
  nowMs: number,
): { results: AccountResult[]; created: Account[] } {
  for (const input of inputs) checkAccountShape(input);
  const accounts = inputs.map((input) => newAccount(input, nowMs));
  const created = new Map<string, Account>();
  let chain: string[] | null = null;
  const results = applyInChains<Account, AccountResult>(
    accounts,
    (account) => account.flags.linked,
    {
      open: () => {
        chain = [];
      },
      keep: () => {
        chain = null;
      },
      discard: () => {
        for (const id of chain ?? []) created.delete(id);
        chain = null;
      },
    },
    (account) => {
      const result = resultOf(account, created.get(account.id) ?? existing.get(account.id));
      if (result === 'created') {
        created.set(account.id, account);
        chain?.push(account.id);
      }
      return result;
    },
  );
  return { results, created: [...created.values()] };
}

function newAccount(input: AccountInput, nowMs: number): Account {
  return {
    id: input.id,
    ledger: input.ledger,
    code: input.code,
    flags: accountFlagsOfBits(bitsOfAccountFlags(input.flags)),
    userData128: input.userData128 === noneId ? null : (input.userData128 ?? null),
    userData64: input.userData64 === 0n ? null : (input.userData64 ?? null),
    debitsPending: 0n,
    debitsPosted: 0n,
    creditsPending: 0n,
    creditsPosted: 0n,
    lastTimestamp: 0n,
    createdAt: nowMs,
  };
}

function resultOf(account: Account, existing: Account | undefined): AccountResult {
  if (account.id === noneId) return 'id_must_not_be_zero';
  if (account.id === maximumId) return 'id_must_not_be_int_max';
  if (existing) {
    if (!sameFlagsAtCreation(account.flags, existing.flags)) return 'exists_with_different_flags';
    if (account.userData128 !== existing.userData128) return 'exists_with_different_user_data_128';
    if (account.userData64 !== existing.userData64) return 'exists_with_different_user_data_64';
    if (account.ledger !== existing.ledger) return 'exists_with_different_ledger';
    if (account.code !== existing.code) return 'exists_with_different_code';
    return 'exists';
  }
  const flags = account.flags;
  if (flags.debitsMustNotExceedCredits && flags.creditsMustNotExceedDebits) {
    return 'flags_are_mutually_exclusive';
  }
  if (account.ledger === 0) return 'ledger_must_not_be_zero';
  if (account.code === 0) return 'code_must_not_be_zero';
  return 'created';
}

/** A retried creation must not fail because the account has been closed or reopened since. */
function sameFlagsAtCreation(asked: AccountFlags, stored: AccountFlags): boolean {
  const closed = accountFlagBits.closed;
  return (bitsOfAccountFlags(asked) & ~closed) === (bitsOfAccountFlags(stored) & ~closed);
}
