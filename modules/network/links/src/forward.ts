import { responseCode } from '@feiqian/iso8583';
import type { Exchange, IssuerRequest, IssuerRequestBody, IssuerRequestKind } from './request.ts';

/** Messages that are stored and sent until the bank has answered them. */
export type ForwardKind = Extract<
  IssuerRequestKind,
  'reversal_advice' | 'completion_advice' | 'refund_advice'
>;

/** What a stored message says, without the card: that is fetched by its token when it is sent. */
export type ForwardPayload = Omit<IssuerRequestBody, 'kind' | 'repeat'>;

/** A message to be stored and forwarded. */
export interface NewForward {
  /** UUID; a forward with an id that exists already is not stored again. */
  id: string;
  memberId: string;
  kind: ForwardKind;
  /** What it belongs to, the payment's UUID. */
  groupId: string;
  /** Token of the card, UUID; the card number itself is never stored here. */
  panToken: string;
  payload: ForwardPayload;
  createdAtMs: number;
  /** Not sent before this instant; at once when absent. */
  notBeforeMs?: number;
}

/** A stored message as the workers and the console see it. */
export interface Forward extends NewForward {
  attempts: number;
  nextAttemptAtMs: number;
  firstSentAtMs: number | null;
  acknowledgedAtMs: number | null;
  outcome: ForwardOutcome | null;
  responseCode: string | null;
  /** Set after many tries or a long time: somebody should look. Sending goes on. */
  escalatedAtMs: number | null;
}

/** `accepted`: the bank has it. `refused`: the bank answered that it will not do it; a person must look. */
export type ForwardOutcome = 'accepted' | 'refused';

/** The bank's answer to a stored message. */
export interface ForwardAnswer {
  outcome: ForwardOutcome;
  responseCode: string;
  approvalCode: string | null;
  exchange: Exchange;
}

/** Tries after which a message is flagged for a person; sending goes on. */
export const escalateAttempts = 8;
/** A message that waits this long is flagged too, also when its bank could not be reached at all. */
export const escalateAgeMs = 10 * 60_000;
const RETRY_BASE_MS = 1_000;
/** The longest pause between two attempts. */
export const forwardRetryMsMax = 5 * 60_000;

/**
 * The pause after an attempt that brought no answer to rely on: doubling from 1 s to 5 min, a fifth of it random.
 * @param attempts made so far, 1 or more
 * @param random from 0 to 1
 */
export function forwardRetryMs(attempts: number, random: number): number {
  const full = Math.min(forwardRetryMsMax, RETRY_BASE_MS * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full * (0.8 + 0.2 * random));
}

/**
 * What an answer (DE39) means for a stored message. `retry`: the bank could not do it now, or could not make sense of
 * what reached it (garbled on the way, or under a key that is not its own), which says nothing about the message itself:
 * a copy of it may have been read before. Everything else but approval is the bank's decision and ends the sending.
 */
export function judgeForward(code: string): ForwardOutcome | 'retry' {
  if (code === '00') return 'accepted';
  const { outcome } = responseCode(code);
  return outcome === 'retry' || outcome === 'invalid' ? 'retry' : 'refused';
}

/** The request of a stored message; from the second attempt on it says that it is a repeat. */
export function forwardRequest(forward: Forward, card: { pan: string; expiry: string }): IssuerRequest {
  const { payload, kind, attempts, groupId } = forward;
  return { ...payload, kind, groupId, pan: card.pan, expiry: card.expiry, repeat: attempts > 1 };
}
