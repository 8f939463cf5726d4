import type { Sql, Tx } from '@feiqian/db';
import type { Account, AccountClass, AccountKind, AccountStatus } from './account.ts';
import type { Movement, MovementKind, MovementQuery } from './movement.ts';

interface AccountRow {
  id: string;
  customer_id: string;
  number: string;
  kind: AccountKind;
  class: AccountClass | null;
  product: string;
  product_en: string;
  currency: string;
  credit_limit: bigint;
  status: AccountStatus;
  opened_at: Date;
}

interface MovementRow {
  account_id: string;
  id: string;
  at: Date;
  kind: MovementKind;
  amount: bigint;
  currency: string;
  description: string;
  rrn: string | null;
  card_last4: string | null;
  counterparty_institution: string | null;
  counterparty_masked: string | null;
  transfer_id: string;
}

/** An account as the table takes it. */
export interface StoredAccount extends Account {
  grandfathered: boolean;
}

const accountColumns =
  'id, customer_id, number, kind, class, product, product_en, currency, credit_limit, status, opened_at';
const movementColumns = `account_id, id, at, kind, amount, currency, description, rrn, card_last4,
  counterparty_institution, counterparty_masked, transfer_id`;

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    customerId: row.customer_id,
    number: row.number,
    kind: row.kind,
    class: row.class,
    product: row.product,
    productEn: row.product_en,
    currency: row.currency,
    creditLimit: row.credit_limit,
    status: row.status,
    openedAtMs: row.opened_at.getTime(),
  };
}

function toMovement(row: MovementRow): Movement {
  const { counterparty_masked: numberMasked } = row;
  return {
    id: row.id,
    accountId: row.account_id,
    atMs: row.at.getTime(),
    kind: row.kind,
    amount: row.amount,
    currency: row.currency,
    description: row.description,
    rrn: row.rrn,
    cardLast4: row.card_last4,
    counterparty: numberMasked === null ? null : { institution: row.counterparty_institution, numberMasked },
    transferId: row.transfer_id,
  };
}

const at = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());

/** The statements on accounts, in one bank's schema. */
function accountStatements(schema: string) {
  async function accounts(sql: Sql, rest: string, value: string | readonly string[], name: string) {
    const { rows } = await sql.query<AccountRow>(
      `select ${accountColumns} from ${schema}.account where ${rest}`,
      [value],
      `${schema}.account_${name}`,
    );
    return rows.map(toAccount);
  }
  return {
    /** Adds accounts; one whose id exists already is left as it is. */
    async insertAccounts(tx: Tx, accounts: readonly StoredAccount[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.account (${accountColumns}, grandfathered)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
           $8::text[], $9::bigint[], $10::text[], $11::timestamptz[], $12::boolean[])
         on conflict (id) do nothing`,
        [
          accounts.map((a) => a.id),
          accounts.map((a) => a.customerId),
          accounts.map((a) => a.number),
          accounts.map((a) => a.kind),
          accounts.map((a) => a.class),
          accounts.map((a) => a.product),
          accounts.map((a) => a.productEn),
          accounts.map((a) => a.currency),
          accounts.map((a) => a.creditLimit),
          accounts.map((a) => a.status),
          accounts.map((a) => at(a.openedAtMs)),
          accounts.map((a) => a.grandfathered),
        ],
      );
    },

    accountsByIds: (sql: Sql, ids: readonly string[]) => accounts(sql, 'id = any($1::uuid[])', ids, 'by_ids'),
    accountsByNumbers: (sql: Sql, numbers: readonly string[]) =>
      accounts(sql, 'number = any($1::text[])', numbers, 'by_numbers'),
    accountsOfCustomer: (sql: Sql, customerId: string) =>
      accounts(sql, 'customer_id = $1 order by opened_at, id', customerId, 'of_customer'),
    /** Locks accounts in the order of their ids until the transaction ends, and reads them as they are then. */
    lockAccounts: (tx: Tx, ids: readonly string[]) =>
      accounts(tx, 'id = any($1::uuid[]) order by id for update', ids, 'lock'),

    /** The status an account had is not asked: the last one to speak is right. False when there is no such account. */
    async setStatus(sql: Sql, id: string, status: AccountStatus): Promise<boolean> {
      const { count } = await sql.query(`update ${schema}.account set status = $2 where id = $1`, [
        id,
        status,
      ]);
      return count > 0;
    },

    /** The next number of the bank's own series; waits for whoever is just taking one. */
    async nextInSeries(tx: Tx): Promise<bigint> {
      const { rows } = await tx.query<{ last: bigint }>(
        `update ${schema}.series set last = last + 1 where slot = 1 returning last`,
      );
      return (rows[0] as { last: bigint }).last;
    },
  };
}

/** The statements on movements, in one bank's schema. */
function movementStatements(schema: string) {
  return {
    /** Adds lines to statements; one whose id is there already is left out. */
    async insertMovements(tx: Tx, movements: readonly Movement[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.movement (${movementColumns})
         select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[],
           $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[])
         on conflict (account_id, id) do nothing`,
        [
          movements.map((m) => m.accountId),
          movements.map((m) => m.id),
          movements.map((m) => at(m.atMs)),
          movements.map((m) => m.kind),
          movements.map((m) => m.amount),
          movements.map((m) => m.currency),
          movements.map((m) => m.description),
          movements.map((m) => m.rrn),
          movements.map((m) => m.cardLast4),
          movements.map((m) => m.counterparty?.institution ?? null),
          movements.map((m) => m.counterparty?.numberMasked ?? null),
          movements.map((m) => m.transferId),
        ],
        `${schema}.movement_insert`,
      );
    },

    /** Up to `limit` lines of one account, newest first. */
    async movements(sql: Sql, accountId: string, query: MovementQuery): Promise<Movement[]> {
      const { rows } = await sql.query<MovementRow>(
        `select ${movementColumns} from ${schema}.movement
         where account_id = $1 and ($2::uuid is null or id < $2::uuid) and ($3::text is null or kind = $3)
           and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
         order by id desc limit $6`,
        [accountId, query.before, query.kind ?? null, at(query.fromMs), at(query.untilMs), query.limit],
      );
      return rows.map(toMovement);
    },

    async movement(sql: Sql, accountId: string, id: string): Promise<Movement | null> {
      const { rows } = await sql.query<MovementRow>(
        `select ${movementColumns} from ${schema}.movement where account_id = $1 and id = $2`,
        [accountId, id],
      );
      return rows[0] ? toMovement(rows[0]) : null;
    },

    /** Sums of what an account gained and lost from an instant on (null: ever) and before another. */
    async sums(
      sql: Sql,
      accountId: string,
      fromMs: number | null,
      untilMs: number | null,
    ): Promise<{ gained: bigint; lost: bigint }> {
      const { rows } = await sql.query<{ gained: bigint; lost: bigint }>(
        `select coalesce(sum(amount) filter (where amount > 0), 0)::bigint as gained,
                coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as lost
           from ${schema}.movement
          where account_id = $1 and ($2::timestamptz is null or at >= $2) and ($3::timestamptz is null or at < $3)`,
        [accountId, at(fromMs), at(untilMs)],
      );
      return rows[0] as { gained: bigint; lost: bigint };
    },
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return { ...accountStatements(schema), ...movementStatements(schema) };
}

export type Store = ReturnType<typeof createStore>;
