import type { Migrations } from '@feiqian/db';
import accounts from '../migrations/0001_accounts.sql';
import openings from '../migrations/0002_openings.sql';

export type { Faces, KnownAccount } from './account.ts';
export { type Accounts, type AccountsDeps, answered, createAccounts, type Owner } from './accounts.ts';
export { openingRoutes } from './openingRoutes.ts';
export { createOpenings, type Openings } from './openings.ts';
export { accountRoutes } from './routes.ts';
export { whoIs } from './whoIs.ts';

export const accountsMigrations: Migrations = {
  schema: 'accounts',
  scripts: [
    { name: '0001_accounts', sql: accounts },
    { name: '0002_openings', sql: openings },
  ],
};
