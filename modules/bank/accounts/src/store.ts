import type { Sql, Tx } from '@feiqian/db';
import type { Account, AccountKind, AccountStatus } from './account.ts';
import type { Movement, MovementKind, MovementQuery } from './movement.ts';

interface AccountRow {
  id: string;
  customer_id: string;
  number: string;
  kind: AccountKind;
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
  transfer_id: string;
}

const accountColumns = 'id, customer_id, number, kind, currency, credit_limit, status, opened_at';
const movementColumns =
  'account_id, id, at, kind, amount, currency, description, rrn, card_last4, transfer_id';

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    customerId: row.customer_id,
    number: row.number,
    kind: row.kind,
    currency: row.currency,
    creditLimit: row.credit_limit,
    status: row.status,
    openedAtMs: row.opened_at.getTime(),
  };
}

function toMovement(row: MovementRow): Movement {
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
    transferId: row.transfer_id,
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    /** Adds accounts; one whose id exists already is left as it is. */
    async insertAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.account (${accountColumns})
         select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[],
           $7::text[], $8::timestamptz[])
         on conflict (id) do nothing`,
        [
          accounts.map((a) => a.id),
          accounts.map((a) => a.customerId),
          accounts.map((a) => a.number),
          accounts.map((a) => a.kind),
          accounts.map((a) => a.currency),
          accounts.map((a) => a.creditLimit),
          accounts.map((a) => a.status),
          accounts.map((a) => new Date(a.openedAtMs).toISOString()),
        ],
      );
    },

    async accountsByIds(sql: Sql, ids: readonly string[]): Promise<Account[]> {
      const { rows } = await sql.query<AccountRow>(
        `select ${accountColumns} from ${schema}.account where id = any($1::uuid[])`,
        [ids],
        `${schema}.account_by_ids`,
      );
      return rows.map(toAccount);
    },

    /** The status an account had is not asked: the last one to speak is right. False when there is no such account. */
    async setStatus(sql: Sql, id: string, status: AccountStatus): Promise<boolean> {
      const { count } = await sql.query(`update ${schema}.account set status = $2 where id = $1`, [
        id,
        status,
      ]);
      return count > 0;
    },

    /** Adds lines to statements; one whose id is there already is left out. */
    async insertMovements(tx: Tx, movements: readonly Movement[]): Promise<void> {
      await tx.query(
        `insert into ${schema}.movement (${movementColumns})
         select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::bigint[], $6::text[],
           $7::text[], $8::text[], $9::text[], $10::uuid[])
         on conflict (account_id, id) do nothing`,
        [
          movements.map((m) => m.accountId),
          movements.map((m) => m.id),
          movements.map((m) => new Date(m.atMs).toISOString()),
          movements.map((m) => m.kind),
          movements.map((m) => m.amount),
          movements.map((m) => m.currency),
          movements.map((m) => m.description),
          movements.map((m) => m.rrn),
          movements.map((m) => m.cardLast4),
          movements.map((m) => m.transferId),
        ],
        `${schema}.movement_insert`,
      );
    },

    /** Up to `limit` lines of one account, newest first. */
    async movements(sql: Sql, accountId: string, query: MovementQuery): Promise<Movement[]> {
      const at = (ms: number | null | undefined) => (ms == null ? null : new Date(ms).toISOString());
      const { rows } = await sql.query<MovementRow>(
        `select ${movementColumns} from ${schema}.movement
         where account_id = $1 and ($2::uuid is null or id < $2::uuid) and ($3::text is null or kind = $3)
           and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5)
         order by id desc limit $6`,
        [accountId, query.before, query.kind ?? null, at(query.fromMs), at(query.untilMs), query.limit],
      );
      return rows.map(toMovement);
    },
  };
}
