export { type AuditResult, audit, type Difference } from './audit.ts';
export { bankChecks, type Check, ledgerChecks, paymentChecks } from './checks.ts';
