import type { Check } from '../check.ts';

/** What may follow what, as events tell it. */
const steps = [
  'asked>paying',
  'asked>declined',
  'asked>withdrawn',
  'asked>expired',
  'paying>paid',
  'paying>asked',
  'paying>expired',
];
const states = [...new Set(steps.flatMap((s) => s.split('>')))];
const told = states.map((s) => `'money_request.${s}'`).join(', ');
const allowed = steps.map((s) => `'money_request.${s.replace('>', '>money_request.')}'`).join(', ');

const base = {
  of: 'network',
  subject: 'request' as const,
  over: 'transfers.request',
  pace: 'whole' as const,
};

/** Requests for money and bills that were split, against the transfers that pay them. */
export const requestChecks: readonly Check[] = [
  {
    ...base,
    id: 'P1',
    name: 'request_names_its_transfer',
    title: {
      en: 'each paid request names the one completed transfer of its amount between its two people, one being paid a transfer under way, and no other transfer pays a request',
      zh: '已付款的请求恰好对应一笔金额与双方一致的已完成转账，付款中的对应在途转账，没有其他转账支付请求',
    },
    sql: `select coalesce(r.id, t.id)::text as what, coalesce(r.state || ' ' || r.amount, 'no request') || ', transfer '
        || coalesce(t.state || ' ' || t.amount, 'none') as found
      from (select * from transfers.request where state in ('paying', 'paid')) r
      full join (select * from transfers.transfer
        where payee_via = 'request' and state not in ('declined', 'returned', 'cancelled')) t on t.id = r.transfer_id
      where r.id is null or t.id is null or (r.state = 'paid') is distinct from (t.state = 'completed')
        or t.amount <> r.amount or t.currency <> r.currency or t.payer_id is distinct from r.asked_id
        or t.payee_id is distinct from r.asker_id`,
  },
  {
    ...base,
    id: 'P5',
    over: 'transfers.split',
    name: 'split_is_exact',
    title: {
      en: 'the parts of a bill that was split are exactly its amount',
      zh: '拆分账单的各份之和恰等于总额',
    },
    sql: `select s.id::text as what, s.total || ' split into ' || s.own_amount || ' and ' || coalesce(sum(r.amount), 0)
        as found
      from transfers.split s left join transfers.request r on r.split_id = s.id
      group by s.id, s.total, s.own_amount having s.own_amount + coalesce(sum(r.amount), 0) <> s.total`,
  },
  {
    ...base,
    id: 'P7',
    name: 'request_steps_allowed',
    title: {
      en: 'each request began as asked and went only where its states allow',
      zh: '每个收款请求都始于待付款，且只按允许的状态变化',
    },
    sql: `with told as (
        select e.object_id, e.type, lag(e.type) over (partition by e.object_id order by e.position) as before
        from outbox.event e where e.type in (${told}))
      select object_id::text as what, coalesce(before, 'nothing') || ' to ' || type as found from told
      where case when before is null then type <> 'money_request.asked' else before || '>' || type not in (${allowed}) end`,
  },
  {
    ...base,
    id: 'W1',
    name: 'request_is_told',
    title: {
      en: 'the last thing told of a request is its state, to both of its people',
      zh: '收款请求的最后一次通知就是它现在的状态，送达双方',
    },
    sql: `select coalesce(r.id, e.object_id)::text as what, coalesce(r.state, 'no request') || ', last told '
        || coalesce(e.type, 'nothing') as found
      from transfers.request r
      full join (select distinct on (e.object_id) e.object_id, e.type, e.tenants from outbox.event e
        where e.type in (${told}) order by e.object_id, e.position desc) e on e.object_id = r.id
      where e.type is distinct from 'money_request.' || r.state or not e.tenants @> array[r.asker_id]
        or (r.asked_id is not null and not e.tenants @> array[r.asked_id])`,
  },
];
