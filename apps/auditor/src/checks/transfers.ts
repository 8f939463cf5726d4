import type { Check } from '../check.ts';
import type { BankSchemas } from './bank.ts';

/** What may follow what, as events tell it. */
const steps = [
  'scheduled>debiting',
  'scheduled>declined',
  'scheduled>cancelled',
  'debiting>crediting',
  'debiting>declined',
  'debiting>unknown',
  'crediting>completed',
  'crediting>confirming',
  'crediting>returning',
  'confirming>completed',
  'confirming>returning',
  'unknown>returned',
  'returning>returned',
];
const states = [...new Set(steps.flatMap((s) => s.split('>')))];
const told = states.map((s) => `'transfer.${s}'`).join(', ');
const allowed = steps.map((s) => `'transfer.${s.replace('>', '>transfer.')}'`).join(', ');

const base = {
  of: 'network',
  subject: 'transfer' as const,
  over: 'transfers.transfer',
  pace: 'whole' as const,
};

/** Transfers against the network's ledger. Codes of entries: 20 transfer, 21 repayment. */
const bookChecks: readonly Check[] = [
  {
    ...base,
    id: 'L7',
    name: 'transfer_is_booked',
    title: {
      en: 'each completed transfer between two banks has its entry once, from the payer’s bank to the payee’s; no other has one',
      zh: '每笔完成的跨行转账恰好记账一次，由付款行到收款行；其他转账没有',
    },
    sql: `select coalesce(t.id, e.user_data_128, e.id)::text as what, coalesce(t.state || ' ' || t.amount, 'no transfer')
        || ', booked ' || coalesce(e.amount::text, 'nothing') as found
      from (select * from transfers.transfer where state = 'completed' and payer_member <> payee_member) t
      full join (select * from ledger.transfers where code in (20, 21)) e on e.user_data_128 = t.id
      left join members.position a on a.member_id = t.payer_member and a.currency = t.currency
      left join members.position b on b.member_id = t.payee_member and b.currency = t.currency
      where t.id is null or e.id is distinct from t.id or e.amount is distinct from t.amount
        or e.debit_account_id is distinct from a.account_id or e.credit_account_id is distinct from b.account_id`,
  },
];

/** What was taken is given, or on its way back. */
const wayChecks = (asOf: string): Check[] => [
  {
    ...base,
    id: 'P1',
    name: 'transfer_is_looked_at',
    title: {
      en: 'a transfer that waits for something is looked at before long, an ended one no more',
      zh: '未结束的转账都有待办，已结束的没有',
    },
    sql: `select coalesce(t.id, d.transfer_id)::text as what, coalesce(t.state, 'no transfer') || ', due '
        || coalesce(d.at::text, 'never') as found
      from (select * from transfers.transfer where state in ('scheduled', 'debiting', 'crediting', 'confirming')) t
      full join transfers.due d on d.transfer_id = t.id
      where t.id is null or d.transfer_id is null
        or (t.state <> 'scheduled' and d.at > ${asOf} + interval '1 hour')`,
  },
  {
    ...base,
    id: 'P3',
    name: 'return_is_under_way',
    title: {
      en: 'what was taken and not given is being given back until the bank acknowledges it, and nothing else is',
      zh: '已扣未入账的款项正在退回直至银行确认，其他转账没有冲正',
    },
    sql: `select t.id::text as what, t.state || ', ' || coalesce(r.open, 0) || ' reversals open, ' || coalesce(r.done, 0)
        || ' acknowledged' as found
      from transfers.transfer t
      left join (select f.group_id, count(*) filter (where f.acknowledged_at is null
            and f.next_attempt_at < ${asOf} + interval '1 hour') as open,
          count(*) filter (where f.outcome = 'accepted') as done, count(*) as n
        from links.forward f where f.kind = 'reversal_advice' group by f.group_id) r on r.group_id = t.id
      where (t.state in ('unknown', 'returning') and coalesce(r.n, 0) = 0)
        or (t.state in ('unknown', 'returning') and r.open = 0 and r.done > 0)
        or (t.state = 'returned' and coalesce(r.done, 0) = 0)
        or (t.state not in ('unknown', 'returning', 'returned') and r.n > 0)`,
  },
];

