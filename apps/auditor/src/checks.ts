/**
 * One invariant, as a statement that returns the rows that break it: `what` names the row, `found` says how. The
 * ids are those of the reliability specification (L ledger, P payments, V vouchers and codes).
 */
export interface Check {
  id: string;
  title: string;
  sql: string;
}

/** The effect of each transfer on the balances of its accounts, recomputed from the transfers alone. */
const effects = (schema: string) => `
  effect as (
    select t.debit_account_id as account, t.ledger,
      case when t.flags & 2 <> 0 and r.pending_id is null then t.amount else 0 end as debits_pending,
      case when t.flags & 10 = 0 then t.amount else 0 end as debits_posted,
      0::bigint as credits_pending, 0::bigint as credits_posted
    from ${schema}.transfers t left join ${schema}.resolutions r on r.pending_id = t.id
    union all
    select t.credit_account_id, t.ledger, 0, 0,
      case when t.flags & 2 <> 0 and r.pending_id is null then t.amount else 0 end,
      case when t.flags & 10 = 0 then t.amount else 0 end
    from ${schema}.transfers t left join ${schema}.resolutions r on r.pending_id = t.id
  )`;

/** Checks of one ledger, the network's or a bank's. */
export function ledgerChecks(schema: string): Check[] {
  return [
    {
      id: 'L1',
      title: `${schema}: both accounts of each transfer exist and are in its currency`,
      sql: `select t.id::text as what, 'transfer in ledger ' || t.ledger as found
        from ${schema}.transfers t
        left join ${schema}.accounts d on d.id = t.debit_account_id and d.ledger = t.ledger
        left join ${schema}.accounts c on c.id = t.credit_account_id and c.ledger = t.ledger
        where d.id is null or c.id is null`,
    },
    {
      id: 'L2',
      title: `${schema}: debits equal credits in each currency`,
      sql: `select ledger::text as what, sum(debits_posted) || ' posted debits against ' || sum(credits_posted) || ', '
          || sum(debits_pending) || ' pending against ' || sum(credits_pending) as found
        from ${schema}.accounts group by ledger
        having sum(debits_posted) <> sum(credits_posted) or sum(debits_pending) <> sum(credits_pending)`,
    },
    {
      id: 'L3',
      title: `${schema}: each balance is the sum of its transfers, each pending sum that of its open holds`,
      sql: `with ${effects(schema)}, recomputed as (
          select account, sum(debits_pending) as dp, sum(debits_posted) as dd,
            sum(credits_pending) as cp, sum(credits_posted) as cc from effect group by account)
        select a.id::text as what, 'stored ' || a.debits_pending || '/' || a.debits_posted || '/' || a.credits_pending
            || '/' || a.credits_posted || ', recomputed ' || coalesce(r.dp, 0) || '/' || coalesce(r.dd, 0) || '/'
            || coalesce(r.cp, 0) || '/' || coalesce(r.cc, 0) as found
        from ${schema}.accounts a left join recomputed r on r.account = a.id
        where (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
          is distinct from (coalesce(r.dp, 0), coalesce(r.dd, 0), coalesce(r.cp, 0), coalesce(r.cc, 0))`,
    },
    {
      id: 'L4',
      title: `${schema}: no account is beyond its limit`,
      sql: `select id::text as what, 'debits ' || debits_posted + debits_pending || ', credits ' || credits_posted + credits_pending as found
        from ${schema}.accounts
        where (flags & 2 <> 0 and debits_posted + debits_pending > credits_posted)
          or (flags & 4 <> 0 and credits_posted + credits_pending > debits_posted)`,
    },
    {
      id: 'L6',
      title: `${schema}: amounts are positive, and only a hold is posted or released, once, within its amount`,
      sql: `select t.id::text as what, 'amount ' || t.amount || ', pending ' || coalesce(p.amount::text, 'missing') as found
        from ${schema}.transfers t
        left join ${schema}.transfers p on p.id = t.pending_id
        left join ${schema}.resolutions r on r.pending_id = t.pending_id
        where (t.amount <= 0 and t.flags & 200 = 0)
          or (t.flags & 12 <> 0 and (p.id is null or p.flags & 2 = 0 or t.amount > p.amount or r.resolved_by is distinct from t.id))`,
    },
  ];
}

const captured = `('captured', 'partially_refunded', 'refunded')`;

