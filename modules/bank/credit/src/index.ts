export {
  type Application,
  automaticLimitMax,
  type CreditProduct,
} from './application.ts';
export {
  type ApplicationOutcome,
  type ApplicationRefusal,
  type Applications,
  type NewApplication,
  reviewMs,
} from './applications.ts';
export type { Bill, BillNow } from './bill.ts';
export { type Bills, cutGraceMs, type Owed } from './bills.ts';
export { type Credit, type CreditDeps, createCredit, creditMigrations } from './credit.ts';
