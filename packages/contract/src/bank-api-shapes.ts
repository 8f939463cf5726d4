import { type Static, type TSchema, Type } from 'typebox';
import type { BankProblemCode } from './bank-api-problems.ts';
import { Id, Mobile, Strict, Text } from './shapes.ts';

/*
 * What the areas of the bank API have in common. Amounts are integers in minor units, instants RFC 3339 in UTC,
 * dates calendar days in the bank's time zone.
 */

/** One route of the API, as data: the bank validates by it, its callers are checked by it. */
export interface BankApiRoute {
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** OpenAPI form, `{ref}`. */
  path: string;
  summary: string;
  /** What a caller or a bank's engineer must know beyond the schemas. */
  description?: string;
  /** False only for what anybody may ask. */
  authenticated: boolean;
  /** Needs an `Idempotency-Key` header: the same key and body get the first answer, another body is refused. */
  idempotent?: true;
  /** Served by banks that are open for tests, never by one with customers. */
  sandbox?: true;
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
  status: 200 | 201 | 204;
  answer?: TSchema;
  problems: readonly BankProblemCode[];
}

/** Problems that any authenticated route may answer with. */
export const anyRoute = ['invalid_request', 'unauthorised'] as const;

/** Reference of a card at its bank: says nothing about the number. */
export const BankCardRef = Type.String({
  pattern: '^card_[0-9a-f]{32}$',
  description: 'The card at its bank; not the card number',
});
/** Reference of an account at its bank: says nothing about the number. */
export const BankAccountRef = Type.String({
  pattern: '^acc_[0-9a-f]{32}$',
  description: 'The account at its bank; not the account number',
});
/** A person's permission, recorded by the bank, that the network sees his or her cards and accounts. */
export const BankConsentId = Type.String({ pattern: '^con_[0-9a-f]{32}$' });
export const BankVerificationId = Id('ver');
export const BankMovementId = Type.String({ pattern: '^mov_[0-9a-f]{32}$' });

export const ConsentQuery = { consent_id: BankConsentId };
export const BankCardParams = Strict({ ref: BankCardRef });
export const BankAccountParams = Strict({ ref: BankAccountRef });
export const BankConsentParams = Strict({ id: BankConsentId });

/**
 * `class_1`: opened in the branch, for everything. `class_2`: opened remotely, limited payments and transfers.
 * `class_3`: a purse with a ceiling. `credit`: the account of a credit card.
 */
export const BankAccountKind = Type.Enum(['class_1', 'class_2', 'class_3', 'credit']);
export type BankAccountKind = Static<typeof BankAccountKind>;
export const BankAccountClass = Type.Enum(['class_1', 'class_2', 'class_3']);
export type BankAccountClass = Static<typeof BankAccountClass>;
/** Classes that may be opened remotely. */
export const BankRemoteClass = Type.Enum(['class_2', 'class_3']);
export type BankRemoteClass = Static<typeof BankRemoteClass>;

/** A card number or an account number as it is printed, digits only. Never logged, never in an address. */
export const BankNumber = Type.String({
  pattern: '^[0-9]{12,19}$',
  description: 'A card number or an account number',
});
/** Identification code of a member, as fields 32 and 102 carry it: no zeros in front. */
export const BankInstitution = Type.String({ pattern: '^[1-9][0-9]{3,7}$', examples: ['915600'] });
export const Last4 = Type.String({ pattern: '^[0-9]{4}$' });
export const SignedAmount = Type.Integer({
  minimum: -Number.MAX_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Minor units; negative takes from the account',
});
export const CalendarDate = Type.String({
  format: 'date',
  description: 'A day in the bank’s time zone',
  examples: ['2026-01-05'],
});
export const Expiry = Type.String({
  pattern: '^[0-9]{2}(0[1-9]|1[0-2])$',
  description: 'YYMM, as field 14 of ISO 8583',
});
export const PageLimit = Type.Optional(
  Type.String({ pattern: '^([1-9][0-9]?|100)$', description: '1 to 100; 20 when left out' }),
);

/** Number of a resident identity card (GB 11643): 17 digits and a check character. */
export const IdentityNumber = Type.String({ pattern: '^[0-9]{17}[0-9X]$' });
/** Who somebody says to be: the three factors of a real-name check. */
export const BankIdentity = Strict({ name: Text(60), identity_number: IdentityNumber, mobile: Mobile });
export type BankIdentity = Static<typeof BankIdentity>;
