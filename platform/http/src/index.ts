export { createHttp, type HttpApp, type HttpOptions, sendProblem } from './app.ts';
export {
  type Answer,
  idempotently,
  idempotentlyAround,
  type RequestKey,
  refuseClaim,
  requestKey,
  sendAnswer,
} from './idempotent.ts';
export { ProblemError, problemOf } from './problem.ts';
export { type EventStream, openStream } from './stream.ts';
