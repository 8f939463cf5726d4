export type { RequestKey } from '@feiqian/idempotency';
export { isLoopbackAddress, isPublicAddress } from './address.ts';
export {
  type Admission,
  createAdmission,
  installAdmission,
  type Refusal,
  refusals,
  type WorkFigures,
  type WorkLimits,
} from './admission.ts';
export { createHttp, type HttpApp, type HttpOptions, sendProblem } from './app.ts';
export { describeProblems } from './describe.ts';
export {
  type Answer,
  idempotently,
  idempotentlyAround,
  refuseClaim,
  requestKey,
  sendAnswer,
} from './idempotent.ts';
export { type Lag, watchLag } from './lag.ts';
export { ProblemError, problemOf } from './problem.ts';
export { type EventStream, openStream } from './stream.ts';
export { compileWhenNeeded } from './validators.ts';
