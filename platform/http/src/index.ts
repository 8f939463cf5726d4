export type { RequestKey } from '@feiqian/idempotency';
export { createHttp, type HttpApp, type HttpOptions, sendProblem } from './app.ts';
export {
  type Answer,
  idempotently,
  idempotentlyAround,
  refuseClaim,
  requestKey,
  sendAnswer,
} from './idempotent.ts';
export { ProblemError, problemOf } from './problem.ts';
export { type EventStream, openStream } from './stream.ts';