/** What was told of them. */
const eventChecks: readonly Check[] = [
  {
    ...base,
    id: 'P7',
    name: 'transfer_steps_allowed',
    title: {
      en: 'each transfer began as scheduled or debiting and went only where its states allow',
      zh: '每笔转账都始于预约或扣款，且只按允许的状态变化',
    },
    sql: `with told as (
        select e.object_id, e.type, lag(e.type) over (partition by e.object_id order by e.position) as before
        from outbox.event e where e.type in (${told}))
      select object_id::text as what, coalesce(before, 'nothing') || ' to ' || type as found from told
      where case when before is null then type not in ('transfer.scheduled', 'transfer.debiting')
        else before || '>' || type not in (${allowed}) end`,
  },
  {
    ...base,
    id: 'W1',
    name: 'transfer_is_told',
    title: {
      en: 'the last thing told of a transfer is its state, to its payer, and once it has arrived to its payee',
      zh: '转账的最后一次通知就是它现在的状态，送达付款人，到账后也送达收款人',
    },
    sql: `select coalesce(t.id, e.object_id)::text as what, coalesce(t.state, 'no transfer') || ', last told '
        || coalesce(e.type, 'nothing') as found
      from transfers.transfer t
      full join (select distinct on (e.object_id) e.object_id, e.type, e.tenants from outbox.event e
        where e.type in (${told}) order by e.object_id, e.position desc) e on e.object_id = t.id
      where e.type is distinct from 'transfer.' || t.state or not e.tenants @> array[t.payer_id]
        or (t.payee_id is not null and t.payee_id <> t.payer_id
          and (t.state = 'completed') is distinct from (e.tenants @> array[t.payee_id]))`,
  },
];

/** Transfers of the network. */
export const transferChecks = (asOf: string): Check[] => [...bookChecks, ...wayChecks(asOf), ...eventChecks];

/** The network's transfers and the legs at a reference bank in the same database. */
export function legChecks(bank: BankSchemas): Check[] {
  const { authorisation } = bank;
  const ofBank = { ...base, id: 'P2', of: bank.code };
  const member = `(select id from members.member where code = '${bank.code}')`;
  return [
    {
      ...ofBank,
      name: 'bank_took_and_gave_what_we_say',
      title: {
        en: 'of a completed transfer the bank took or gave exactly the amount, of one that came back nothing',
        zh: '完成的转账银行按金额扣款或入账；未成的转账银行没有留下收付',
      },
      sql: `select l.id::text as what, l.leg || ' of ' || l.state || ' ' || l.amount || ', bank '
          || coalesce(o.state || ' ' || o.posted, 'nothing') as found
        from (
          select id, state, amount, 'debit' as leg, debit_rrn as rrn, 'transfer_out' as kind from transfers.transfer
          where payer_member = ${member} and debit_rrn is not null
          union all
          select id, state, amount, 'credit', credit_rrn, 'transfer_in' from transfers.transfer
          where payee_member = ${member} and credit_rrn is not null) l
        left join ${authorisation}.operation o on o.rrn = l.rrn and o.kind = l.kind
        where ((l.state = 'completed' or l.leg = 'debit' and l.state in ('crediting', 'confirming'))
            and (o.state is distinct from 'posted' or o.posted is distinct from l.amount))
          or ((l.state in ('declined', 'returned') or l.leg = 'credit' and l.state = 'returning') and o.state = 'posted')`,
    },
    {
      ...ofBank,
      subject: 'message',
      over: `${authorisation}.operation`,
      name: 'bank_has_no_other_leg',
      title: {
        en: 'the bank has no leg under the network’s number that the network does not know',
        zh: '银行没有以本网络编号发生、而网络不知道的转账',
      },
      sql: `select o.id::text as what, o.kind || ' ' || o.amount || ' under ' || o.rrn as found
        from ${authorisation}.operation o
        left join transfers.transfer t on o.rrn in (t.debit_rrn, t.credit_rrn)
        where o.kind in ('transfer_out', 'transfer_in') and o.state = 'posted' and t.id is null
          and o.acquirer = (select x.request::json ->> '32' from links.exchange x where x.kind = 'transfer_debit' limit 1)`,
    },
  ];
}
