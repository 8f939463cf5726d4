export { type RunningBank, type StartBankOptions, startBank } from './bank.ts';
export { type BankDeps, bankMigrations } from './compose.ts';
export { type BankProcessConfig, type ParsedBankConfig, parseBankConfig, type TlsFiles } from './config.ts';
export { runBankProcess } from './process.ts';
export {
  type SandboxBank,
  type SandboxPerson,
  sandboxBanks,
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
  type TlsSettings,
} from './settings.ts';
