export { type RunningBank, type StartBankOptions, startBank } from './bank.ts';
export { type Bank, type BankDeps, bankMigrations, composeBank, institutionOf } from './compose.ts';
export { type BankProcessConfig, type ParsedBankConfig, parseBankConfig, type TlsFiles } from './config.ts';
export { runBankProcess } from './process.ts';
export {
  type SandboxBank,
  type SandboxPerson,
  sandboxBanks,
  sandboxClosedAccount,
  sandboxNoticeSecret,
  sandboxPeople,
  type TestCard,
  type TestOutcome,
  testCards,
} from './sandbox.ts';
export { type BankSeed, type SeedAccount, type SeedCard, type SeedCustomer, seedBank } from './seed.ts';
export {
  type BankSchemas,
  type BankSettings,
  bankSchemas,
  lateAnswerMsDefault,
  type NoticeSettings,
  type TlsSettings,
} from './settings.ts';
