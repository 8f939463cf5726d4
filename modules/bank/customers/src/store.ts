import type { Sql, Tx } from '@feiqian/db';
import type { Customer } from './customer.ts';

interface CustomerRow {
  id: string;
  name: string;
  name_latin: string;
  mobile: string;
  created_at: Date;
}

/** A customer as the table takes it. */
export interface StoredCustomer extends Customer {
  identityDigest: string;
}

const columns = 'id, name, name_latin, mobile, created_at';

function toCustomer(row: CustomerRow): Customer {
  return {
    id: row.id,
    name: row.name,
    nameLatin: row.name_latin,
    mobile: row.mobile,
    createdAtMs: row.created_at.getTime(),
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    /** Adds customers; of one whose id exists already only the identity document is set. */
    async insert(sql: Sql, customers: readonly StoredCustomer[]): Promise<void> {
      await sql.query(
        `insert into ${schema}.customer (id, name, name_latin, identity_digest, mobile, created_at)
         select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
         on conflict (id) do update set identity_digest = excluded.identity_digest
         where customer.identity_digest <> excluded.identity_digest`,
        [
          customers.map((c) => c.id),
          customers.map((c) => c.name),
          customers.map((c) => c.nameLatin),
          customers.map((c) => c.identityDigest),
          customers.map((c) => c.mobile),
          customers.map((c) => new Date(c.createdAtMs).toISOString()),
        ],
      );
    },

    async byMobile(sql: Sql, mobile: string): Promise<Customer | null> {
      const { rows } = await sql.query<CustomerRow>(
        `select ${columns} from ${schema}.customer where mobile = $1`,
        [mobile],
      );
      return rows[0] ? toCustomer(rows[0]) : null;
    },

    /** Adds one customer unless document or mobile number are somebody's. */
    async insertNew(tx: Tx, customer: StoredCustomer): Promise<void> {
      await tx.query(
        `insert into ${schema}.customer (id, name, name_latin, identity_digest, mobile, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
        [
          customer.id,
          customer.name,
          customer.nameLatin,
          customer.identityDigest,
          customer.mobile,
          new Date(customer.createdAtMs).toISOString(),
        ],
      );
    },

    async byMobileOrIdentity(
      sql: Sql,
      mobile: string,
      identityDigest: string,
    ): Promise<{ customer: Customer; identityDigest: string }[]> {
      const { rows } = await sql.query<CustomerRow & { identity_digest: string }>(
        `select ${columns}, identity_digest from ${schema}.customer where mobile = $1 or identity_digest = $2`,
        [mobile, identityDigest],
      );
      return rows.map((row) => ({ customer: toCustomer(row), identityDigest: row.identity_digest }));
    },

    async lock(tx: Tx, id: string): Promise<void> {
      await tx.query(`select id from ${schema}.customer where id = $1 for update`, [id]);
    },

    async identityDigest(sql: Sql, id: string): Promise<string | null> {
      const { rows } = await sql.query<{ identity_digest: string }>(
        `select identity_digest from ${schema}.customer where id = $1`,
        [id],
      );
      return rows[0]?.identity_digest ?? null;
    },

    async byId(sql: Sql, id: string): Promise<Customer | null> {
      const { rows } = await sql.query<CustomerRow>(
        `select ${columns} from ${schema}.customer where id = $1`,
        [id],
      );
      return rows[0] ? toCustomer(rows[0]) : null;
    },
  };
}
