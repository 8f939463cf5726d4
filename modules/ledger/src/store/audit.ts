import type { Sql } from '@feiqian/db';

/** One finding of a check, as the database words it. */
export interface Finding {
  ledger: number | null;
  account_id: string | null;
  transfer_id: string | null;
  expected: string;
  found: string;
}

/** Findings returned per check; a book with more is broken anyway. */
export const findingsPerCheckMax = 100;

/*
 * Each check is one statement, so it sees one moment of the books and may run beside live traffic. They
 * recompute from the transfers in SQL alone and share nothing with the code that writes, so that a mistake
 * there cannot vouch for itself.
 */

/** Every transfer with the effect it must have had on each of its two accounts. */
const movements = (schema: string) => `
  select t.debit_account_id, t.credit_account_id, t.timestamp,
         case when (t.flags & 2) <> 0 then t.amount when (t.flags & 12) <> 0 then -p.amount else 0 end
           as pending,
         case when (t.flags & 10) = 0 then t.amount else 0 end as posted
    from ${schema}.transfers t
    left join ${schema}.transfers p on p.id = t.pending_id
  union all
  select t.debit_account_id, t.credit_account_id, r.timestamp, -t.amount, 0
    from ${schema}.resolutions r
    join ${schema}.transfers t on t.id = r.pending_id
   where r.status = 3`;

const balances = (schema: string) => `
  with movements as (${movements(schema)}),
  sums as (
    select account_id, sum(debits_pending) as debits_pending, sum(debits_posted) as debits_posted,
           sum(credits_pending) as credits_pending, sum(credits_posted) as credits_posted,
           max(timestamp) as last_timestamp
      from (
        select debit_account_id as account_id, pending as debits_pending, posted as debits_posted,
               0 as credits_pending, 0 as credits_posted, timestamp
          from movements
        union all
        select credit_account_id, 0, 0, pending, posted, timestamp from movements) as sides
     group by account_id)
  select a.ledger, coalesce(a.id, s.account_id) as account_id, null::uuid as transfer_id,
         concat_ws('/', coalesce(s.debits_pending, 0), coalesce(s.debits_posted, 0),
           coalesce(s.credits_pending, 0), coalesce(s.credits_posted, 0),
           coalesce(s.last_timestamp, 0)) as expected,
         coalesce(concat_ws('/', a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted,
           a.last_timestamp), 'no account') as found
    from ${schema}.accounts a
    full join sums s on s.account_id = a.id
   where a.id is null
      or a.debits_pending <> coalesce(s.debits_pending, 0)
      or a.debits_posted <> coalesce(s.debits_posted, 0)
      or a.credits_pending <> coalesce(s.credits_pending, 0)
      or a.credits_posted <> coalesce(s.credits_posted, 0)
      or a.last_timestamp <> coalesce(s.last_timestamp, 0)`;

const totals = (schema: string) => `
  select ledger, null::uuid as account_id, null::uuid as transfer_id,
         'debits = credits' as expected,
         concat_ws(' ', 'pending', sum(debits_pending), sum(credits_pending),
           'posted', sum(debits_posted), sum(credits_posted)) as found
    from ${schema}.accounts
   group by ledger
  having sum(debits_pending) <> sum(credits_pending) or sum(debits_posted) <> sum(credits_posted)`;

const limits = (schema: string) => `
  select ledger, id as account_id, null::uuid as transfer_id,
         case when (flags & 2) <> 0 then 'debits <= posted credits'
              when (flags & 4) <> 0 then 'credits <= posted debits' else 'balances >= 0' end as expected,
         concat_ws('/', debits_pending, debits_posted, credits_pending, credits_posted) as found
    from ${schema}.accounts
   where ((flags & 2) <> 0 and debits_pending::numeric + debits_posted > credits_posted)
      or ((flags & 4) <> 0 and credits_pending::numeric + credits_posted > debits_posted)
      or least(debits_pending, debits_posted, credits_pending, credits_posted) < 0`;

const transferAccounts = (schema: string) => `
  select t.ledger, coalesce(d.id, c.id) as account_id, t.id as transfer_id,
         'two different accounts of ledger ' || t.ledger as expected,
         concat_ws('/', coalesce(d.ledger::text, 'none'), coalesce(c.ledger::text, 'none')) as found
    from ${schema}.transfers t
    left join ${schema}.accounts d on d.id = t.debit_account_id
    left join ${schema}.accounts c on c.id = t.credit_account_id
   where d.ledger is distinct from t.ledger or c.ledger is distinct from t.ledger
      or t.debit_account_id = t.credit_account_id`;

const transferForm = (schema: string) => `
  select ledger, null::uuid as account_id, id as transfer_id,
         'a positive amount and one phase' as expected,
         concat_ws(' ', 'amount', amount, 'flags', flags, 'timeout', timeout_seconds) as found
    from ${schema}.transfers
   where amount < 0 or (amount = 0 and (flags & 200) = 0) or (flags & 14) not in (0, 2, 4, 8)
      or (pending_id is not null) <> ((flags & 12) <> 0) or timeout_seconds < 0
      or (timeout_seconds > 0 and (flags & 2) = 0)`;

