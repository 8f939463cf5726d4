import type { ErrorCode, PayeeVia, TransferKind, TransferState } from '@feiqian/contract';
import { mayBecome } from './state.ts';

/** A transfer as the network keeps it. Ids are UUIDs, amounts minor units, times ms since 1970. */
export interface Transfer {
  readonly id: string;
  /** Rises with every change; a change is stored only on the version it was decided on. */
  readonly version: number;
  readonly kind: TransferKind;
  readonly state: TransferState;
  readonly amount: bigint;
  readonly currency: string;
  readonly note: string | null;
  readonly payerId: string;
  readonly payerDevice: string;
  readonly payerToken: string;
  readonly payerMember: string;
  readonly payerLast4: string;
  /** The person, when it is known who it is. */
  readonly payeeId: string | null;
  readonly payeeVia: PayeeVia;
  /** Row of the payee's number in the vault. */
  readonly payeePan: string;
  readonly payeeMember: string;
  readonly payeeLast4: string;
  /** Masked. */
  readonly payeeName: string | null;
  readonly debitStan: string | null;
  readonly debitRrn: string | null;
  readonly debitAtMs: number | null;
  /** Field 39 of the answer to the debit leg. */
  readonly debitCode: string | null;
  readonly approvalCode: string | null;
  readonly creditStan: string | null;
  readonly creditRrn: string | null;
  readonly creditAtMs: number | null;
  readonly creditCode: string | null;
  readonly declineCode: string | null;
  /** The limit that refused it. */
  readonly limit: Limit | null;
  readonly scheduledAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly completedAtMs: number | null;
}

/** A limit as the bank tells it when it refuses: amounts in minor units, null where the bank says nothing. */
export interface Limit {
  code: string;
  max: number | null;
  left: number | null;
  untilMs: number | null;
}

/** The payer's card as a transfer needs it. */
export interface PayerCard {
  tokenId: string;
  userId: string;
  memberId: string;
  kind: 'debit' | 'credit';
  last4: string;
  panId: string;
  /** Active, and of the device that asks. */
  usable: boolean;
}

/** Where the money goes. */
export interface Payee {
  userId: string | null;
  via: PayeeVia;
  panId: string;
  memberId: string;
  last4: string;
  name: string | null;
  /** Known of a bound card alone. */
  kind: 'debit' | 'credit' | null;
  usable: boolean;
}

/** What somebody wants to send. */
export interface Order {
  id: string;
  kind: TransferKind;
  userId: string;
  deviceId: string;
  amount: bigint;
  currency: string;
  note: string | null;
  scheduledAtMs: number | null;
}

/** Fields 11 and 37 of a message. */
export interface Reference {
  stan: string;
  rrn: string;
}

/** How a leg ended, as the decision sees it. */
export type LegOutcome =
  | { kind: 'approved'; code: string; approvalCode: string | null }
  | { kind: 'refused'; code: string; declineCode: string; limit: Limit | null }
  /** Nothing was sent: nothing can have moved. */
  | { kind: 'not_sent'; declineCode: string }
  /** No answer to believe, or the process died. */
  | { kind: 'unknown' };

export type Decision<T> = ({ ok: true } & T) | { ok: false; code: ErrorCode };

const refuse = (code: ErrorCode): { ok: false; code: ErrorCode } => ({ ok: false, code });

/** How long after it began somebody looks at a transfer that has come to no end: longer than both legs are waited for. */
export const outcomeMsMax = 30_000;
/** How long a credit leg without an answer is asked after before it is given up. */
export const giveUpMs = 60_000;

/** Field 7 has whole seconds: that is what names a leg at the bank. */
export const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;

function become(t: Transfer, state: TransferState, atMs: number, change: Partial<Transfer> = {}): Transfer {
  if (!mayBecome(t.state, state)) throw new Error(`transfer ${t.id}: ${t.state} may not become ${state}`);
  return { ...t, ...change, state, version: t.version + 1, updatedAtMs: Math.max(atMs, t.updatedAtMs) };
}

/** What both a transfer that begins now and one for later need. */
function refusalOf(
  order: Pick<Order, 'kind' | 'userId'>,
  payer: PayerCard | undefined,
  payee: Payee | undefined,
): ErrorCode | null {
  if (payer === undefined || payer.userId !== order.userId) return 'card_unknown';
  if (payee === undefined) return 'payee_unknown';
  if (!payer.usable || payer.kind !== 'debit') return 'card_not_usable';
  if (!payee.usable) return 'payee_unknown';
  if (order.kind === 'repayment' ? payee.kind !== 'credit' : payee.kind === 'credit')
    return 'payee_not_permitted';
  return payer.panId === payee.panId ? 'payee_is_payer' : null;
}

