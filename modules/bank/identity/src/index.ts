export {
  type AttemptKind,
  type BankIdentities,
  createIdentities,
  type IdentityDeps,
  identityMigrations,
  type SmsPort,
} from './identity.ts';
export type { SentMessage } from './store.ts';
export { isRecent } from './verification.ts';
