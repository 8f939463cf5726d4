import type { History } from '../history.ts';
import { bank } from './bank.ts';
import { cards } from './cards.ts';
import type { Corruption } from './corruption.ts';
import { entries, ofLedger } from './ledger.ts';
import { messages, payments } from './payments.ts';
import { requests } from './requests.ts';
import { transfers } from './transfers.ts';

export type { Corruption } from './corruption.ts';

/** One corruption at least for each check, planted in the rows of a history. */
export function corruptionsOf(h: History): Corruption[] {
  const operation = (payment: string) =>
    `(select transfer_id from bank_yunzhou_authorisation.operation where rrn = (select rrn from payments.payment where id = '${payment}') and kind in ('hold', 'purchase'))`;
  return [
    ...ofLedger('network', 'ledger', {
      hold: `'${h.capturedLater}'`,
      plain: `'${h.captured}'`,
      limited: `update ledger.accounts set flags = 2 where id = (select debit_account_id from ledger.transfers where id = '${h.captured}')`,
    }),
    ...ofLedger('yunzhou', 'bank_yunzhou_ledger', {
      hold: operation(h.capturedLater),
      plain: operation(h.captured),
      limited: `update bank_yunzhou_ledger.accounts set flags = 4 where id = (select debit_account_id from bank_yunzhou_ledger.transfers where id = ${operation(h.captured)})`,
    }),
    ...entries(h),
    ...payments(h),
    ...messages(h),
    ...cards(h),
    ...bank(h),
    ...transfers(h),
    ...requests(h),
  ];
}
