export type {
  Forward,
  ForwardAnswer,
  ForwardKind,
  ForwardOutcome,
  ForwardPayload,
  NewForward,
} from './forward.ts';
export type { Links } from './links.ts';
export { linksMigrations } from './migrations.ts';
export { createReferences, nodeCountMax, type Reference, type References } from './references.ts';
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
} from './request.ts';
export { type ExchangeOfGroup, enqueueForwards, exchangesOf, recordExchanges } from './store.ts';