/** Checks of the network's payments against its ledger and its links. */
export const paymentChecks: readonly Check[] = [
  {
    id: 'L7',
    title: 'each captured payment has its entry once, for its amount',
    sql: `select p.id::text as what, p.state || ' ' || p.captured_amount || ', booked ' || coalesce(b.amount, 0) || ' in ' || coalesce(b.entries, 0) as found
      from payments.payment p
      left join (
        select t.user_data_128 as payment, sum(t.amount) as amount, count(*) as entries
        from ledger.transfers t where t.code in (1, 2) and t.flags & 10 = 0 group by t.user_data_128
      ) b on b.payment = p.id
      where (p.state in ${captured} and (b.entries is distinct from 1 or b.amount is distinct from p.captured_amount))
        or (p.state not in ${captured} and b.entries is not null)`,
  },
  {
    id: 'L7',
    title: 'each entry has its business event',
    sql: `select t.id::text as what, 'no payment ' || coalesce(t.user_data_128::text, 'named') as found
      from ledger.transfers t left join payments.payment p on p.id = t.user_data_128 where p.id is null`,
  },
  {
    id: 'L7',
    title: 'each refund has its entry once, for its amount, and a payment says what was refunded',
    sql: `select r.id::text as what, r.state || ' ' || r.amount || ', entry ' || coalesce(t.amount::text, 'missing') as found
      from payments.refund r
      left join ledger.transfers t on t.id = r.id
      left join ledger.resolutions e on e.pending_id = r.id
      where t.amount is distinct from r.amount
        or (r.state = 'succeeded' and e.status is distinct from 1) or (r.state = 'failed' and e.status is distinct from 2)
        or (r.state = 'pending' and e.status is not null)
      union all
      select p.id::text, 'refunded ' || p.refunded_amount || ', refunds ' || coalesce(s.done, 0) || ', reserved ' || p.refund_reserved || ' of ' || coalesce(s.all_of_it, 0)
      from payments.payment p left join (
        select payment_id, sum(amount) filter (where state = 'succeeded') as done,
          sum(amount) filter (where state <> 'failed') as all_of_it
        from payments.refund group by payment_id) s on s.payment_id = p.id
      where p.refunded_amount <> coalesce(s.done, 0) or p.refund_reserved <> coalesce(s.all_of_it, 0)`,
  },
  {
    id: 'L7',
    title: 'each open authorisation has its hold, and no ended one has',
    sql: `select p.id::text as what, p.state || ', hold ' || coalesce(h.amount::text, 'missing') as found
      from payments.payment p
      left join (
        select t.user_data_128 as payment, t.amount from ledger.transfers t
        left join ledger.resolutions r on r.pending_id = t.id
        where t.code = 2 and t.flags & 2 <> 0 and r.pending_id is null) h on h.payment = p.id
      where (p.state = 'authorised' and h.amount is distinct from p.authorised_amount)
        or (p.state <> 'authorised' and h.payment is not null)`,
  },
  {
    id: 'P3',
    title:
      'each payment with an unknown outcome has a live reversal, and each reversed one an acknowledged one',
    sql: `select p.id::text as what, p.state as found from payments.payment p
      where p.state = 'unknown' and not exists (select 1 from links.forward f where f.group_id = p.id
          and f.kind = 'reversal_advice' and f.acknowledged_at is null)
        or p.state = 'reversed' and not exists (select 1 from links.forward f where f.group_id = p.id
          and f.kind = 'reversal_advice' and f.acknowledged_at is not null)`,
  },
  {
    id: 'P4',
    title: 'nobody was told that a payment was captured which is not',
    sql: `select e.object_id::text as what, 'told captured, is ' || p.state as found
      from outbox.event e join payments.payment p on p.id = e.object_id
      where e.type = 'payment.captured' and p.state not in ${captured}`,
  },
  {
    id: 'P5',
    title: 'no two payments share the reference of a bank message',
    sql: `select rrn as what, count(*) || ' payments' as found from payments.payment where rrn is not null
      group by rrn having count(*) > 1`,
  },
  {
    id: 'P6',
    title: 'captured is within authorised, refunded within captured',
    sql: `select id::text as what, authorised_amount || '/' || captured_amount || '/' || refunded_amount as found
      from payments.payment
      where captured_amount > authorised_amount or refunded_amount > captured_amount or authorised_amount > amount`,
  },
  {
    id: 'P7',
    title: 'each payment went only where its states allow',
    sql: `with told as (
        select object_id, type, lag(type) over (partition by object_id order by position) as before
        from outbox.event where type in ('payment.created', 'payment.processing', 'payment.authorised', 'payment.captured',
          'payment.declined', 'payment.cancelled', 'payment.expired', 'payment.unknown', 'payment.reversed',
          'payment.partially_refunded', 'payment.refunded'))
      select object_id::text as what, coalesce(before, 'nothing') || ' to ' || type as found from told
      where (coalesce(before, '') || '>' || type) not in (
        '>payment.created', 'payment.created>payment.processing', 'payment.created>payment.cancelled',
        'payment.created>payment.expired', 'payment.processing>payment.authorised', 'payment.processing>payment.captured',
        'payment.processing>payment.declined', 'payment.processing>payment.unknown', 'payment.authorised>payment.captured',
        'payment.authorised>payment.cancelled', 'payment.authorised>payment.expired', 'payment.captured>payment.partially_refunded',
        'payment.captured>payment.refunded', 'payment.declined>payment.processing', 'payment.declined>payment.cancelled',
        'payment.declined>payment.expired', 'payment.unknown>payment.reversed',
        'payment.partially_refunded>payment.partially_refunded', 'payment.partially_refunded>payment.refunded')`,
  },
  {
    id: 'P1',
    title: 'no payment waits for a bank long beyond its horizon',
    sql: `select id::text as what, 'sent at ' || sent_at as found from payments.payment
      where state = 'processing' and due_at < (select max(at) from outbox.event) - interval '5 minutes'`,
  },
];

/** What the network posted is what a reference bank in the same database holds (P2). `schema` is its authorisations. */
export function bankChecks(schema: string, memberCode: string): Check[] {
  return [
    {
      id: 'P2',
      title: `${memberCode}: the bank holds exactly what the network posted`,
      sql: `select coalesce(p.id::text, o.rrn) as what, coalesce(p.state, 'no payment') || ', bank ' || coalesce(o.state || ' ' || o.posted, 'nothing') as found
        from (select p.* from payments.payment p join members.member m on m.id = p.issuer_id where m.code = '${memberCode}') p
        left join ${schema}.operation o on o.rrn = p.rrn and o.kind in ('hold', 'purchase')
        where (p.state in ${captured} and p.capture = 'automatic' and (o.state is distinct from 'posted' or o.posted is distinct from p.captured_amount))
          or (p.state = 'authorised' and o.state is distinct from 'held')
          or (p.state in ('reversed', 'declined') and o.state in ('held', 'posted'))`,
    },
  ];
}
