import type { Migrations, Sql } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import type { CreditProduct } from './application.ts';
import { type Applications, type ApplicationsDeps, createApplications } from './applications.ts';
import { type Bills, createBills } from './bills.ts';
import { createApplicationStore, createBillStore } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function creditMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

export type CreditDeps = Omit<ApplicationsDeps, 'bills'> & { schema: string };

/** Credit cards beyond what the authorisation host does with them. */
export interface Credit {
  bills: Bills;
  applications: Applications;
  /** Offers products; one whose code exists already is left as it is. */
  offer(sql: Sql, products: readonly CreditProduct[]): Promise<void>;
}

/** The credit cards of one bank. */
export function createCredit(deps: CreditDeps): Credit {
  const applications = createApplicationStore(deps.schema);
  const bills = createBills(deps, createBillStore(deps.schema));
  return {
    bills,
    applications: createApplications({ ...deps, bills }, applications),
    offer: (sql, products) => applications.insertProducts(sql, products),
  };
}
