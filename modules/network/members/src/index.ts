export { type Directory, type Periodic, type Route, reloadCheckMs } from './directory.ts';
export {
  type BankApiInput,
  type BankApiSettings,
  type BreakerSettings,
  breakerDefaults,
  type LinkInput,
  type LinkSettings,
  linkEchoMsDefault,
  linkInFlightDefault,
  linkWaitMsDefault,
  linkWaitMsMax,
  type Member,
  type MemberInput,
  type MemberRole,
  type MemberStatus,
  type Problem,
  type TlsSettings,
} from './member.ts';
export {
  type CreateOutcome,
  createMembers,
  type MemberChange,
  type MemberPatch,
  type Members,
  type MembersDeps,
  positionAccountId,
  type RangeOutcome,
  type UpdateOutcome,
} from './members.ts';
export { membersMigrations } from './migrations.ts';
export type { BinRange, ProductKind, RangeRefusal } from './routing.ts';
export type { OpenSecret, Sealer, Secrets } from './secrets.ts';
export type { SecretName } from './store.ts';
