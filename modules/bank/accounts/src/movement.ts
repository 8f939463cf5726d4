import type { NewNotice } from '@feiqian/bank-notices';
import { fromUuid } from '@feiqian/ids';

export type MovementKind =
  | 'deposit'
  | 'purchase'
  | 'refund'
  | 'reversal'
  | 'transfer_out'
  | 'transfer_in'
  | 'repayment';

/** The other end of a transfer, as a statement shows it. */
export interface Counterparty {
  institution: string | null;
  numberMasked: string;
}

/** One line of a statement. */
export interface Movement {
  /** UUIDv7: later lines have higher ids. */
  id: string;
  accountId: string;
  atMs: number;
  kind: MovementKind;
  /** What the account gains, minor units; negative when it loses. */
  amount: bigint;
  currency: string;
  description: string;
  rrn: string | null;
  cardLast4: string | null;
  counterparty: Counterparty | null;
  /** The ledger transfer behind it. */
  transferId: string;
}

/** A page of a statement, newest first. */
export interface MovementPage {
  movements: Movement[];
  /** Id of the last line when there are more, else null. */
  next: string | null;
}

/** Which lines of a statement, newest first. */
export interface MovementQuery {
  /** The `next` of the page before. */
  before: string | null;
  limit: number;
  kind?: MovementKind | null;
  /** From this instant on. */
  fromMs?: number | null;
  /** Before this instant. */
  untilMs?: number | null;
}

/** What the network is told of a line. Amounts go out as JSON carries them exactly. */
export function noticeOfMovement(movement: Movement): NewNotice {
  const { counterparty } = movement;
  return {
    subject: { id: movement.accountId, prefix: 'acc' },
    type: movement.amount < 0n ? 'account.debited' : 'account.credited',
    atMs: movement.atMs,
    data: {
      movement_id: fromUuid(movement.id, 'mov'),
      kind: movement.kind,
      amount: Number(movement.amount),
      currency: movement.currency,
      description: movement.description,
      rrn: movement.rrn,
      card_last4: movement.cardLast4,
      counterparty: counterparty && {
        institution: counterparty.institution,
        number_masked: counterparty.numberMasked,
      },
    },
  };
}
