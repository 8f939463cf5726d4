import type { BankAccount, BankAccountBalance, BankCard, BankConsent } from '@feiqian/contract';
import { type Bench, must } from './check.ts';
import type { End } from './messages.ts';
import type { SubjectPerson } from './subject.ts';

/** Far away: the other end of a transfer, which the bank under test has no part in. */
export const elsewhere: End = { institution: '915698', number: '9156980000000017' };

/** What the suite knows of a person at the bank, by a consent of this run. */
export interface Holder {
  consentId: string;
  accounts: BankAccount[];
  cards: BankCard[];
  debit: BankAccount;
}

/** The person's consent and what it shows; asked for once. */
export async function holderOf(bench: Bench, who: 'person' | 'other' = 'person'): Promise<Holder> {
  const known = bench.found.get(`holder ${who}`) as Holder | undefined;
  if (known) return known;
  const person = bench.subject[who];
  const { id: consentId } = await bench.api.call<BankConsent>('createConsent', {
    body: { mobile: person.mobile, name: person.name },
  });
  const holder = await seen(bench, consentId, person);
  bench.found.set(`holder ${who}`, holder);
  return holder;
}

async function seen(bench: Bench, consentId: string, person: SubjectPerson): Promise<Holder> {
  const query = { consent_id: consentId };
  const { data: accounts } = await bench.api.call<{ data: BankAccount[] }>('listAccounts', { query });
  const { data: cards } = await bench.api.call<{ data: BankCard[] }>('listCards', { query });
  const card = cards.find((c) => c.kind === 'debit' && c.last4 === person.debit.pan.slice(-4));
  const debit = accounts.find((a) => a.ref === card?.account_ref);
  must(debit, 'the account of the debit card in the subject file is not among the accounts');
  return { consentId, accounts, cards, debit };
}

/** The balance of an account now, minor units. */
export async function balanceOf(bench: Bench, consentId: string, ref: string): Promise<number> {
  const query = { consent_id: consentId };
  return (await bench.api.call<BankAccountBalance>('accountBalance', { params: { ref }, query })).balance;
}

/** The balance of the person's debit account now. */
export async function debitBalance(bench: Bench): Promise<number> {
  const { consentId, debit } = await holderOf(bench);
  return balanceOf(bench, consentId, debit.ref);
}

/** The person's debit card as one end of a transfer. */
export function debitEnd({ subject }: Bench): End {
  const { pan, expiry } = subject.person.debit;
  return { institution: subject.institution, number: pan, expiry };
}
