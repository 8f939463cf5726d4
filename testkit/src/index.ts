export { type RequestToSign, signedHeaders, TestDevice } from './device.ts';
export {
  MemoryEngine,
  type MemoryRow,
  MemorySchema,
  memoryDb,
  type RowChange,
} from './memory-db/memoryDb.ts';
export { TestPasskey } from './passkey.ts';
export type { PrivatePostgres, PrivatePostgresOptions } from './private-postgres.ts';
export { findPostgresBinaries, freePort, startPrivatePostgres } from './private-postgres.ts';
export type { TestDatabase } from './test-database.ts';
export { copiedDatabase, testDatabase } from './test-database.ts';
