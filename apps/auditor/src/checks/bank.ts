import { type Check, paid, type Scope } from '../check.ts';

/** The schemas of one reference bank. */
export interface BankSchemas {
  code: string;
  ledger: string;
  accounts: string;
  authorisation: string;
  classes: string;
}

/** What the network posted is what a reference bank in the same database holds. */
export function agreementChecks(bank: BankSchemas, s: Scope): Check[] {
  const operations = s.operations(bank.authorisation);
  const base = { id: 'P2', of: bank.code, pace: 'sample' as const };
  const ours = `(select p.* from ${s.payments} p join members.member m on m.id = p.issuer_id where m.code = '${bank.code}' and p.rrn is not null)`;
  return [
    {
      ...base,
      subject: 'payment',
      over: s.payments,
      name: 'bank_holds_what_we_posted',
      title: {
        en: 'the bank holds exactly what the network posted',
        zh: '银行所记与网络所记完全一致',
      },
      sql: `select p.id::text as what, p.state || ' ' || p.captured_amount || ' less ' || p.refunded_amount || ', bank '
          || coalesce(o.state || ' ' || o.posted || ' less ' || o.refunded, 'nothing') as found
        from ${ours} p
        left join ${bank.authorisation}.operation o on o.rrn = p.rrn and o.kind in ('hold', 'purchase')
        left join links.forward c on c.group_id = p.id and c.kind = 'completion_advice' and c.outcome = 'accepted'
        where (p.state in ${paid} and (o.state is null
            or (p.capture = 'automatic' or c.id is not null) and (o.state <> 'posted' or o.posted <> p.captured_amount)
            or p.capture = 'manual' and o.state not in ('held', 'posted')
            or o.refunded not between p.refunded_amount and p.refund_reserved))
          or (p.state = 'authorised' and (o.state is distinct from 'held' or o.amount <> p.authorised_amount))
          or (p.state in ('reversed', 'declined') and o.state in ('held', 'posted'))
          or (p.state in ('cancelled', 'expired') and (o.state = 'posted' or o.state = 'held' and not exists (
            select 1 from links.forward f where f.group_id = p.id and f.kind = 'reversal_advice' and f.acknowledged_at is null)))`,
    },
    {
      ...base,
      subject: 'message',
      over: operations,
      pace: 'whole' as const,
      name: 'bank_holds_nothing_else',
      title: {
        en: 'the bank has taken or given nothing under our name that the network does not know',
        zh: '银行没有以本网络名义发生网络不知道的收付',
      },
      sql: `select o.id::text as what, o.kind || ' ' || o.state || ' ' || o.amount || ' under ' || o.rrn as found
        from ${operations} o
        join members.member a on a.institution = o.acquirer and a.acquirer
        left join payments.payment p on p.rrn = o.rrn
        left join payments.refund r on r.rrn = o.rrn
        where (o.kind in ('hold', 'purchase') and o.state in ('held', 'posted') and (p.id is null or p.amount <> o.amount))
          or (o.kind = 'refund' and o.state = 'posted' and (r.id is null or r.amount <> o.amount or r.state = 'failed'))`,
    },
    {
      ...base,
      subject: 'refund',
      over: s.refunds,
      name: 'bank_gave_the_refunds',
      title: { en: 'each refund that succeeded was given by the bank', zh: '每笔成功的退款，银行都已退回' },
      sql: `select r.id::text as what, r.state || ' ' || r.amount || ', bank ' || coalesce(o.state || ' ' || o.posted, 'nothing') as found
        from ${s.refunds} r
        join payments.payment p on p.id = r.payment_id
        join members.member m on m.id = p.issuer_id and m.code = '${bank.code}'
        left join ${bank.authorisation}.operation o on o.rrn = r.rrn and o.kind = 'refund'
        where r.state = 'succeeded' and (o.state is distinct from 'posted' or o.posted <> r.amount)`,
    },
  ];
}

/** Operations against the ledger and the statements. */
function bookChecks(bank: BankSchemas): Check[] {
  const { ledger, authorisation } = bank;
  const base = { of: bank.code, pace: 'whole' as const };
  return [
    {
      ...base,
      subject: 'message',
      over: `${authorisation}.operation`,
      id: 'L7',
      name: 'operation_is_booked',
      title: {
        en: 'each operation moved on its account what it says: a hold nothing yet, a reversed one nothing in the end',
        zh: '每笔业务对账户的影响与其记录一致：冻结未动账，冲正后净额为零',
      },
      sql: `select o.id::text as what, o.kind || ' ' || o.state || ' ' || o.posted || ' less ' || o.refunded || ', moved ' || coalesce(e.moved, 0)
          || ', held ' || coalesce(h.held, 0) as found
        from ${authorisation}.operation o
        left join (select t.user_data_128 as operation,
            sum(case when t.code in (10, 11, 14) then t.amount else -t.amount end) as moved
          from ${ledger}.transfers t where t.flags & 10 = 0 and t.code between 10 and 14 group by t.user_data_128) e on e.operation = o.id
        left join (select t.user_data_128 as operation, sum(t.amount) as held from ${ledger}.transfers t
          left join ${ledger}.resolutions r on r.pending_id = t.id
          where t.flags & 2 <> 0 and r.pending_id is null group by t.user_data_128) h on h.operation = o.id
        where o.kind in ('hold', 'purchase')
          and (coalesce(e.moved, 0) <> case o.state when 'posted' then o.posted - o.refunded else 0 end
            or coalesce(h.held, 0) <> case o.state when 'held' then o.amount else 0 end)`,
    },
    {
      ...base,
      subject: 'message',
      over: `${authorisation}.operation`,
      id: 'P6',
      name: 'operation_refunds',
      title: {
        en: 'the refunds of an operation add up to what it says, and to no more than it took',
        zh: '每笔业务的退款之和与其记录一致，且不超过所扣金额',
      },
      sql: `select o.id::text as what, 'refunded ' || o.refunded || ' of ' || o.posted || ', refunds ' || coalesce(r.amount, 0) as found
        from ${authorisation}.operation o
        left join (select parent_id, sum(posted) as amount from ${authorisation}.operation
          where kind = 'refund' and state = 'posted' group by parent_id) r on r.parent_id = o.id
        where o.kind in ('hold', 'purchase') and (o.refunded <> coalesce(r.amount, 0) or o.refunded > o.posted or o.posted > o.amount)`,
    },
  ];
}

