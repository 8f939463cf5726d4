export { compose, networkLedger, networkMigrations, openKeystore, openVault } from './compose.ts';
export { type Config, modes, type ParsedConfig, parseConfig, redacted, sandboxKeys } from './config.ts';
export { type Engine, openEngine, StartRefused } from './engine.ts';
export { MemberFile, openRegister, parseMemberFile } from './register.ts';
export { sandboxGuide } from './seed.ts';
export { type RunningNetwork, startNetwork } from './start.ts';
export { version } from './version.ts';
