import type { Account, MovementKind, Posting } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import type { LimitState, Use } from '@feiqian/bank-classes';
import type { Command } from './command.ts';
import type { Operation, SavedAnswer } from './operation.ts';
import type { ResponseCode } from './responseCode.ts';

/** Ids for what a command may create, made before it is decided. UUIDs. */
export interface Fresh {
  operationId: string;
  transferId: string;
  movementId: string;
}

/** All that a decision may depend on. */
export interface View {
  saved: SavedAnswer | null;
  card: Card | null;
  account: Account | null;
  /** An operation under the command's own reference and RRN: mostly the memory of a reversal. */
  own: Operation | null;
  original: Operation | null;
  /** The hold of an original that is a completion, the purchase of one that is a refund. */
  parent: Operation | null;
  /** The limits of an account whose class limits it, as they stand under its lock; else null. */
  limits: readonly LimitState[] | null;
  /** The other end of the leg is the Class I account that this account is bound to. */
  isBound: boolean;
  /** What is owed on a credit account that a credit leg goes to, under its lock; else null. */
  owed: bigint | null;
  /** Present month in the bank's zone, YYMM. */
  month: string;
  nowMs: number;
  fresh: Fresh;
}

/** A line for the statement once the posting is done. */
export interface Line {
  kind: MovementKind;
  /** Signed, minor units. */
  amount: bigint;
  description: string;
}

/** What to do and to answer. Nothing is done when `posting` turns out not to be covered: then the answer is 51. */
export interface Decision {
  code: ResponseCode;
  authorisationCode: string | null;
  posting: Posting | null;
  line: Line | null;
  created: Operation | null;
  /** New values of operations that were there. */
  changed: Operation[];
  /** The limit that refused it. */
  limit: LimitState | null;
  /** What counts against the account's limits from now on, and what no longer does. */
  uses: Use[];
  givesBack: Use[];
  /** The message was answered before, or there is nothing to store. */
  replay: boolean;
  /** False for what is no message and has no answer to keep. */
  isMessage: boolean;
}

const nothing = {
  authorisationCode: null,
  posting: null,
  line: null,
  created: null,
  changed: [],
  limit: null,
  uses: [],
  givesBack: [],
  replay: false,
  isMessage: true,
} satisfies Omit<Decision, 'code'>;

/** An answer and nothing else. */
export const answer = (code: ResponseCode): Decision => ({ code, ...nothing });
/** A refusal by a limit. */
export const refusedBy = (limit: LimitState): Decision => ({ ...answer('61'), limit });

/** What an operation has of its command and view alone. */
type Opened = Omit<Operation, 'kind' | 'state' | 'posted' | 'authorisationCode'>;

/** What an operation has of its command. */
export function operationOf(command: Command, view: View, accountId: string, cardId: string | null): Opened {
  return {
    id: view.fresh.operationId,
    reference: command.reference,
    terminal: command.terminal,
    acquirer: command.acquirer,
    rrn: command.rrn,
    cardId,
    accountId,
    parentId: null,
    amount: command.amount,
    currency: command.currency,
    refunded: 0n,
    counted: false,
    transferId: view.fresh.transferId,
    description: command.description,
    createdAtMs: view.nowMs,
  };
}

/** Six digits that follow from the transfer's id; field 38. */
export function authorisationCodeOf(transferId: string): string {
  return (Number.parseInt(transferId.slice(-8), 16) % 1_000_000).toString().padStart(6, '0');
}
