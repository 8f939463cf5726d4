export {
  type BankAnswerOf,
  type BankApi,
  type BankApiAnswer,
  type BankApiRefusal,
  type BankQuestion,
  createBankApi,
} from './bank-api.ts';
export type { BankHttp, BankHttpCall, BankHttpResult, BankHttpTarget } from './bank-call.ts';
export { backlogBytesMax, frameBytesMax, type LinkNotice, type LinkState } from './bank-link.ts';
export type { BreakerReason, BreakerState, BreakerView } from './breaker.ts';
export { type Connection, type ConnectionHandlers, type Dial, type DialTarget, tcpDial } from './dial.ts';
export type {
  Forward,
  ForwardAnswer,
  ForwardKind,
  ForwardOutcome,
  ForwardPayload,
  NewForward,
} from './forward.ts';
export { createForwarder, type Forwarder, type ForwarderDeps, type Settled } from './forwards.ts';
export {
  createLateAnswerLog,
  type LateAnswerLog,
  lateAnswersMax,
  type ReferenceOwner,
} from './late-answers.ts';
export type { LinkPhase, NetworkFunction } from './link.ts';
export { createLinks, type Links, type LinksDeps, type OperateOutcome } from './links.ts';
export { linksMigrations } from './migrations.ts';
export { type ClaimedReferences, claimReferences, reservationRenewMs } from './nodes.ts';
export { createReferences, nodeCountMax, type Reference, type References } from './references.ts';
export { type RepeatBudget, repeatsSavedMax } from './repeat-budget.ts';
export type {
  Exchange,
  ExchangeOutcome,
  IssuerAnswer,
  IssuerRequest,
  IssuerRequestBody,
  IssuerRequestKind,
  LateAnswer,
  MaskedFields,
  NoAnswerReason,
  NotSentReason,
  OriginalReference,
  TransferEnd,
} from './request.ts';
export { type ExchangeOfGroup, exchangesOf, recordExchanges } from './store/exchanges.ts';
export {
  enqueueForwards,
  escalatedForwards,
  forwardsOf,
  type PendingForwards,
  pendingForwards,
} from './store/forwards.ts';
export { systemTimers, type Timers } from './timers.ts';
