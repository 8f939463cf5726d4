/**
 * What the network asks of an issuer and what it may hear back: the vocabulary between payments and links.
 * All identifiers here are bare UUIDs (the prefixed forms belong to the public API).
 */

/** Kinds of business message, each mapped to one message type and processing code (see `message.ts`). */
export type IssuerRequestKind =
  | 'authorisation'
  | 'financial'
  | 'refund'
  | 'completion_advice'
  | 'refund_advice'
  | 'transfer_debit'
  | 'transfer_credit'
  | 'reversal'
  | 'reversal_advice';

/** The message a reversal or a completion speaks of (DE90, ISO 8583:1987 section 4.3.10). */
export interface OriginalReference {
  /** Message type of the original as it was first sent, for example `0100`. */
  mti: string;
  stan: string;
  transmittedAtMs: number;
  rrn: string;
  /** DE3 of the original; purchase (`000000`) when absent, refund is `200000`. */
  processingCode?: string;
  /** DE38 that the issuer gave the original, when there was an answer. */
  approvalCode?: string;
}

/** One end of a transfer: the institution that keeps the account, and the number of the card or account. */
export interface TransferEnd {
  institution: string;
  number: string;
}

/** Everything of a request except the card. */
export interface IssuerRequestBody {
  kind: IssuerRequestKind;
  /** Minor units, positive. */
  amount: bigint;
  /** ISO 4217 alphabetic code, for example `CNY`. */
  currency: string;
  /** DE11, six digits, `000001` to `999999`. */
  stan: string;
  /** DE37, twelve characters A–Z 0–9; unique for ever. A reversal goes out under that of its original. */
  rrn: string;
  /** DE7, by the network's clock; kept the same on every repeat. */
  transmittedAtMs: number;
  /** DE41, eight characters. */
  terminalId: string;
  /** DE42, fifteen characters. */
  merchantCode: string;
  /** DE18, four digits. */
  mcc: string;
  /** DE43, forty characters at the most; what is not ASCII becomes `?`. */
  merchantName: string;
  /** DE62, the merchant's name as people read it, any script; cut to 120 bytes of UTF-8. */
  merchantNameShown?: string;
  /** DE32, up to eleven digits. */
  acquirerCode: string;
  /** DE22, three digits. */
  posEntryMode: string;
  original?: OriginalReference;
  /** True when these very bytes may have been sent before: the message type becomes its repeat (0421, 0221 …). */
  repeat?: boolean;
}

/** One request to the issuer of a card. */
export interface IssuerRequest extends IssuerRequestBody {
  /** Card number, or in a credit leg a card or account number; digits only. Never stored or logged by this module. */
  pan: string;
  /** DE14, YYMM; null in a credit leg, which has none. */
  expiry: string | null;
  /** Both ends of a transfer (DE102 and DE103): in its legs alone. Never stored or logged by this module. */
  ends?: { from: TransferEnd; to: TransferEnd };
  /** DE3, positions 5 and 6 of a credit leg: true for a repayment, which a credit account alone may take. */
  toCredit?: boolean;
  /** The payment it belongs to, UUID; not sent, only told with a late answer. */
  groupId?: string;
}

/** Message fields as text by field number, card data masked; safe to store. */
export type MaskedFields = Record<string, string>;

/** One message sent to a bank with what came back; safe to store and to show. */
export interface Exchange {
  /** UUID. */
  id: string;
  memberId: string;
  kind: IssuerRequestKind;
  mti: string;
  stan: string;
  rrn: string;
  sentAtMs: number;
  /** Null when no usable answer came. */
  receivedAtMs: number | null;
  /** DE39 of the answer, when there was one that could be believed. */
  responseCode: string | null;
  outcome: ExchangeOutcome;
  request: MaskedFields;
  response: MaskedFields | null;
}

/** How an exchange ended; `late` is an answer that came when nobody waited for it any more. */
export type ExchangeOutcome = 'answered' | NoAnswerReason | 'late';

/**
 * Why there is no answer to believe. In each case the bank may have acted: reverse.
 *
 * - `time_out`: nothing came within the bounded wait
 * - `bad_mac`: an answer came whose MAC is wrong
 * - `unparsable`: an answer came without the fields an answer must have
 * - `disconnected`: the connection ended before an answer came
 * - `mismatch`: the answer speaks of another amount, currency or retrieval reference
 */
export type NoAnswerReason = 'time_out' | 'bad_mac' | 'unparsable' | 'disconnected' | 'mismatch';

/**
 * Why nothing was sent. No byte has left the process: there is nothing to reverse.
 *
 * - `link_down`: no signed-on connection to this bank
 * - `busy`: as many messages in flight as the bank is allowed, or its connection takes no more bytes
 * - `member_suspended`: the network does not send to this member
 * - `breaker_open`: the bank has been failing or slow, and is left alone for a while (`breaker.ts`)
 */
export type NotSentReason = 'link_down' | 'busy' | 'member_suspended' | 'breaker_open';

/** The end of one request. Never thrown, always returned within the bounded wait. */
export type IssuerAnswer =
  | { kind: 'answered'; responseCode: string; approvalCode: string | null; exchange: Exchange }
  | { kind: 'no_answer'; reason: NoAnswerReason; exchange: Exchange }
  | { kind: 'not_sent'; reason: NotSentReason };

/**
 * An answer nobody waits for any more. It is recorded and never posted: a reversal is already on its way, or
 * the answer is a copy.
 */
export interface LateAnswer {
  memberId: string;
  /** `unknown`: this process does not remember such a request. */
  why: 'after_deadline' | 'duplicate' | 'unknown';
  /** The request it answers, when it is remembered. */
  request: { exchangeId: string; groupId: string | null; kind: IssuerRequestKind; sentAtMs: number } | null;
  mti: string;
  stan: string;
  rrn: string;
  responseCode: string | null;
  receivedAtMs: number;
  response: MaskedFields;
}
