import { type Check, paid, type Scope } from '../check.ts';

/** How long past its hour a payment may stay as it is: the sweeper looks every second, a start takes longer. */
const overdue = `interval '5 minutes'`;

const states = [
  'created',
  'processing',
  'authorised',
  'captured',
  'declined',
  'cancelled',
  'expired',
  'unknown',
  'reversed',
  'partially_refunded',
  'refunded',
];
const told = states.map((s) => `'payment.${s}'`).join(', ');

/** Where a payment may go: written down here once more on purpose, so that a mistake in the table in use is seen. */
const steps = [
  'created>processing',
  'created>cancelled',
  'created>expired',
  'processing>authorised',
  'processing>captured',
  'processing>declined',
  'processing>unknown',
  'authorised>captured',
  'authorised>cancelled',
  'authorised>expired',
  'captured>partially_refunded',
  'captured>refunded',
  'declined>processing',
  'declined>cancelled',
  'declined>expired',
  'unknown>reversed',
  'partially_refunded>partially_refunded',
  'partially_refunded>refunded',
];
const allowed = steps.map((s) => `'payment.${s.replace('>', '>payment.')}'`).join(', ');

/** Payments that wait, and how they ended. */
function rowChecks(s: Scope): Check[] {
  const base = { of: 'network', subject: 'payment' as const, over: s.payments, pace: 'sample' as const };
  return [
    {
      ...base,
      id: 'P1',
      name: 'no_unfinished',
      title: {
        en: 'no payment waits beyond its hour, and none that waits has no hour',
        zh: '没有付款超过时限仍未了结，待办的付款都有时限',
      },
      sql: `select p.id::text as what, p.state || coalesce(', due at ' || p.due_at, ', never due') as found
        from ${s.payments} p
        where p.state in ('created', 'processing', 'authorised', 'declined')
          and (p.due_at is null or p.due_at < ${s.asOf} - ${overdue})`,
    },
    {
      ...base,
      pace: 'whole',
      id: 'P1',
      name: 'due_is_listed',
      over: 'payments.due',
      title: {
        en: 'the list of what is due holds the payments that have an hour, at that hour, and no others',
        zh: '到期清单恰好是有时限的付款及其时限，不多不少',
      },
      sql: `select coalesce(p.id, d.payment_id)::text as what, case when p.id is null then 'listed for ' || d.at || ' and not due'
            else 'due at ' || p.due_at || ' and not listed' end as found
        from (select id, due_at from ${s.payments} p where due_at is not null) p
        full join payments.due d on d.payment_id = p.id and d.at = p.due_at
        where p.id is null or d.payment_id is null`,
    },
    {
      ...base,
      id: 'P4',
      name: 'one_success',
      title: {
        en: 'a payment is approved once: one approval in time, one success told',
        zh: '一笔付款只成功一次：一次及时的批准，一次成功的通知',
      },
      sql: `select p.id::text as what, p.state || ', ' || coalesce(a.approvals, 0) || ' approvals, ' || coalesce(e.successes, 0) || ' successes told' as found
        from ${s.payments} p
        left join (select x.group_id, count(*) as approvals from ${s.exchanges} x
          where x.kind in ('financial', 'authorisation') and x.outcome = 'answered' and x.response_code = '00'
          group by x.group_id) a on a.group_id = p.id
        left join (select e.object_id, count(*) as successes from ${s.events} e
          where e.type = 'payment.captured' group by e.object_id) e on e.object_id = p.id
        where a.approvals > 1 or e.successes > 1 or (e.successes > 0 and p.state not in ${paid})
          or (p.authorised_amount > 0 and a.approvals is null) or (p.state in ${paid} and e.successes is null)`,
    },
  ];
}

