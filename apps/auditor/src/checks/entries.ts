import { type Check, paid, type Scope } from '../check.ts';

/** Sales and authorisations. */
function saleChecks(s: Scope): Check[] {
  const base = { of: 'network', pace: 'sample' as const };
  const onPayments = { ...base, subject: 'payment' as const, over: s.payments };
  return [
    {
      ...onPayments,
      id: 'L7',
      name: 'captured_is_booked',
      title: {
        en: 'each captured payment has its entry once, for its amount, and no other has one',
        zh: '每笔已收款的付款恰好记账一次且金额相同，其他付款没有',
      },
      sql: `select p.id::text as what, p.state || ' ' || p.captured_amount || ', booked ' || coalesce(b.amount, 0) || ' in '
          || coalesce(b.entries, 0) || ' entries' as found
        from ${s.payments} p
        left join (select t.user_data_128 as payment, sum(t.amount) as amount, count(*) as entries
          from ${s.transfers} t where t.code in (1, 2) and t.flags & 10 = 0 group by t.user_data_128) b on b.payment = p.id
        where (p.state in ${paid} and (b.entries is distinct from 1 or b.amount is distinct from p.captured_amount))
          or (p.state not in ${paid} and (b.entries is not null or p.captured_amount <> 0))`,
    },
    {
      ...onPayments,
      id: 'L7',
      name: 'authorised_is_held',
      title: {
        en: 'each open authorisation has its hold, and no ended one has',
        zh: '每笔未结的授权都有冻结，已结束的没有',
      },
      sql: `select p.id::text as what, p.state || ' ' || p.authorised_amount || ', held ' || coalesce(h.amount, 0) as found
        from ${s.payments} p
        left join (select t.user_data_128 as payment, sum(t.amount) as amount from ${s.transfers} t
          left join ledger.resolutions r on r.pending_id = t.id
          where t.code = 2 and t.flags & 2 <> 0 and r.pending_id is null group by t.user_data_128) h on h.payment = p.id
        where (p.state = 'authorised' and h.amount is distinct from p.authorised_amount)
          or (p.state <> 'authorised' and h.payment is not null)`,
    },
    {
      ...base,
      subject: 'transfer',
      over: s.transfers,
      id: 'L7',
      name: 'entry_has_event',
      title: {
        en: 'each entry that is no transfer’s belongs to a payment, between the position of its issuer and what its merchant is owed',
        zh: '转账以外的每笔划转都属于一笔付款，介于其发卡行头寸与商户应付之间',
      },
      sql: `select t.id::text as what, case when p.id is null then 'no payment ' || coalesce(t.user_data_128::text, 'named')
            else 'kind ' || t.code || ', not between the accounts of payment ' || p.id end as found
        from ${s.transfers} t
        left join payments.payment p on p.id = t.user_data_128
        left join members.position i on i.member_id = p.issuer_id and i.currency = p.currency
        left join merchants.merchant m on m.id = p.merchant_id
        where t.code not in (20, 21) and (p.id is null or t.code not in (1, 2, 5)
          or (t.code in (1, 2) and (t.debit_account_id is distinct from i.account_id or t.credit_account_id is distinct from m.payable_account))
          or (t.code = 5 and (t.debit_account_id is distinct from m.payable_account or t.credit_account_id is distinct from i.account_id)))`,
    },
  ];
}

/** Refunds. */
function refundChecks(s: Scope): Check[] {
  const base = { of: 'network', pace: 'sample' as const };
  const onPayments = { ...base, subject: 'payment' as const, over: s.payments };
  return [
    {
      ...base,
      subject: 'refund',
      over: s.refunds,
      id: 'L7',
      name: 'refund_is_booked',
      title: {
        en: 'each refund has its entry: held while pending, posted when it succeeded, released when it failed',
        zh: '每笔退款都已记账：进行中为待定，成功即过账，失败即释放',
      },
      sql: `select r.id::text as what, r.state || ' ' || r.amount || ', entry ' || coalesce(t.amount::text, 'missing')
          || coalesce(', resolved as ' || e.status, '') as found
        from ${s.refunds} r
        left join ledger.transfers t on t.id = r.id and t.code = 5 and t.flags & 2 <> 0 and t.user_data_128 = r.payment_id
        left join ledger.resolutions e on e.pending_id = r.id
        left join ledger.transfers d on d.id = e.resolved_by
        where t.amount is distinct from r.amount
          or (r.state = 'succeeded' and (e.status is distinct from 1 or d.amount is distinct from r.amount))
          or (r.state = 'failed' and e.status is distinct from 2)
          or (r.state = 'pending' and e.status is not null)`,
    },
    {
      ...onPayments,
      id: 'L7',
      name: 'refunded_adds_up',
      title: {
        en: 'a payment says of its refunds what they add up to',
        zh: '付款上的退款金额等于各笔退款之和',
      },
      sql: `select p.id::text as what, 'refunded ' || p.refunded_amount || ' of ' || coalesce(r.done, 0) || ', reserved '
          || p.refund_reserved || ' of ' || coalesce(r.open_or_done, 0) as found
        from ${s.payments} p
        left join (select payment_id, sum(amount) filter (where state = 'succeeded') as done,
            sum(amount) filter (where state <> 'failed') as open_or_done
          from ${s.refunds} r group by payment_id) r on r.payment_id = p.id
        where p.refunded_amount <> coalesce(r.done, 0) or p.refund_reserved <> coalesce(r.open_or_done, 0)`,
    },
    {
      ...base,
      subject: 'refund',
      over: s.refunds,
      id: 'L7',
      name: 'refund_entry_has_refund',
      title: { en: 'each refund entry has its refund', zh: '每笔退款划转都有对应的退款' },
      sql: `select t.id::text as what, 'amount ' || t.amount || ', no refund' as found
        from ${s.transfers} t left join payments.refund r on r.id = t.id
        where t.code = 5 and t.flags & 2 <> 0 and r.id is null`,
    },
  ];
}

/** Payments against the network's ledger, in both directions. Codes of transfers: 1 purchase, 2 hold, 5 refund. */
export function entryChecks(s: Scope): Check[] {
  return [...saleChecks(s), ...refundChecks(s)];
}
