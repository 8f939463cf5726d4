import { type Static, Type } from 'typebox';
import { BankLimit } from './bank-api-limits.ts';
import { anyRoute, type BankApiRoute, BankNumber } from './bank-api-shapes.ts';
import { Amount, Currency, Instant, Nullable, Strict, Text } from './shapes.ts';

/*
 * What the legs of a transfer need beside their ISO 8583 messages (docs/iso8583.md, "Transfers"): the payee's name
 * before, and the state of a leg after.
 */

export const CheckPayee = Strict({ number: BankNumber, name: Text(60) });
export type CheckPayee = Static<typeof CheckPayee>;
/** `none` also for a number that the bank does not have: nothing of an account is told to who cannot name its holder. */
export const BankPayee = Strict({
  match: Type.Enum(['full', 'none']),
  masked_name: Nullable(Type.String({ description: 'The family name and stars; only of a full match' })),
  can_receive: Nullable(Type.Boolean({ description: 'False for a closed account; only of a full match' })),
});
export type BankPayee = Static<typeof BankPayee>;

/**
 * What names a leg: fields 32, 11, 37 and 7 of its message. `transmitted_at` is field 7 with its year, whole
 * seconds UTC.
 */
export const BankLegKey = Strict({
  acquirer: Type.String({ pattern: '^[0-9]{1,11}$' }),
  stan: Type.String({ pattern: '^[0-9]{6}$' }),
  rrn: Type.String({ pattern: '^[0-9A-Z]{12}$' }),
  transmitted_at: Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
    examples: ['2026-01-05T01:00:00Z'],
  }),
});
export type BankLegKey = Static<typeof BankLegKey>;

/**
 * - `posted`: the money has moved on the account
 * - `refused`: it was answered with a refusal, and has not moved
 * - `reversed`: a debit leg that was taken back
 * - `abandoned`: it was not seen, and will be refused should it still come
 * - `not_seen`: the bank knows of no such message; it may still be on its way
 */
export const bankLegStates = ['posted', 'refused', 'reversed', 'abandoned', 'not_seen'] as const;
export const BankLegState = Type.Enum(bankLegStates);
export type BankLegState = Static<typeof BankLegState>;

export const BankLeg = Strict({
  state: BankLegState,
  direction: Nullable(Type.Enum(['out', 'in'])),
  /** Field 39 as it was answered. */
  response_code: Nullable(Type.String({ pattern: '^[0-9A-Z]{2}$' })),
  /** The limit that refused it. */
  limit: Nullable(BankLimit),
  amount: Nullable(Amount),
  currency: Nullable(Currency),
  at: Nullable(Instant),
});
export type BankLeg = Static<typeof BankLeg>;

export const bankTransferRoutes = {
  checkPayee: {
    id: 'checkPayee',
    method: 'POST',
    path: '/bank/v1/payees/check',
    summary: 'Is this the name of the holder of a card or account?',
    description:
      'A full match names the holder masked; a name that differs in one character is none. After ten times none about one number within a day, further ones are too_many_requests.',
    authenticated: true,
    body: CheckPayee,
    status: 200,
    answer: BankPayee,
    problems: [...anyRoute, 'too_many_requests'],
  },
  leg: {
    id: 'leg',
    method: 'GET',
    path: '/bank/v1/legs',
    summary: 'What became of a leg of a transfer or of a repayment',
    description:
      'posted, refused, reversed and abandoned are final, but for a posted debit leg being reversed.',
    authenticated: true,
    query: BankLegKey,
    status: 200,
    answer: BankLeg,
    problems: [...anyRoute],
  },
  abandonLeg: {
    id: 'abandonLeg',
    method: 'POST',
    path: '/bank/v1/legs/abandon',
    summary: 'Give up a leg: it is refused should it still come; the answer says if it was posted before',
    description:
      'Decided under the locks of the leg itself, so that afterwards exactly one is true: it was posted, or it never will be. Only then may the network give the payer his or her money back. Repeating it changes nothing.',
    authenticated: true,
    body: BankLegKey,
    status: 200,
    answer: BankLeg,
    problems: [...anyRoute],
  },
} as const satisfies Record<string, BankApiRoute>;
