import { type Check, paid, type Scope } from '../check.ts';

/** A stored message is alive while it is unanswered and will be tried again before long. */
const alive = (s: Scope) => `f.acknowledged_at is null and f.next_attempt_at < ${s.asOf} + interval '1 hour'`;

/** What banks must still be told, against what payments and refunds say. */
export function messageChecks(s: Scope): Check[] {
  const base = { of: 'network', pace: 'sample' as const };
  const onPayments = { ...base, subject: 'payment' as const, over: s.payments };
  return [
    {
      ...onPayments,
      id: 'P3',
      name: 'unknown_is_reversed',
      title: {
        en: 'each unknown payment has a live reversal, each reversed one an acknowledged one',
        zh: '每笔未知的付款都有进行中的冲正，已冲正的都经银行确认',
      },
      sql: `select p.id::text as what, p.state || ', ' || coalesce(r.open, 0) || ' reversals open, ' || coalesce(r.done, 0) || ' acknowledged' as found
        from ${s.payments} p
        left join (select f.group_id, count(*) filter (where ${alive(s)}) as open, count(f.acknowledged_at) as done
          from ${s.forwards} f where f.kind = 'reversal_advice' group by f.group_id) r on r.group_id = p.id
        where (p.state = 'unknown' and coalesce(r.open, 0) = 0) or (p.state = 'reversed' and coalesce(r.done, 0) = 0)
          or (p.state in ('cancelled', 'expired') and p.authorised_amount > 0 and coalesce(r.open, 0) + coalesce(r.done, 0) = 0)`,
    },
    {
      ...onPayments,
      id: 'P3',
      name: 'no_reversal_of_success',
      title: {
        en: 'no payment that stands is being reversed at its bank',
        zh: '成立的付款没有向银行冲正',
      },
      over: s.forwards,
      sql: `select f.group_id::text as what, coalesce(p.state, 'no payment') || ', ' || f.kind || ' ' || f.id as found
        from ${s.forwards} f left join payments.payment p on p.id = f.group_id
        left join transfers.transfer t on t.id = f.group_id
        where (p.id is null and t.id is null)
          or (f.kind = 'reversal_advice' and p.state in ('created', 'processing', 'authorised', 'declined', 'captured', 'partially_refunded', 'refunded'))
          or (f.kind in ('completion_advice', 'refund_advice') and p.state not in ${paid})`,
    },
    {
      ...onPayments,
      id: 'P3',
      name: 'capture_is_told',
      title: {
        en: 'of each captured authorisation the issuer is told once, with the amount',
        zh: '每笔授权后的收款都以其金额通知发卡行一次',
      },
      sql: `select p.id::text as what, p.captured_amount || ', told ' || coalesce(c.amounts, 'nothing') as found
        from ${s.payments} p
        left join (select f.group_id, string_agg(f.payload ->> 'amount', ', ') as amounts
          from ${s.forwards} f where f.kind = 'completion_advice' group by f.group_id) c on c.group_id = p.id
        where p.capture = 'manual' and p.state in ${paid} and c.amounts is distinct from p.captured_amount::text`,
    },
    {
      ...base,
      subject: 'refund',
      over: s.refunds,
      id: 'P3',
      name: 'refund_is_told',
      title: {
        en: 'of each refund the issuer is told: live while pending, accepted when done, refused when failed',
        zh: '每笔退款都通知发卡行：进行中在重发，成功已接受，失败被拒绝',
      },
      sql: `select r.id::text as what, r.state || ' ' || r.amount || ', advice ' || coalesce(f.outcome, case when f.id is null then 'missing' else 'open' end)
          || coalesce(' of ' || (f.payload ->> 'amount'), '') as found
        from ${s.refunds} r
        left join links.forward f on f.id = r.id and f.kind = 'refund_advice' and f.group_id = r.payment_id
        where f.payload ->> 'amount' is distinct from r.amount::text
          or (r.state = 'pending' and (${alive(s)}) is not true)
          or (r.state = 'succeeded' and f.outcome is distinct from 'accepted')
          or (r.state = 'failed' and f.outcome is distinct from 'refused')`,
    },
  ];
}

/** Nothing that is kept for a while is kept for ever, and nothing that waits is forgotten. */
export function boundChecks(asOf: string): Check[] {
  const base = { of: 'network', pace: 'whole' as const };
  return [
    {
      ...base,
      subject: 'message',
      over: '(select 1 from links.forward where acknowledged_at is null) waiting',
      id: 'R1',
      name: 'waiting_is_escalated',
      pace: 'always',
      title: {
        en: 'what a bank leaves unanswered for an hour is on the work list, and no process holds it for ever',
        zh: '银行一小时未答复的报文已上报，且不被任何进程长期占用',
      },
      sql: `select f.id::text as what, f.kind || ', ' || f.attempts || ' attempts since ' || f.created_at
          || coalesce(', held until ' || f.lease_until, '') as found
        from links.forward f
        where f.acknowledged_at is null
          and ((f.escalated_at is null and f.created_at < ${asOf} - interval '1 hour') or f.lease_until > ${asOf} + interval '1 hour')`,
    },
    {
      ...base,
      subject: 'key',
      over: 'idempotency.key',
      id: 'R1',
      name: 'keys_are_forgotten',
      title: {
        en: 'idempotency keys are forgotten after a day, and no claim blocks its duplicates for ever',
        zh: '幂等键一天后清除，没有键永久挡住重复的请求',
      },
      sql: `select 'keys' as what, count(*) || ' older than two days, or leased beyond an hour' as found from idempotency.key k
        where k.created_at < ${asOf} - interval '2 days' or (k.status is null and k.leased_until > ${asOf} + interval '1 hour')
        having count(*) > 0`,
    },
    {
      ...base,
      subject: 'card',
      over: 'wallets.used_pay_code',
      id: 'R1',
      name: 'codes_are_forgotten',
      title: {
        en: 'used pay codes are forgotten once they have expired',
        zh: '用过的付款码过期后清除',
      },
      sql: `select 'used pay codes' as what, count(*) || ' older than two days' as found from wallets.used_pay_code c
        where c.step < floor(extract(epoch from ${asOf} - interval '2 days') / 15) having count(*) > 0`,
    },
  ];
}
