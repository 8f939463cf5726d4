import type { History } from '../history.ts';
import type { Corruption } from './corruption.ts';

/** Requests for money and bills that were split. */
export function requests(h: History): Corruption[] {
  const paid = `id = '${h.requestPaid}'`;
  return [
    {
      what: 'a paid request of another amount than its transfer',
      seenBy: ['network.request_names_its_transfer'],
      plant: [`update transfers.request set amount = amount + 1 where ${paid}`],
    },
    {
      what: 'a request that was paid and is open again',
      seenBy: ['network.request_names_its_transfer', 'network.request_is_told'],
      plant: [
        `update transfers.request set state = 'asked', transfer_id = null, ended_at = null where ${paid}`,
      ],
    },
    {
      what: 'a bill of which a part is missing',
      seenBy: ['network.split_is_exact'],
      plant: [`update transfers.split set own_amount = own_amount - 1 where id = '${h.splitBill}'`],
    },
    {
      what: 'a request that was paid before anybody paid it',
      seenBy: ['network.request_steps_allowed'],
      plant: [
        `update outbox.event set type = 'money_request.declined' where type = 'money_request.paying' and object_id = '${h.requestPaid}'`,
      ],
    },
    {
      what: 'a request of whose end one of its people was not told',
      seenBy: ['network.request_is_told'],
      plant: [
        `update outbox.event set tenants = tenants[1:1] where type = 'money_request.paid' and object_id = '${h.requestPaid}'`,
      ],
    },
  ];
}
