export type { Account, AccountFlags, AccountInput, AccountResult, AccountState } from './account.ts';
export type { LedgerProblem, LedgerProblemCode } from './audit.ts';
export { applyExpiry, applyTransfers } from './batch.ts';
export type { FailedTransfer, LedgerChanges, LedgerState } from './draft.ts';
export { batchEventsMax, createLedger, type Ledger } from './ledger.ts';
export { createMemoryLedger } from './memory.ts';
export { type AccountBalance, type AccountPage, pageTransfersMax } from './page.ts';
export type {
  Resolution,
  ResolutionStatus,
  Transfer,
  TransferFlags,
  TransferInput,
  TransferResult,
  TransientCode,
} from './transfer.ts';
export { createdAtMs } from './transfer.ts';
export { amountMax } from './value.ts';
