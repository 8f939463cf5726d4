import type { Migrations } from '@feiqian/db';
import merchants from '../migrations/0001_merchants.sql';

export type { Merchant, Staff, Store, Till } from './merchant.ts';
export { createMerchants, type Merchants, type NewMerchant } from './merchants.ts';
export { merchantRoutes } from './routes.ts';

export const merchantsMigrations: Migrations = {
  schema: 'merchants',
  scripts: [{ name: '0001_merchants', sql: merchants }],
};
