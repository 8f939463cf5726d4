import type { Check } from '../check.ts';

/** The effect of each transfer on the balances of its accounts, recomputed from the transfers alone. */
const effects = (schema: string) => `
  moved as (
    select t.debit_account_id, t.credit_account_id, t.timestamp,
      case when t.flags & 2 <> 0 then t.amount when t.flags & 12 <> 0 then -h.amount else 0 end as pending,
      case when t.flags & 10 = 0 then t.amount else 0 end as posted
    from ${schema}.transfers t
    left join ${schema}.transfers h on h.id = t.pending_id and t.flags & 12 <> 0
    union all
    select h.debit_account_id, h.credit_account_id, r.timestamp, -h.amount, 0
    from ${schema}.resolutions r join ${schema}.transfers h on h.id = r.pending_id where r.status = 3
  ),
  side as (
    select debit_account_id as account, pending as dp, posted as dd, 0::bigint as cp, 0::bigint as cc, timestamp from moved
    union all
    select credit_account_id, 0, 0, pending, posted, timestamp from moved
  )`;

/** Whoever but its owner may change a ledger's rows; the owner is the application, and triggers hold it back. */
const rights = (schema: string) => `
  select c.relname || ' of ' || n.nspname as what,
    a.privilege_type || ' by ' || coalesce(r.rolname, 'everybody') as found
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral aclexplode(c.relacl) a
  left join pg_roles r on r.oid = a.grantee
  where n.nspname = '${schema}' and c.relname in ('accounts', 'transfers', 'resolutions')
    and a.grantee <> c.relowner and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER')`;

const guards = (schema: string) => `
  select g.trigger || ' on ' || g.relation || ' of ${schema}' as what, coalesce('switched to ' || t.tgenabled::text, 'missing') as found
  from (values ('transfers', 'append_only'), ('transfers', 'append_only_truncate'), ('resolutions', 'append_only'),
    ('resolutions', 'append_only_truncate'), ('accounts', 'keep'), ('accounts', 'keep_truncate'),
    ('accounts', 'keep_identity')) as g (relation, trigger)
  left join (
    select tg.tgname, tg.tgenabled, c.relname from pg_trigger tg
    join pg_class c on c.oid = tg.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = '${schema}'
  ) t on t.relname = g.relation and t.tgname = g.trigger
  where t.tgenabled is null or t.tgenabled not in ('O', 'A')`;

/** Accounts and the sums on them. */
function sumChecks(schema: string, of: string): Check[] {
  const base = { of, pace: 'whole' as const };
  const overTransfers = { ...base, subject: 'transfer' as const, over: `${schema}.transfers` };
  const overAccounts = { ...base, subject: 'account' as const, over: `${schema}.accounts` };
  return [
    {
      ...overTransfers,
      id: 'L1',
      name: 'transfer_accounts',
      title: {
        en: 'each transfer debits one account and credits another, both in its currency',
        zh: '每笔划转借记一个账户、贷记另一个账户，币种相同',
      },
      sql: `select t.id::text as what, 'ledger ' || t.ledger || ', debit in ' || coalesce(d.ledger::text, 'no account')
          || ', credit in ' || coalesce(c.ledger::text, 'no account') as found
        from ${schema}.transfers t
        left join ${schema}.accounts d on d.id = t.debit_account_id
        left join ${schema}.accounts c on c.id = t.credit_account_id
        where d.ledger is distinct from t.ledger or c.ledger is distinct from t.ledger or d.id = c.id`,
    },
    {
      ...overAccounts,
      id: 'L2',
      name: 'sums',
      pace: 'always',
      title: {
        en: 'over all accounts of a currency, debits equal credits',
        zh: '同一币种所有账户的借方合计等于贷方合计',
      },
      sql: `select 'currency ' || ledger as what, sum(debits_posted) || ' posted debits against ' || sum(credits_posted)
          || ', ' || sum(debits_pending) || ' pending against ' || sum(credits_pending) as found
        from ${schema}.accounts group by ledger
        having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)`,
    },
    {
      ...overTransfers,
      id: 'L3',
      name: 'balances',
      title: {
        en: 'each balance is the sum of its transfers, each pending sum that of its open holds',
        zh: '每个余额等于其划转之和，每个待定金额等于未结冻结之和',
      },
      sql: `with ${effects(schema)}, recomputed as (
          select account, sum(dp) as dp, sum(dd) as dd, sum(cp) as cp, sum(cc) as cc, max(timestamp) as newest
          from side group by account)
        select coalesce(a.id, r.account)::text as what,
          coalesce('stored ' || concat_ws('/', a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted), 'no account')
            || ', recomputed ' || concat_ws('/', coalesce(r.dp, 0), coalesce(r.dd, 0), coalesce(r.cp, 0), coalesce(r.cc, 0))
            || case when a.last_timestamp <> coalesce(r.newest, 0) then ', newest transfer is missing or foreign' else '' end as found
        from ${schema}.accounts a full join recomputed r on r.account = a.id
        where (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted, a.last_timestamp)
          is distinct from (coalesce(r.dp, 0), coalesce(r.dd, 0), coalesce(r.cp, 0), coalesce(r.cc, 0), coalesce(r.newest, 0))`,
    },
    {
      ...overAccounts,
      id: 'L4',
      name: 'limits',
      pace: 'always',
      title: { en: 'no account is beyond its limit', zh: '没有账户超出限额' },
      sql: `select id::text as what, concat_ws('/', debits_pending, debits_posted, credits_pending, credits_posted) as found
        from ${schema}.accounts
        where (flags & 2 <> 0 and debits_posted::numeric + debits_pending > credits_posted)
          or (flags & 4 <> 0 and credits_posted::numeric + credits_pending > debits_posted)
          or least(debits_pending, debits_posted, credits_pending, credits_posted) < 0`,
    },
  ];
}

