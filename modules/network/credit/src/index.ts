import type { Migrations } from '@feiqian/db';
import credit from '../migrations/0001_credit.sql';
import repayments from '../migrations/0002_repayments.sql';

export { type Applications, createApplications } from './applications.ts';
export { type AutoRepays, createAutoRepays } from './autoRepays.ts';
export { type Bills, createBills } from './bills.ts';
export { createRepayments, type Repayments } from './repayments.ts';
export { repayRoutes } from './repayRoutes.ts';
export { creditRoutes } from './routes.ts';

export const creditMigrations: Migrations = {
  schema: 'credit',
  scripts: [
    { name: '0001_credit', sql: credit },
    { name: '0002_repayments', sql: repayments },
  ],
};
