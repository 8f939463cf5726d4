import { type Static, Type } from 'typebox';
import {
  anyRoute,
  type BankApiRoute,
  BankIdentity,
  BankNumber,
  BankVerificationId,
} from './bank-api-shapes.ts';
import { Instant, Mobile, Nullable, Strict } from './shapes.ts';

/* Is somebody who he or she says to be? The answers never tell which factor was wrong. */

/** Digits of the code a bank sends to its customer. */
export const bankCodeDigits = 6;
/** Wrong codes after which a verification can no longer succeed. */
export const bankCodeTriesMax = 5;
/** How long a code may be confirmed, in ms. */
export const bankCodeMsMax = 5 * 60_000;
/** How long a confirmed verification, or one that the network vouches for, may be used, in ms. */
export const bankVerificationMsMax = 10 * 60_000;

export const CheckBankIdentity = BankIdentity;
export type CheckBankIdentity = Static<typeof CheckBankIdentity>;
export const BankMatch = Strict({ match: Type.Boolean() });
export type BankMatch = Static<typeof BankMatch>;

/** Four of the five factors; the fifth is the code that the bank sends to its customer's mobile. */
export const StartBankVerification = Strict({ ...BankIdentity.properties, class_1_number: BankNumber });
export type StartBankVerification = Static<typeof StartBankVerification>;
export const BankVerification = Strict({ id: BankVerificationId, expires_at: Instant });
export type BankVerification = Static<typeof BankVerification>;

export const BankVerificationParams = Strict({ id: BankVerificationId });
export const ConfirmBankVerification = Strict({
  code: Type.String({ pattern: `^[0-9]{${bankCodeDigits}}$` }),
});
export type ConfirmBankVerification = Static<typeof ConfirmBankVerification>;
export const BankVerificationResult = Strict({
  match: Type.Boolean(),
  confirmed_at: Nullable(Instant),
  expires_at: Nullable(Instant),
});
export type BankVerificationResult = Static<typeof BankVerificationResult>;

/** What a bank open for tests has sent to a mobile number, newest first. */
export const BankInboxQuery = Strict({ mobile: Mobile });
export const BankInbox = Strict({
  data: Type.Array(Strict({ to: Mobile, text: Type.String(), at: Instant })),
});
export type BankInbox = Static<typeof BankInbox>;

export const bankIdentityRoutes = {
  checkIdentity: {
    id: 'checkIdentity',
    method: 'POST',
    path: '/bank/v1/identity/checks',
    summary: 'Do name, identity document and mobile number agree with the bank’s records?',
    description:
      'True when one customer has all three. Everything else is answered false in the same words. After ten false answers about one document or one mobile number within a day, further ones are too_many_requests.',
    authenticated: true,
    body: CheckBankIdentity,
    status: 200,
    answer: BankMatch,
    problems: [...anyRoute, 'too_many_requests'],
  },
  startVerification: {
    id: 'startVerification',
    method: 'POST',
    path: '/bank/v1/identity/verifications',
    summary: 'Begin a five-factor verification: the bank sends a code to its customer’s mobile',
    description:
      'The answer is the same whether the four factors agree or not; a code goes out only when they do. Five in an hour for one mobile number or one document, then too_many_requests.',
    authenticated: true,
    body: StartBankVerification,
    status: 201,
    answer: BankVerification,
    problems: [...anyRoute, 'too_many_requests'],
  },
  confirmVerification: {
    id: 'confirmVerification',
    method: 'POST',
    path: '/bank/v1/identity/verifications/{id}/confirm',
    summary: 'Confirm the code: true when all five factors agree',
    description:
      'Five tries within five minutes; after that it stays false. A confirmed verification may be used once, within ten minutes: to open or bind an account at this bank, or by the network as its evidence at another one.',
    authenticated: true,
    params: BankVerificationParams,
    body: ConfirmBankVerification,
    status: 200,
    answer: BankVerificationResult,
    problems: [...anyRoute, 'not_found'],
  },
  inbox: {
    id: 'inbox',
    method: 'GET',
    path: '/sandbox/inbox',
    summary: 'The short messages the bank has sent to a mobile number; banks that are open for tests only',
    authenticated: true,
    sandbox: true,
    query: BankInboxQuery,
    status: 200,
    answer: BankInbox,
    problems: [...anyRoute, 'not_found'],
  },
} as const satisfies Record<string, BankApiRoute>;
