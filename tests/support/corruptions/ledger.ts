import type { History } from '../history.ts';
import { type Corruption, nobody, unguarded } from './corruption.ts';

/** One corruption for each check of one ledger. `hold`: a transfer that was posted; `plain`: one in a single phase. */
export function ofLedger(
  of: string,
  schema: string,
  pick: { hold: string; plain: string; limited: string },
): Corruption[] {
  const transfers = (constraint: string | null, change: string) =>
    unguarded(`${schema}.transfers`, constraint, change);
  const pair = (column: string) => `${column} in (
    (select debit_account_id from ${schema}.transfers where id = ${pick.plain}),
    (select credit_account_id from ${schema}.transfers where id = ${pick.plain}))`;
  return [
    {
      what: `an entry of ${of} in another currency than its accounts`,
      seenBy: [`${of}.transfer_accounts`],
      plant: transfers(null, `update ${schema}.transfers set ledger = 978 where id = ${pick.plain}`),
    },
    {
      what: `one side of a balance of ${of}`,
      seenBy: [`${of}.sums`, `${of}.balances`],
      plant: [
        `update ${schema}.accounts set debits_posted = debits_posted + 1
        where id = (select debit_account_id from ${schema}.transfers where id = ${pick.plain} and ${schema}.accounts.flags & 2 = 0)
          or (flags & 2 = 0 and id = (select credit_account_id from ${schema}.transfers where id = ${pick.plain}))
          and not exists (select 1 from ${schema}.transfers t join ${schema}.accounts a on a.id = t.debit_account_id and a.flags & 2 = 0 where t.id = ${pick.plain})`,
      ],
    },
    {
      what: `both sides of the balances of ${of} alike`,
      seenBy: [`${of}.balances`],
      plant: [
        `update ${schema}.accounts set debits_posted = debits_posted + 1, credits_posted = credits_posted + 1 where ${pair('id')}`,
      ],
    },
    {
      what: `a hold of ${of} that was given back in the balances alone`,
      seenBy: [`${of}.balances`],
      plant: [
        `update ${schema}.accounts set debits_pending = 0, credits_pending = 0 where debits_pending + credits_pending > 0`,
      ],
    },
    {
      what: `an account of ${of} beyond its limit`,
      seenBy: [`${of}.limits`],
      plant: [
        `alter table ${schema}.accounts drop constraint debits_must_not_exceed_credits`,
        `alter table ${schema}.accounts drop constraint credits_must_not_exceed_debits`,
        pick.limited,
      ],
    },
    {
      what: `a guard of ${of} switched off`,
      seenBy: [`${of}.append_only`],
      plant: [`alter table ${schema}.transfers disable trigger append_only`],
    },
    {
      what: `entries of ${of} that everybody may delete`,
      seenBy: [`${of}.append_only`],
      plant: [`grant delete on ${schema}.transfers to public`],
    },
    {
      what: `an entry of ${of} in two phases at once`,
      seenBy: [`${of}.amounts`],
      plant: transfers(
        'pending_id_when_resolving',
        `update ${schema}.transfers set pending_id = ${nobody} where id = ${pick.plain}`,
      ),
    },
    {
      what: `a hold of ${of} that counts as released and was posted`,
      seenBy: [`${of}.resolved_holds`],
      plant: unguarded(
        `${schema}.resolutions`,
        null,
        `update ${schema}.resolutions set status = 2 where pending_id = ${pick.hold}`,
      ),
    },
    {
      what: `the end of a hold of ${of} that never was`,
      seenBy: [`${of}.resolved_holds`],
      plant: [
        `insert into ${schema}.resolutions (pending_id, resolved_by, timestamp, status) values (${nobody}, ${nobody}, 1, 1)`,
      ],
    },
    {
      what: `a time-out of ${of} of nothing`,
      seenBy: [`${of}.open_timeouts`],
      plant: [`insert into ${schema}.timeouts (expires_at, pending_id) values (1, ${nobody})`],
    },
  ];
}

/** The network's ledger against its payments. */
export function entries(h: History): Corruption[] {
  const transfers = (change: string) => unguarded('ledger.transfers', null, change);
  const moved = (amount: string, code: number, flags: number, payment: string) => `
    insert into ledger.transfers (id, debit_account_id, credit_account_id, user_data_128, amount, timestamp, timeout_seconds, ledger, code, flags)
    select ${nobody}, ${code === 5 ? 'credit_account_id, debit_account_id' : 'debit_account_id, credit_account_id'}, ${payment}, ${amount},
      (select max(last_timestamp) + 1 from ledger.accounts), 0, ledger, ${code}, ${flags}
    from ledger.transfers where id = '${h.captured}'`;
  const booked = (debit: string, credit: string) => `
    update ledger.accounts a set last_timestamp = t.timestamp,
      ${debit} = ${debit} + case when a.id = t.debit_account_id then t.amount else 0 end,
      ${credit} = ${credit} + case when a.id = t.credit_account_id then t.amount else 0 end
    from ledger.transfers t where t.id = ${nobody} and a.id in (t.debit_account_id, t.credit_account_id)`;
  return [
    {
      what: 'an entry under another payment',
      seenBy: ['network.captured_is_booked'],
      plant: transfers(
        `update ledger.transfers set user_data_128 = '${h.declined}' where id = '${h.captured}'`,
      ),
    },
    {
      what: 'a hold under another payment',
      seenBy: ['network.authorised_is_held'],
      plant: transfers(
        `update ledger.transfers set user_data_128 = '${h.declined}' where id = '${h.authorised}'`,
      ),
    },
    {
      what: 'money moved for no payment',
      seenBy: ['network.entry_has_event'],
      plant: [moved('5', 1, 0, nobody), booked('debits_posted', 'credits_posted')],
    },
    {
      what: 'a merchant who is paid on another account than his',
      seenBy: ['network.entry_has_event'],
      plant: [
        `update merchants.merchant set payable_account = ${nobody}
        where id = (select merchant_id from payments.payment where id = '${h.captured}')`,
      ],
    },
    {
      what: 'a refund whose entry is under another payment',
      seenBy: ['network.refund_is_booked'],
      plant: transfers(
        `update ledger.transfers set user_data_128 = '${h.captured}' where code = 5 and user_data_128 = '${h.partlyRefunded}'`,
      ),
    },
    {
      what: 'a payment that says less was refunded than was',
      seenBy: ['network.refunded_adds_up'],
      plant: [
        `update payments.payment set refunded_amount = refunded_amount - 1 where id = '${h.partlyRefunded}'`,
      ],
    },
    {
      what: 'money on its way back for no refund',
      seenBy: ['network.refund_entry_has_refund'],
      plant: [moved('5', 5, 2, `'${h.captured}'`), booked('debits_pending', 'credits_pending')],
    },
  ];
}
