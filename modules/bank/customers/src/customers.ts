import { createHmac } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import type { Customer, NewCustomer } from './customer.ts';
import { createStore } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function customersMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

export interface CustomersDeps {
  schema: string;
  db: Db;
  clock: Clock;
  /** Key of the keyed hash of identity-document numbers, 32 bytes. */
  identityKey: Uint8Array;
}

export interface Customers {
  /** Registers customers; those whose id exists already are left alone. */
  register(customers: readonly NewCustomer[], sql?: Sql): Promise<void>;
  /** The customer with this mobile number, or null. */
  byMobile(mobile: string): Promise<Customer | null>;
  byId(id: string): Promise<Customer | null>;
  /** True when the identity document is the customer's. */
  hasIdentity(customerId: string, identityNumber: string): Promise<boolean>;
}

/** The customers of one bank. */
export function createCustomers({ schema, db, clock, identityKey }: CustomersDeps): Customers {
  const store = createStore(schema);
  const digest = (number: string) =>
    createHmac('sha256', identityKey).update(number.toUpperCase()).digest('base64url');
  return {
    register: (customers, sql = db) =>
      store.insert(
        sql,
        customers.map(({ identityNumber, ...c }) => ({
          ...c,
          identityDigest: digest(identityNumber),
          createdAtMs: clock.now(),
        })),
      ),
    byMobile: (mobile) => store.byMobile(db, mobile),
    byId: (id) => store.byId(db, id),
    hasIdentity: async (id, number) => (await store.identityDigest(db, id)) === digest(number),
  };
}
