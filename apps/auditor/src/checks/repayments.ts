import type { Check } from '../check.ts';
import type { BankSchemas } from './bank.ts';

const base = {
  of: 'network',
  subject: 'transfer' as const,
  over: 'transfers.transfer',
  pace: 'whole' as const,
};

/** Repayments of credit cards: which request repaid, and by which messages. Code of their entries: 21. */
export const repaymentChecks: readonly Check[] = [
  {
    ...base,
    id: 'P4',
    name: 'repayment_is_one_transfer',
    over: 'credit.repayment',
    title: {
      en: 'each request that repaid a card is one transfer of its person to a card of his or her own, and no other request’s',
      zh: '每次还款请求恰好对应本人向自己卡的一笔转账，不与其他请求共用',
    },
    sql: `select r.key_id::text as what, case when t.id is null then 'no transfer' when r.n > 1 then 'one of ' || r.n
        || ' requests' else t.kind || ' ' || t.payee_via || ' of ' || t.payer_id end as found
      from (select key_id, user_id, transfer_id, count(*) over (partition by transfer_id) as n from credit.repayment
        where transfer_id is not null) r
      left join transfers.transfer t on t.id = r.transfer_id
      where t.id is null or r.n > 1 or t.kind <> 'repayment' or t.payee_via <> 'own' or t.payer_id <> r.user_id
        or t.payee_id is distinct from r.user_id`,
  },
  {
    ...base,
    id: 'L7',
    name: 'repayment_has_its_legs',
    title: {
      en: 'a repayment was asked for once at each bank, taken before it was given, and is booked as a repayment',
      zh: '每笔还款在两家银行各只请求一次，先扣款后入账，并按还款记账',
    },
    sql: `with legs as (
        select group_id, count(distinct rrn) filter (where kind = 'transfer_debit') as debits,
          count(distinct rrn) filter (where kind = 'transfer_credit') as credits,
          min(rrn) filter (where kind = 'transfer_debit') as debit_rrn,
          min(rrn) filter (where kind = 'transfer_credit') as credit_rrn,
          count(*) filter (where kind = 'transfer_debit' and outcome = 'answered' and response_code = '00') as taken
        from links.exchange where kind in ('transfer_debit', 'transfer_credit')
          and group_id in (select id from transfers.transfer where kind = 'repayment') group by group_id)
      select t.id::text as what, t.state || ', taken ' || coalesce(l.taken, 0) || ' times under ' || coalesce(l.debits, 0)
        || ' numbers, given under ' || coalesce(l.credits, 0) || ', entry ' || coalesce(e.code::text, 'none') as found
      from transfers.transfer t
      left join legs l on l.group_id = t.id
      left join ledger.transfers e on e.id = t.id
      where t.kind = 'repayment' and (l.debits > 1 or l.credits > 1 or l.debit_rrn <> t.debit_rrn
        or l.credit_rrn <> t.credit_rrn or (e.id is not null and e.code <> 21)
        or (t.credit_rrn is not null and coalesce(l.taken, 0) <> 1))`,
  },
];

/** The network's repayments and the cards at a reference bank in the same database. */
export function repaidChecks(bank: BankSchemas): Check[] {
  const member = `(select id from members.member where code = '${bank.code}')`;
  return [
    {
      ...base,
      id: 'P2',
      of: bank.code,
      name: 'bank_repaid_credit_cards',
      title: {
        en: 'what was repaid was posted to credit accounts of this bank, one posting for each repayment',
        zh: '还款都恰好一次记入本行信用卡账户',
      },
      sql: `select t.id::text as what, t.kind || ' of ' || t.amount || ', posted ' || count(o.id) || ' times, to '
          || coalesce(string_agg(a.kind, ' '), 'nothing') as found
        from transfers.transfer t
        left join ${bank.authorisation}.operation o on o.rrn = t.credit_rrn and o.kind = 'transfer_in'
          and o.state = 'posted'
        left join ${bank.accounts}.account a on a.id = o.account_id
        where t.payee_member = ${member} and t.state = 'completed'
        group by t.id, t.kind, t.amount
        having count(o.id) > 0 and (count(o.id) > 1
          or (t.kind = 'repayment') is distinct from bool_and(a.kind is not distinct from 'credit'))`,
    },
  ];
}