/** Their references and amounts. */
function figureChecks(s: Scope): Check[] {
  const base = { of: 'network', subject: 'payment' as const, over: s.payments, pace: 'sample' as const };
  return [
    {
      ...base,
      id: 'P5',
      name: 'references_unique',
      pace: 'whole' as const,
      title: {
        en: 'no two messages to banks bear the same retrieval reference',
        zh: '发往银行的报文，检索参考号互不相同',
      },
      sql: `select rrn as what, count(*) || ' messages' as found from (
          select rrn from ${s.payments} p where rrn is not null
          union all select rrn from ${s.refunds} r
          union all select payload ->> 'rrn' from ${s.forwards} f where kind = 'completion_advice') m
        group by rrn having count(*) > 1`,
    },
    {
      ...base,
      id: 'P5',
      name: 'payer_is_listed',
      title: {
        en: 'each payment is in the list of its payer, under the reference that its bank knows',
        zh: '每笔付款都以银行所知的参考号列在付款人名下',
      },
      sql: `select p.id::text as what, 'reference ' || p.rrn || ' of payer ' || coalesce(p.user_id::text, 'nobody') || ' is not listed' as found
        from ${s.payments} p
        where p.rrn is not null and not exists (
          select 1 from payments.payer y where y.user_id = p.user_id and y.payment_id = p.id and y.rrn = p.rrn)`,
    },
    {
      ...base,
      id: 'P6',
      name: 'amounts_within',
      title: {
        en: 'authorised is within the amount, captured within authorised, refunded within captured',
        zh: '授权不超过金额，收款不超过授权，退款不超过收款',
      },
      sql: `select p.id::text as what, 'amount ' || p.amount || ', authorised ' || p.authorised_amount || ', captured '
          || p.captured_amount || ', reserved ' || p.refund_reserved || ', refunded ' || p.refunded_amount as found
        from ${s.payments} p
        where p.amount <= 0 or p.authorised_amount > p.amount or p.captured_amount > p.authorised_amount
          or p.refund_reserved > p.captured_amount or p.refunded_amount > p.refund_reserved
          or least(p.authorised_amount, p.captured_amount, p.refund_reserved, p.refunded_amount) < 0`,
    },
  ];
}

/** What was told of them. */
function eventChecks(s: Scope): Check[] {
  const base = { of: 'network', subject: 'payment' as const, over: s.payments, pace: 'sample' as const };
  return [
    {
      ...base,
      id: 'P7',
      name: 'steps_allowed',
      over: s.events,
      title: {
        en: 'each payment began as created and went only where its states allow',
        zh: '每笔付款都始于创建，且只按允许的状态变化',
      },
      sql: `with told as (
          select e.object_id, e.type, lag(e.type) over (partition by e.object_id order by e.position) as before
          from ${s.events} e where e.type in (${told}))
        select object_id::text as what, coalesce(before, 'nothing') || ' to ' || type as found from told
        where case when before is null then type <> 'payment.created' else before || '>' || type not in (${allowed}) end`,
    },
    {
      ...base,
      id: 'W1',
      name: 'state_is_told',
      title: {
        en: 'the last thing told of a payment is the state it is in, and nothing is told of what does not exist',
        zh: '付款的最后一次通知就是它现在的状态，没有无主的通知',
      },
      sql: `select coalesce(p.id, e.object_id)::text as what, coalesce(p.state, 'no payment') || ', last told ' || coalesce(e.type, 'nothing') as found
        from ${s.payments} p
        full join (select distinct on (e.object_id) e.object_id, e.type from ${s.events} e
          where e.type in (${told}) order by e.object_id, e.position desc) e on e.object_id = p.id
        where e.type is distinct from 'payment.' || p.state`,
    },
    {
      ...base,
      id: 'W1',
      name: 'told_to_the_right_ones',
      over: s.events,
      title: {
        en: 'what is told of a payment goes to its merchant, and to its payer and issuer once it has them',
        zh: '付款的通知送达商户，确定之后也送达付款人与发卡行',
      },
      sql: `select p.id::text as what, e.type || ', event ' || e.id as found
        from ${s.events} e join payments.payment p on p.id = e.object_id
        where not e.tenants @> array[p.merchant_id]
          or (e.type in ('payment.captured', 'payment.authorised') and not e.tenants @> array[p.user_id, p.issuer_id])`,
    },
  ];
}

/** Payments by themselves: their states, amounts, references, and what was told of them. */
export function paymentChecks(s: Scope): Check[] {
  return [...rowChecks(s), ...figureChecks(s), ...eventChecks(s)];
}
