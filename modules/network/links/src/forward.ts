import type { IssuerAnswer, IssuerRequestBody, IssuerRequestKind, OriginalReference } from './request.ts';

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
  exchange: Extract<IssuerAnswer, { kind: 'answered' }>['exchange'];
}

export type { OriginalReference };
