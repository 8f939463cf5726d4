import type { ErrorCode } from '@feiqian/contract';
import type { RequestKey } from '@feiqian/http';
import type { ClaimResult, SavedAnswer } from '@feiqian/idempotency';
import type { TransferInput } from '@feiqian/ledger';
import type { Exchange, NewForward } from '@feiqian/links';
import type { NewEvent } from '@feiqian/outbox';
import type { TokenWithCard } from '@feiqian/tokens';
import type { Destination } from './deps.ts';
import type { Numbers } from './message.ts';
import type { MoneyRequest } from './request.ts';
import { requestEvent } from './requestView.ts';
import type { Change, Due } from './store/transfers.ts';
import type { LegOutcome, Order, Reference, Transfer } from './transfer.ts';
import { eventData } from './view.ts';

/** What changes transfers, decided in groups: load → decide → write in one commit. */
export type Command = (BeginCommand | StartCommand | LegCommand | CancelCommand) & {
  /** The database was lost during the commit of the first try: whether that was stored is read back. */
  again?: boolean;
};

export interface BeginCommand {
  kind: 'begin';
  key: RequestKey;
  order: Order;
  tokenId: string;
  to: Destination;
  reference: Reference;
  /** Of the signed request: used up in the group's commit, so that the request acts once. */
  nonce: string | null;
  /** The payer has said that it is no mistake. */
  repeatConfirmed: boolean;
  /** The request for money that this pays. */
  requestId: string | null;
}
/** The time of a scheduled transfer has come. */
export interface StartCommand {
  kind: 'start';
  transferId: string;
  tokenId: string;
  reference: Reference;
}
export interface LegCommand {
  kind: 'debited' | 'credited';
  /** Whose answer this is to be, as well; null when nobody waits. */
  key: RequestKey | null;
  /** As this process stored it last; null when it has to be read. */
  before: Transfer | null;
  transferId: string;
  rrn: string;
  outcome: LegOutcome;
  exchange: Exchange | null;
  /** Of the credit leg that follows. */
  reference: Reference;
}
export interface CancelCommand {
  kind: 'cancel';
  key: RequestKey;
  transferId: string;
  userId: string;
}

export type Outcome =
  /** The debit leg goes out. */
  | { kind: 'debit'; transfer: Transfer; numbers: Numbers }
  /** The credit leg goes out. */
  | { kind: 'credit'; transfer: Transfer }
  /** Nothing more is sent by this command's process. */
  | { kind: 'stored'; transfer: Transfer; body: string; status: number }
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'refused'; code: ErrorCode }
  /** The process that first took this request died: how its transfer stands has to be read. */
  | { kind: 'resumed'; transferId: string | null }
  | { kind: 'in_flight' }
  | { kind: 'mismatch' };

/** Everything one group writes, gathered while its commands are decided. */
export class Group {
  readonly inserts: Transfer[] = [];
  readonly changed = new Map<string, Change>();
  readonly requests = new Map<string, MoneyRequest>();
  readonly dues = new Map<string, Due>();
  readonly entries: TransferInput[] = [];
  readonly forwards: NewForward[] = [];
  readonly exchanges: (Exchange & { groupId: string })[] = [];
  readonly events: NewEvent[] = [];
  readonly answers: SavedAnswer[] = [];
  readonly released: { id: string }[] = [];

  change(before: Transfer, after: Transfer): void {
    this.changed.set(after.id, { before: this.changed.get(after.id)?.before ?? before, after });
    this.event(after, `transfer.${after.state}`);
  }

  request(r: MoneyRequest): void {
    this.requests.set(r.id, r);
    this.events.push(requestEvent(r));
  }

  due(id: string, atMs: number | null): void {
    this.dues.set(id, { id, atMs });
  }

  event(t: Transfer, type: string, extra: Record<string, unknown> = {}): void {
    this.events.push({ type, objectId: t.id, tenants: tenantsOf(t), data: { ...eventData(t), ...extra } });
  }
}

/** The payee hears of money that has arrived, and of nothing before. */
function tenantsOf(t: Transfer): string[] {
  const payee = t.state === 'completed' ? t.payeeId : null;
  return [...new Set([t.payerId, payee, t.payerMember, t.payeeMember])].filter((id) => id !== null);
}

/** What was read for a group. */
export interface Loaded {
  claims: Map<Command, ClaimResult>;
  transfers: Map<string, Transfer>;
  /** Requests for money that are paid, by their own ids and by those of the transfers that pay them. */
  requests: Map<string, MoneyRequest>;
  cards: Map<string, TokenWithCard>;
  numbers: Map<string, string>;
  /** Nonces that nobody had used before this group. */
  nonces: Set<string>;
  /** What went out lately, as `payer payee amount`. */
  lately: Set<string>;
}
