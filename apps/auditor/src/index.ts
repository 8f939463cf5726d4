export {
  type AuditOptions,
  type AuditResult,
  audit,
  auditIn,
  checksOf,
  type Difference,
  examplesDefault,
  type Report,
  runChecks,
} from './audit.ts';
export type { Check, Subject } from './check.ts';
export { auditorRole, grantAuditor } from './role.ts';
export { createSampler, type Look, type Sampler, type SampleSize, sampleDefault } from './sample.ts';
