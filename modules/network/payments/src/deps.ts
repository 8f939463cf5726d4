import type { Signing } from '@feiqian/access';
import type { Clock } from '@feiqian/clock';
import type { ErrorCode } from '@feiqian/contract';
import type { Db, Sql } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import type { Ledger } from '@feiqian/ledger';
import type { Links, References } from '@feiqian/links';
import type { Merchant, Merchants } from '@feiqian/merchants';
import type { Outbox } from '@feiqian/outbox';
import type { Tokens } from '@feiqian/tokens';
import type { Verification } from '@feiqian/verification';
import type { Wallets } from '@feiqian/wallets';
import type { Payment } from './payment.ts';
import type { Books } from './postings.ts';
import type { ViewContext } from './view.ts';

/** What payments are composed of. */
export interface PaymentsDeps {
  db: Db;
  /** Connections for groups of payments: their own where there are more than one, so that they wait behind no list. */
  hotDb: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  links: Pick<Links, 'send'>;
  references: References;
  merchants: Merchants;
  tokens: Tokens;
  wallets: Wallets;
  verification: Pick<Verification, 'demand' | 'shown' | 'freeFor'>;
  /** Uses up the nonces of signed requests. */
  signing: Pick<Signing, 'use'>;
  acquirerCode: string;
  /** The ledger accounts of a payment with an issuer. */
  booksOf: (p: { issuerId: string | null; currency: string }) => Books;
  view: ViewContext;
  /** Tells the store-and-forward worker that there is something to send. */
  kickForwarder: () => void;
}

/** The merchant of a payment, for the bank message. Inside a transaction, read through it. */
export async function merchantOf(deps: PaymentsDeps, p: Payment, sql: Sql = deps.db): Promise<Merchant> {
  const till = await deps.merchants.till(p.storeId, sql);
  if (till === null) throw new Error(`store ${p.storeId} of payment ${p.id} is missing`);
  return till.merchant;
}

/** Why a payment cannot begin to be paid, whoever asks: the codes of `begin`. */
export const beginProblems = [
  'not_found',
  'card_unknown',
  'card_not_usable',
  'payment_in_progress',
  'payment_not_payable',
  'payment_expired',
] as const satisfies readonly ErrorCode[];
/** Those of a till that takes a pay code. */
export const collectProblems = [
  ...beginProblems,
  'pay_code_invalid',
  'pay_code_expired',
  'pay_code_used',
  'too_many_attempts',
  'payer_must_confirm',
] as const;

/** A refusal as its problem. */
export function refusal(code: ErrorCode): ProblemError {
  return new ProblemError(code, undefined, code === 'payment_in_progress' ? { retryAfterSeconds: 1 } : {});
}
