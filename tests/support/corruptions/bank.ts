import type { History } from '../history.ts';
import { type Corruption, nobody, unguarded } from './corruption.ts';

/** A bank against the network, and by itself. */
export function bank(h: History): Corruption[] {
  const [auth, accounts, ledger, classes] = ['authorisation', 'accounts', 'ledger', 'classes'].map(
    (part) => `bank_yunzhou_${part}`,
  );
  const operation = (payment: string) => `rrn = (select rrn from payments.payment where id = '${payment}')`;
  const refundOf = (payment: string) =>
    `rrn in (select rrn from payments.refund where payment_id = '${payment}')`;
  return [
    {
      what: 'two sales whose references at the bank were exchanged',
      seenBy: ['yunzhou.bank_holds_what_we_posted', 'yunzhou.bank_holds_nothing_else'],
      plant: [
        `create temporary table pair as select id, rrn from ${auth}.operation where ${operation(h.captured)} or ${operation(h.collected)}`,
        `update ${auth}.operation set rrn = 'EXCHANGED' where ${operation(h.captured)}`,
        `update ${auth}.operation o set rrn = other.rrn from pair mine, pair other
          where o.id = mine.id and other.id <> mine.id`,
        'drop table pair',
      ],
    },
    {
      what: 'a hold that the bank forgot to release',
      seenBy: ['yunzhou.bank_holds_what_we_posted', 'yunzhou.operation_is_booked'],
      plant: [`update ${auth}.operation set state = 'held' where ${operation(h.cancelled)}`],
    },
    {
      what: 'a sale at the bank of which the network knows nothing',
      seenBy: ['yunzhou.bank_holds_nothing_else'],
      plant: [
        `insert into ${auth}.operation select (jsonb_populate_record(o, jsonb_build_object('id', ${nobody}, 'rrn', 'UNKNOWN', 'transfer_id', ${nobody}))).*
          from ${auth}.operation o where ${operation(h.captured)}`,
        `insert into ${auth}.message select (jsonb_populate_record(m, jsonb_build_object('key', 'unknown', 'operation_id', ${nobody}))).*
          from ${auth}.message m join ${auth}.operation o on o.id = m.operation_id where o.${operation(h.captured)}`,
        `insert into ${ledger}.transfers select (jsonb_populate_record(t, jsonb_build_object('id', ${nobody}, 'user_data_128', ${nobody},
            'timestamp', (select max(last_timestamp) + 1 from ${ledger}.accounts)))).*
          from ${ledger}.transfers t join ${auth}.operation o on o.transfer_id = t.id where o.${operation(h.captured)}`,
        `update ${ledger}.accounts a set last_timestamp = t.timestamp,
            debits_posted = debits_posted + case when a.id = t.debit_account_id then t.amount else 0 end,
            credits_posted = credits_posted + case when a.id = t.credit_account_id then t.amount else 0 end
          from ${ledger}.transfers t where t.id = ${nobody} and a.id in (t.debit_account_id, t.credit_account_id)`,
        `insert into ${accounts}.movement select (jsonb_populate_record(m, jsonb_build_object('id', ${nobody}, 'transfer_id', ${nobody}))).*
          from ${accounts}.movement m where ${operation(h.captured)}`,
      ],
    },
    {
      what: 'a refund that the bank gave to somebody else’s name',
      seenBy: ['yunzhou.bank_gave_the_refunds'],
      plant: [
        `update ${auth}.operation set acquirer = '99999999', rrn = 'ELSEWHERE' where kind = 'refund' and ${refundOf(h.partlyRefunded)}`,
      ],
    },
    {
      what: 'a bank’s entry under another operation',
      seenBy: ['yunzhou.operation_is_booked'],
      plant: unguarded(
        `${ledger}.transfers`,
        null,
        `update ${ledger}.transfers set user_data_128 = ${nobody} where id = (select transfer_id from ${auth}.operation where ${operation(h.captured)})`,
      ),
    },
    {
      what: 'a refund under another sale',
      seenBy: ['yunzhou.operation_refunds'],
      plant: [
        `update ${auth}.operation set parent_id = (select id from ${auth}.operation where ${operation(h.captured)})
        where kind = 'refund' and ${refundOf(h.partlyRefunded)}`,
      ],
    },
    {
      what: 'an operation without its message',
      seenBy: ['yunzhou.message_has_operation'],
      plant: [
        `delete from ${auth}.message where operation_id = (select id from ${auth}.operation where ${operation(h.captured)})`,
      ],
    },
    {
      what: 'a leg of a transfer that moved nothing',
      seenBy: ['yunzhou.leg_is_booked'],
      plant: [
        `insert into ${auth}.operation select (jsonb_populate_record(o, jsonb_build_object('id', ${nobody}, 'kind', 'transfer_in',
            'rrn', 'UNKNOWN', 'transfer_id', ${nobody}))).* from ${auth}.operation o where ${operation(h.captured)}`,
        `insert into ${auth}.message select (jsonb_populate_record(m, jsonb_build_object('key', 'unknown', 'kind', 'transfer_in',
            'operation_id', ${nobody}))).*
          from ${auth}.message m join ${auth}.operation o on o.id = m.operation_id where o.${operation(h.captured)}`,
      ],
    },
    {
      what: 'a limit of which something is used that nobody counted',
      seenBy: ['yunzhou.limits_are_counted'],
      plant: [
        `insert into ${classes}.used select account_id, 'out_day', date '2026-01-05', 1 from ${auth}.operation where ${operation(h.captured)}`,
      ],
    },
    {
      what: 'a line of a statement that says more than was taken',
      seenBy: ['yunzhou.statement_adds_up'],
      plant: [`update ${accounts}.movement set amount = amount - 1 where ${operation(h.captured)}`],
    },
  ];
}
