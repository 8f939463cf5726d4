export { type Held, type Holder, holdDataDirectory } from './dataDirectory.ts';
export { hostsMax, readHosts } from './hosts.ts';
export { migrate, pendingMigrations } from './migrate.ts';
export { openPglite } from './pglite.ts';
export { durableSettings, NotDurable, openPostgres, type PostgresOptions } from './postgres.ts';
export { createRevision, type Revision } from './revision.ts';
export type { Db, Migrations, Planning, Sql, SqlResult, SqlValue, Tx } from './sql.ts';
export { isConnectionLost, isDiskFull } from './sql.ts';
export { lines } from './wire.ts';
