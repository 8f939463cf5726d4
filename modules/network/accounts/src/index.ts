import type { Migrations } from '@feiqian/db';
import accounts from '../migrations/0001_accounts.sql';

export type { Faces, KnownAccount } from './account.ts';
export { type Accounts, type AccountsDeps, answered, createAccounts, type Owner } from './accounts.ts';
export { accountRoutes } from './routes.ts';

export const accountsMigrations: Migrations = {
  schema: 'accounts',
  scripts: [{ name: '0001_accounts', sql: accounts }],
};
