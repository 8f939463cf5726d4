export type MovementKind = 'deposit' | 'purchase' | 'refund' | 'reversal';

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