/** Messages against operations. */
function messageChecks(bank: BankSchemas): Check[] {
  const { ledger, accounts, authorisation } = bank;
  const base = { of: bank.code, pace: 'whole' as const };
  return [
    {
      ...base,
      subject: 'message',
      over: `${authorisation}.message`,
      id: 'P5',
      name: 'message_has_operation',
      title: {
        en: 'each approved message has its operation once, each operation its message',
        zh: '每条批准的报文恰有一笔业务，每笔业务都有报文',
      },
      sql: `select coalesce(m.key, o.id::text) as what, coalesce(m.kind || ' answered ' || m.response_code, 'no message') || ', '
          || coalesce('operation ' || o.amount, 'no operation') as found
        from (select * from ${authorisation}.message where response_code = '00' and kind <> 'reversal') m
        full join (select * from ${authorisation}.operation where kind <> 'refused') o on o.id = m.operation_id
        where m.key is null or o.id is null or m.amount <> o.amount or m.kind <> o.kind`,
    },
    {
      ...base,
      subject: 'account',
      over: `${accounts}.movement`,
      id: 'L3',
      name: 'statement_adds_up',
      title: {
        en: 'the statement of each customer adds up to the balance of the account',
        zh: '每位客户的明细合计等于账户余额',
      },
      sql: `select a.id::text as what, 'statement ' || coalesce(m.amount, 0) || ' with a credit limit of ' || a.credit_limit
          || ', balance ' || (l.credits_posted - l.debits_posted) as found
        from ${accounts}.account a
        left join ${ledger}.accounts l on l.id = a.id
        left join (select account_id, sum(amount) as amount from ${accounts}.movement group by account_id) m on m.account_id = a.id
        where l.credits_posted - l.debits_posted is distinct from coalesce(m.amount, 0) + a.credit_limit`,
    },
  ];
}

/** Legs of transfers and repayments against the ledger, and limits against what was counted. */
function transferChecks(bank: BankSchemas): Check[] {
  const { ledger, authorisation, classes } = bank;
  const base = { of: bank.code, pace: 'whole' as const };
  return [
    {
      ...base,
      subject: 'message',
      over: `${authorisation}.operation`,
      id: 'L7',
      name: 'leg_is_booked',
      title: {
        en: 'each leg of a transfer moved on its account what it says, a reversed one nothing in the end',
        zh: '每笔转账的借贷分录与其记录一致,冲正后净额为零',
      },
      sql: `select o.id::text as what, o.kind || ' ' || o.state || ' ' || o.posted || ', moved ' || coalesce(e.moved, 0) as found
        from ${authorisation}.operation o
        left join (select t.user_data_128 as operation,
            sum(case when t.code = 15 then -t.amount else t.amount end) as moved
          from ${ledger}.transfers t where t.flags & 10 = 0 and t.code in (13, 15, 16, 17) group by t.user_data_128) e on e.operation = o.id
        where o.kind in ('transfer_out', 'transfer_in')
          and (coalesce(e.moved, 0) <> case when o.state <> 'posted' then 0 when o.kind = 'transfer_in' then o.posted else -o.posted end
            or o.kind = 'transfer_in' and o.state <> 'posted')`,
    },
    {
      ...base,
      subject: 'account',
      over: `${classes}.used`,
      id: 'L7',
      name: 'limits_are_counted',
      title: {
        en: 'what is used of an account’s limits is what was counted against them',
        zh: '账户限额的已用额等于计入限额的各笔之和',
      },
      sql: `with counted as (
          select account_id, case when kind = 'transfer_in' then 'in' else 'out' end as direction,
            sum(case state when 'held' then amount when 'posted' then posted else 0 end) as amount
          from ${authorisation}.operation where counted group by 1, 2),
        used as (
          select account_id, split_part(code, '_', 1) as direction, split_part(code, '_', 2) as period, sum(amount) as amount
          from ${classes}.used group by 1, 2, 3)
        select coalesce(u.account_id, c.account_id)::text as what,
          coalesce(u.direction || ' in the ' || u.period || 's ' || u.amount, 'nothing used') || ', counted ' || coalesce(c.amount, 0) as found
        from used u full join counted c on c.account_id = u.account_id and c.direction = u.direction
        where coalesce(u.amount, 0) <> coalesce(c.amount, 0)`,
    },
  ];
}

/** A reference bank by itself: its operations, its ledger and its customers' statements tell the same story. */
export function bankChecks(bank: BankSchemas): Check[] {
  return [...bookChecks(bank), ...messageChecks(bank), ...transferChecks(bank)];
}