/** Transfers by themselves, and who may touch them. */
function formChecks(schema: string, of: string): Check[] {
  const base = { of, pace: 'whole' as const };
  const overTransfers = { ...base, subject: 'transfer' as const, over: `${schema}.transfers` };
  return [
    {
      ...base,
      subject: 'table',
      over: `(select 1 from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname = '${schema}' and not t.tgisinternal) guards`,
      id: 'L5',
      name: 'append_only',
      pace: 'always',
      title: {
        en: 'entries can only be added: the guards are on, and nobody else has the right',
        zh: '账目只增不改：防护开启，且除所有者外无人有权更改',
      },
      sql: `${guards(schema)} union all ${rights(schema)}`,
    },
    {
      ...overTransfers,
      id: 'L6',
      name: 'amounts',
      title: {
        en: 'amounts are positive whole numbers, in one phase each',
        zh: '金额都是正整数，每笔划转只处于一个阶段',
      },
      sql: `select id::text as what, 'amount ' || amount || ', flags ' || flags || ', time-out ' || timeout_seconds as found
        from ${schema}.transfers
        where amount < 0 or (amount = 0 and flags & 200 = 0) or flags & 14 not in (0, 2, 4, 8)
          or (pending_id is not null) <> (flags & 12 <> 0) or timeout_seconds < 0 or (timeout_seconds > 0 and flags & 2 = 0)`,
    },
  ];
}

/** Holds and how they ended. */
function holdChecks(schema: string, of: string): Check[] {
  const base = { of, pace: 'whole' as const };
  const overTransfers = { ...base, subject: 'transfer' as const, over: `${schema}.transfers` };
  return [
    {
      ...overTransfers,
      id: 'L6',
      name: 'resolved_holds',
      title: {
        en: 'only a hold is posted or released: once, between its accounts, within its amount',
        zh: '只有冻结才会过账或释放：仅一次，账户相同，不超过其金额',
      },
      sql: `select t.id::text as what, case when h.id is null then 'no hold'
            else 'amount ' || t.amount || ' of a hold of ' || h.amount || ', flags ' || h.flags end
            || coalesce(', resolved by ' || r.resolved_by || ' as ' || r.status, ', no resolution') as found
        from ${schema}.transfers t
        left join ${schema}.transfers h on h.id = t.pending_id
        left join ${schema}.resolutions r on r.pending_id = t.pending_id
        where t.flags & 12 <> 0
          and (h.id is null or h.flags & 2 = 0 or t.amount > h.amount or (t.flags & 8 <> 0 and t.amount <> h.amount)
            or (t.debit_account_id, t.credit_account_id, t.ledger, t.code) is distinct from (h.debit_account_id, h.credit_account_id, h.ledger, h.code)
            or r.resolved_by is distinct from t.id or r.status is distinct from case when t.flags & 4 <> 0 then 1 else 2 end)
        union all
        select r.pending_id::text, 'resolved as ' || r.status || case when h.id is null then ', no hold' else ', by nothing' end
        from ${schema}.resolutions r
        left join ${schema}.transfers h on h.id = r.pending_id
        left join ${schema}.transfers t on t.id = r.resolved_by
        where h.id is null or (r.status in (1, 2) and t.id is null) or (r.status = 3 and h.timeout_seconds = 0)`,
    },
    {
      ...overTransfers,
      id: 'R1',
      name: 'open_timeouts',
      title: {
        en: 'the list of time-outs holds the open ones and no others',
        zh: '超时清单恰好是未结的冻结，不多不少',
      },
      over: `${schema}.timeouts`,
      sql: `select coalesce(h.id, o.pending_id)::text as what,
          case when h.id is null then 'listed and not open' else 'open and not listed' end as found
        from (select t.id from ${schema}.transfers t left join ${schema}.resolutions r on r.pending_id = t.id
          where t.timeout_seconds > 0 and r.pending_id is null) h
        full join ${schema}.timeouts o on o.pending_id = h.id
        where h.id is null or o.pending_id is null`,
    },
  ];
}

/** Checks of one ledger, the network's or a bank's. */
export function ledgerChecks(schema: string, of: string): Check[] {
  return [...sumChecks(schema, of), ...formChecks(schema, of), ...holdChecks(schema, of)];
}
