import type { History } from '../history.ts';
import { type Corruption, nobody, unguarded } from './corruption.ts';

/** Transfers by themselves, and against the ledger and the bank. */
export function transfers(h: History): Corruption[] {
  const done = `id = '${h.transferred}'`;
  const operation = (leg: 'debit' | 'credit') =>
    `rrn = (select ${leg}_rrn from transfers.transfer where ${done})`;
  const auth = 'bank_yunzhou_authorisation';
  return [
    {
      what: 'a completed transfer of which the ledger has another amount',
      seenBy: ['network.transfer_is_booked', 'network.balances'],
      plant: unguarded(
        'ledger.transfers',
        null,
        `update ledger.transfers set amount = amount + 1 where ${done}`,
      ),
    },
    {
      what: 'an entry of a transfer that nobody made',
      seenBy: ['network.transfer_is_booked'],
      plant: unguarded(
        'ledger.transfers',
        null,
        `update ledger.transfers set user_data_128 = ${nobody} where ${done}`,
      ),
    },
    {
      what: 'money that was taken and not given, and that nobody looks at',
      seenBy: ['network.transfer_is_looked_at', 'network.transfer_is_booked', 'network.transfer_is_told'],
      plant: [`update transfers.transfer set state = 'confirming', completed_at = null where ${done}`],
    },
    {
      what: 'a scheduled transfer that will never begin',
      seenBy: ['network.transfer_is_looked_at'],
      plant: [`delete from transfers.due where transfer_id = '${h.transferScheduled}'`],
    },
    {
      what: 'a transfer that came back although the bank never acknowledged it',
      seenBy: ['network.return_is_under_way'],
      plant: [`update links.forward set outcome = 'refused' where group_id = '${h.transferReturned}'`],
    },
    {
      what: 'money that was taken and not given, without a return under way',
      seenBy: ['network.return_is_under_way', 'network.transfer_is_told'],
      plant: [
        `delete from links.forward where group_id = '${h.transferReturned}'`,
        `update transfers.transfer set state = 'returning', completed_at = null where id = '${h.transferReturned}'`,
      ],
    },
    {
      what: 'a transfer that went from taken to scheduled',
      seenBy: ['network.transfer_steps_allowed'],
      plant: [
        `update outbox.event set type = 'transfer.scheduled' where type = 'transfer.crediting' and object_id = '${h.transferred}'`,
      ],
    },
    {
      what: 'a transfer of whose end its payer was not told',
      seenBy: ['network.transfer_is_told'],
      plant: [
        `update outbox.event set tenants = array[${nobody}::uuid] where type = 'transfer.completed' and object_id = '${h.transferred}'`,
      ],
    },
    {
      what: 'a debit leg that the bank does not hold for a transfer that is completed',
      seenBy: ['yunzhou.bank_took_and_gave_what_we_say', 'yunzhou.bank_has_no_other_leg'],
      plant: [`update ${auth}.operation set rrn = 'ELSEWHERE' where ${operation('debit')}`],
    },
    ...repayments(h),
  ];
}

/** Repayments: which request made them, and by which messages. */
function repayments(h: History): Corruption[] {
  const repaid = `'${h.repaid}'`;
  return [
    {
      what: 'a transfer that two requests say is their repayment',
      seenBy: ['network.repayment_is_one_transfer'],
      plant: [
        `insert into credit.repayment (key_id, account_id, user_id, transfer_id, is_open, created_at)
         select ${nobody}, account_id, user_id, transfer_id, false, created_at from credit.repayment
         where transfer_id = ${repaid}`,
      ],
    },
    {
      what: 'a repayment whose transfer is not there',
      seenBy: ['network.repayment_is_one_transfer'],
      plant: [`update credit.repayment set transfer_id = ${nobody} where transfer_id = ${repaid}`],
    },
    {
      what: 'a repayment that was taken twice, under two numbers',
      seenBy: ['network.repayment_has_its_legs'],
      plant: [
        `insert into links.exchange (id, group_id, member_id, kind, mti, rrn, stan, sent_at, received_at,
           response_code, outcome, request, response)
         select ${nobody}, group_id, member_id, kind, mti, '000000000002', '000002', sent_at, received_at,
           response_code, outcome, request, response
         from links.exchange where group_id = ${repaid} and kind = 'transfer_debit'`,
      ],
    },
    {
      what: 'a repayment that is booked as an ordinary transfer',
      seenBy: ['network.repayment_has_its_legs'],
      plant: unguarded(
        'ledger.transfers',
        null,
        `update ledger.transfers set code = 20 where id = ${repaid}`,
      ),
    },
    {
      what: 'a repayment that its bank has given to another account than a credit card',
      seenBy: ['network.repayment_is_one_transfer', 'yunzhou.bank_repaid_credit_cards'],
      plant: [`update transfers.transfer set kind = 'transfer' where id = ${repaid}`],
    },
  ];
}
