import { sandboxPeople } from '@feiqian/app-bank';
import { done } from './caller.ts';
import type { TestNetwork } from './network.ts';
import type { Wallet } from './people.ts';
import { verified, withCode } from './verify.ts';

/** Somebody with cards of Yanhu applies for a credit card, and begins to open an account; gives the ids of both. */
export async function applyAndOpen(
  net: TestNetwork,
  owner: Wallet,
  mobile: string,
): Promise<{ app: string[]; opn: string[] }> {
  const person = sandboxPeople.find((p) => p.mobile === mobile);
  const who = { name: person?.name, identity_number: person?.identityNumber };
  await done(owner.post('/v1/wallet/identity', who));
  const sure = (path: string, body: object) =>
    done(verified<{ id: string }>(owner, 'POST', path, body, (v) => withCode(net, owner, v)));
  const card = { bank_id: 'yanhu', product: 'yanhu_farmer', monthly_income: 500_000 };
  const applied = await sure('/v1/wallet/credit-applications', card);
  const debit = owner.cards.find((c) => c.bank.id === 'yanhu' && c.kind === 'debit');
  const account = { bank_id: 'haigang', class: 'class_3', card_id: debit?.id };
  const opening = await sure('/v1/wallet/account-openings', { ...account, ...who });
  return { app: [applied.id], opn: [opening.id] };
}
