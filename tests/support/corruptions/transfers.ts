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
  ];
}