/** Somebody sends money: the debit leg goes out under `reference`, or nothing yet when it is for later. */
export function begin(
  order: Order,
  payer: PayerCard | undefined,
  payee: Payee | undefined,
  reference: Reference,
  atMs: number,
): Decision<{ transfer: Transfer }> {
  const refusal = refusalOf(order, payer, payee);
  if (refusal !== null || payer === undefined || payee === undefined)
    return refuse(refusal ?? 'payee_unknown');
  const later = order.scheduledAtMs !== null;
  const { id, kind, amount, currency, note, scheduledAtMs } = order;
  return {
    ok: true,
    transfer: {
      id,
      version: 1,
      kind,
      state: later ? 'scheduled' : 'debiting',
      amount,
      currency,
      note,
      payerId: order.userId,
      payerDevice: order.deviceId,
      payerToken: payer.tokenId,
      payerMember: payer.memberId,
      payerLast4: payer.last4,
      payeeId: payee.userId,
      payeeVia: payee.via,
      payeePan: payee.panId,
      payeeMember: payee.memberId,
      payeeLast4: payee.last4,
      payeeName: payee.name,
      debitStan: later ? null : reference.stan,
      debitRrn: later ? null : reference.rrn,
      debitAtMs: later ? null : wholeSecond(atMs),
      debitCode: null,
      approvalCode: null,
      creditStan: null,
      creditRrn: null,
      creditAtMs: null,
      creditCode: null,
      declineCode: null,
      limit: null,
      scheduledAtMs,
      createdAtMs: atMs,
      updatedAtMs: atMs,
      completedAtMs: null,
    },
  };
}

/** The time of a scheduled transfer has come. A card that has gone meanwhile declines it. */
export function start(
  t: Transfer,
  payer: PayerCard | undefined,
  reference: Reference,
  atMs: number,
): Transfer {
  if (payer === undefined || !payer.usable || payer.userId !== t.payerId)
    return become(t, 'declined', atMs, { declineCode: 'card_not_usable', completedAtMs: atMs });
  const { stan, rrn } = reference;
  return become(t, 'debiting', atMs, { debitStan: stan, debitRrn: rrn, debitAtMs: wholeSecond(atMs) });
}

/** The payer takes a scheduled transfer back. */
export function cancel(t: Transfer, atMs: number): Decision<{ transfer: Transfer }> {
  if (t.state !== 'scheduled') return refuse('transfer_begun');
  return { ok: true, transfer: become(t, 'cancelled', atMs, { completedAtMs: atMs }) };
}

export type Settled =
  /** The credit leg goes out. */
  | { kind: 'credit'; transfer: Transfer }
  | { kind: 'ended'; transfer: Transfer; book: boolean }
  /** The payee's bank is asked until it says what it did. */
  | { kind: 'confirm'; transfer: Transfer }
  /** The debit leg is reversed until the payer's bank acknowledges it. */
  | { kind: 'reverse'; transfer: Transfer }
  /** Nobody waits for this answer any more: it is recorded and changes nothing. */
  | { kind: 'late' };

/** The debit leg of the message `rrn` ended. */
export function debited(
  t: Transfer,
  rrn: string,
  outcome: LegOutcome,
  credit: Reference,
  atMs: number,
): Settled {
  if (t.state !== 'debiting' || t.debitRrn !== rrn) return { kind: 'late' };
  switch (outcome.kind) {
    case 'approved':
      return {
        kind: 'credit',
        transfer: become(t, 'crediting', atMs, {
          debitCode: outcome.code,
          approvalCode: outcome.approvalCode,
          creditStan: credit.stan,
          creditRrn: credit.rrn,
          creditAtMs: wholeSecond(atMs),
        }),
      };
    case 'refused':
    case 'not_sent': {
      const { declineCode } = outcome;
      const change =
        outcome.kind === 'refused'
          ? { debitCode: outcome.code, limit: outcome.limit, declineCode }
          : { declineCode };
      return {
        kind: 'ended',
        transfer: become(t, 'declined', atMs, { ...change, completedAtMs: atMs }),
        book: false,
      };
    }
    case 'unknown':
      return { kind: 'reverse', transfer: become(t, 'unknown', atMs) };
  }
}

/**
 * The credit leg of the message `rrn` ended, or the bank has said what became of it. Never both: money goes back only
 * after the bank has refused the leg or has promised to refuse it.
 */
export function credited(t: Transfer, rrn: string, outcome: LegOutcome, atMs: number): Settled {
  const waits = t.state === 'crediting' || t.state === 'confirming';
  if (!waits || t.creditRrn !== rrn) return { kind: 'late' };
  switch (outcome.kind) {
    case 'approved':
      return {
        kind: 'ended',
        transfer: become(t, 'completed', atMs, { creditCode: outcome.code, completedAtMs: atMs }),
        book: true,
      };
    case 'refused': {
      const { code: creditCode, declineCode } = outcome;
      // What is left of somebody else's limits is not the payer's to know.
      const limit = t.payeeVia === 'own' ? outcome.limit : null;
      return {
        kind: 'reverse',
        transfer: become(t, 'returning', atMs, { creditCode, declineCode, limit }),
      };
    }
    case 'not_sent':
      // A repeat that was not sent says nothing of the first message.
      if (t.state === 'confirming') return { kind: 'late' };
      return {
        kind: 'reverse',
        transfer: become(t, 'returning', atMs, { declineCode: outcome.declineCode }),
      };
    case 'unknown':
      return t.state === 'confirming'
        ? { kind: 'late' }
        : { kind: 'confirm', transfer: become(t, 'confirming', atMs) };
  }
}

/** The payer's bank has acknowledged the reversal of the debit leg. */
export function returned(t: Transfer, atMs: number): Transfer {
  return become(t, 'returned', atMs, { completedAtMs: atMs });
}