const resolvingTransfers = (schema: string) => `
  select t.ledger, null::uuid as account_id, t.id as transfer_id,
         'the accounts, ledger, code and at most the amount of its pending transfer' as expected,
         coalesce(concat_ws(' ', 'pending transfer', p.id, 'flags', p.flags, 'amount', p.amount),
           'no pending transfer') as found
    from ${schema}.transfers t
    left join ${schema}.transfers p on p.id = t.pending_id
   where t.pending_id is not null
     and (p.id is null or (p.flags & 2) = 0
       or p.debit_account_id <> t.debit_account_id or p.credit_account_id <> t.credit_account_id
       or p.ledger <> t.ledger or p.code <> t.code or t.amount > p.amount
       or ((t.flags & 8) <> 0 and t.amount <> p.amount) or t.timestamp <= p.timestamp)`;

/** When a pending transfer expires: so many seconds after the millisecond it was created in. */
const expiry = (t: string) =>
  `${t}.timestamp / 1000000 * 1000000 + ${t}.timeout_seconds * 1000000000::bigint`;

const resolutions = (schema: string) => `
  select coalesce(t.ledger, p.ledger) as ledger, null::uuid as account_id,
         coalesce(r.pending_id, t.pending_id) as transfer_id,
         coalesce(case when (t.flags & 4) <> 0 then 'posted' when (t.flags & 8) <> 0 then 'voided' end,
           'expired or unresolved') || coalesce(' by ' || t.id, '') as expected,
         case r.status when 1 then 'posted' when 2 then 'voided' when 3 then 'expired' else 'unresolved' end
           || coalesce(' by ' || r.resolved_by, '') as found
    from ${schema}.resolutions r
    full join (select id, pending_id, ledger, flags, timestamp from ${schema}.transfers
                where pending_id is not null) as t
      on t.pending_id = r.pending_id
    left join ${schema}.transfers p on p.id = r.pending_id
   where r.pending_id is null
      or p.id is null or (p.flags & 2) = 0
      or (r.status in (1, 2) and (t.id is null or t.id <> r.resolved_by or t.timestamp <> r.timestamp
        or (r.status = 1) <> ((t.flags & 4) <> 0)))
      or (r.status = 3 and (t.id is not null or p.timeout_seconds = 0
        or r.timestamp < ${expiry('p')}))`;

const timeouts = (schema: string) => `
  select p.ledger, null::uuid as account_id, coalesce(p.id, o.pending_id) as transfer_id,
         coalesce('expires at ' || p.expires_at, 'no open time-out') as expected,
         coalesce('expires at ' || o.expires_at, 'no time-out') as found
    from (select t.id, t.ledger, ${expiry('t')} as expires_at
            from ${schema}.transfers t
           where (t.flags & 2) <> 0 and t.timeout_seconds > 0
             and not exists (select 1 from ${schema}.resolutions r where r.pending_id = t.id)) as p
    full join ${schema}.timeouts o on o.pending_id = p.id and o.expires_at = p.expires_at
   where p.id is null or o.pending_id is null`;

const spentIds = (schema: string) => `
  select t.ledger, null::uuid as account_id, t.id as transfer_id, 'created or failed' as expected,
         'created, and failed with ' || f.reason as found
    from ${schema}.failed f join ${schema}.transfers t on t.id = f.id`;

/** The account flag `closed` (32) stands exactly while a closing transfer (64, 128) is open, or from the start. */
const closings = (schema: string) => `
  select a.ledger, a.id as account_id, null::uuid as transfer_id, 'closed' as expected, 'open' as found
    from ${schema}.accounts a
   where (a.flags & 32) = 0
     and exists (
       select 1 from ${schema}.transfers t
        where (t.flags & 192) <> 0
          and (((t.flags & 64) <> 0 and t.debit_account_id = a.id)
            or ((t.flags & 128) <> 0 and t.credit_account_id = a.id))
          and not exists (select 1 from ${schema}.resolutions r where r.pending_id = t.id))`;

const defences = (schema: string) => `
  select null::integer as ledger, null::uuid as account_id, null::uuid as transfer_id,
         'trigger ' || d.trigger_name || ' on ' || d.table_name || ' enabled' as expected,
         coalesce('disabled (' || t.tgenabled::text || ')', 'missing') as found
    from (values ('transfers', 'append_only'), ('transfers', 'append_only_truncate'),
                 ('resolutions', 'append_only'), ('resolutions', 'append_only_truncate'),
                 ('accounts', 'keep'), ('accounts', 'keep_truncate'), ('accounts', 'keep_identity'))
           as d (table_name, trigger_name)
    left join (select tgname, tgenabled, relname
                 from pg_trigger join pg_class on pg_class.oid = tgrelid
                 join pg_namespace on pg_namespace.oid = relnamespace
                where nspname = '${schema}') as t
      on t.relname = d.table_name and t.tgname = d.trigger_name
   where t.tgenabled is distinct from 'O' and t.tgenabled is distinct from 'A'`;

/** The checks in the order they run. */
export const auditChecks = {
  debits_differ_from_credits: totals,
  balance_differs_from_transfers: balances,
  limit_exceeded: limits,
  transfer_accounts_wrong: transferAccounts,
  transfer_form_wrong: transferForm,
  resolving_transfer_wrong: resolvingTransfers,
  resolution_wrong: resolutions,
  timeout_wrong: timeouts,
  id_both_created_and_failed: spentIds,
  closed_account_open: closings,
  defence_missing: defences,
} as const;

export type AuditCheck = keyof typeof auditChecks;

/** Runs one check. */
export async function findingsOf(sql: Sql, schema: string, check: AuditCheck): Promise<Finding[]> {
  const { rows } = await sql.query<Finding>(
    `select ledger, account_id, transfer_id, expected, found from (${auditChecks[check](schema)}) as findings
      limit ${findingsPerCheckMax}`,
  );
  return rows;
}
