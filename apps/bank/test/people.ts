import type { BankAccount, BankClass1Proof, BankVerification } from '@feiqian/contract';
import {
  type BankSettings,
  institutionOf,
  type SandboxPerson,
  sandboxBanks,
  sandboxPeople,
} from '../src/index.ts';
import type { ApiClient } from './api-client.ts';

export const identityOf = ({ name, identityNumber, mobile }: SandboxPerson) => ({
  name,
  identity_number: identityNumber,
  mobile,
});

/** A person of the sandbox by number, 1 to 9. */
export const person = (number: number) => sandboxPeople[number - 1] as SandboxPerson;

/** The number of a person's debit or credit card at a bank. */
export function panOf(who: SandboxPerson, kind: 'debit' | 'credit', bank = 'yunzhou'): string {
  const seed = sandboxBanks.find((b) => b.settings.id === bank)?.seed;
  return seed?.cards.find((c) => c.key === `${who.mobile}/${kind}`)?.pan as string;
}

/** Goes through the five factors and gives what opens an account. */
export async function verified(
  api: ApiClient,
  settings: BankSettings,
  who: SandboxPerson,
): Promise<BankClass1Proof> {
  const number = panOf(who, 'debit', settings.id);
  const begun = await api.call<BankVerification>('POST', '/bank/v1/identity/verifications', {
    ...identityOf(who),
    class_1_number: number,
  });
  const code = await lastCode(api, who.mobile);
  const path = `/bank/v1/identity/verifications/${begun.body.id}/confirm`;
  const { body } = await api.call<{ confirmed_at: string }>('POST', path, { code });
  return {
    institution: institutionOf(settings),
    number,
    verification_id: begun.body.id,
    verified_at: body.confirmed_at,
  };
}

/** The code in the last message to a mobile number. */
export async function lastCode(api: ApiClient, mobile: string): Promise<string> {
  const { body } = await api.call<{ data: { text: string }[] }>('GET', `/sandbox/inbox?mobile=${mobile}`);
  return /\d{6}/.exec(body.data[0]?.text ?? '')?.[0] ?? '';
}

/** Opens an account for a verified person. */
export async function opened(
  api: ApiClient,
  settings: BankSettings,
  who: SandboxPerson,
  kind: 'class_2' | 'class_3',
  key = `open-${who.mobile}-${kind}`,
): Promise<BankAccount> {
  const proof = await verified(api, settings, who);
  const asked = { class: kind, currency: 'CNY', identity: identityOf(who), class_1: proof };
  const { status, body } = await api.call<BankAccount>('POST', '/bank/v1/accounts', asked, {
    'idempotency-key': key,
  });
  if (status !== 201) throw new Error(`opening an account: ${JSON.stringify(body)}`);
  return body;
}
