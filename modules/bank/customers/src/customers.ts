import { createHmac } from 'node:crypto';
import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Sql, Tx } from '@feiqian/db';
import init from '../migrations/0001_init.sql';
import { type Customer, type Identity, isNameOf, type NewCustomer } from './customer.ts';
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
  /** Registers customers; of those whose id exists already only the identity document is set. */
  register(customers: readonly NewCustomer[], sql?: Sql): Promise<void>;
  /** The customer with this mobile number, or null. */
  byMobile(mobile: string): Promise<Customer | null>;
  byId(id: string): Promise<Customer | null>;
  /** True when the identity document is the customer's. */
  hasIdentity(customerId: string, identityNumber: string): Promise<boolean>;
  /** The customer of whom all three factors are, or null; one look-up, whichever factor is wrong. */
  identify(identity: Identity, sql?: Sql): Promise<Customer | null>;
  /**
   * The customer of whom all three factors are; a new one when the bank knows neither document nor mobile number;
   * null when they belong to different people.
   */
  admit(tx: Tx, id: string, identity: Identity): Promise<Customer | null>;
  /** Locks a customer until the transaction ends, so that what is counted for him or her is counted in turn. */
  lock(tx: Tx, id: string): Promise<void>;
  /** Keyed hash of an identity document's number or another text, by which it is found again. */
  digest(text: string): string;
}

/** The customers of one bank. */
export function createCustomers({ schema, db, clock, identityKey }: CustomersDeps): Customers {
  const store = createStore(schema);
  const digest = (number: string) =>
    createHmac('sha256', identityKey).update(number.toUpperCase()).digest('base64url');
  async function identify({ name, identityNumber, mobile }: Identity, sql: Sql): Promise<Customer | null> {
    const found = await store.byMobileOrIdentity(sql, mobile, digest(identityNumber));
    const [only, ...more] = found;
    if (!only || more.length > 0) return null;
    const { customer, identityDigest } = only;
    const agree = identityDigest === digest(identityNumber) && customer.mobile === mobile;
    return agree && isNameOf(customer, name) ? customer : null;
  }
  return {
    identify: (identity, sql = db) => identify(identity, sql),
    async admit(tx, id, identity) {
      const identityDigest = digest(identity.identityNumber);
      const known = await store.byMobileOrIdentity(tx, identity.mobile, identityDigest);
      if (known.length === 0) {
        const { name, mobile } = identity;
        await store.insertNew(tx, {
          id,
          name,
          nameLatin: name,
          mobile,
          identityDigest,
          createdAtMs: clock.now(),
        });
      }
      return identify(identity, tx);
    },
    lock: (tx, id) => store.lock(tx, id),
    digest,
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
