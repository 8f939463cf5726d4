import { type Static, type TSchema, Type } from 'typebox';

/** Largest integer JSON carries exactly: 2^53-1. */
export const jsonIntegerMax = Number.MAX_SAFE_INTEGER;
/** Largest amount of one payment, in minor units. */
export const amountMinorMax = 999_999_999_999;

/** Schema of an identifier with a prefix: `pay_` and 32 hexadecimal digits. */
export const Id = (prefix: string) =>
  Type.String({
    pattern: `^${prefix}_[0-9a-f]{32}$`,
    examples: [`${prefix}_0193f1c2a4b07c3d8e9f0a1b2c3d4e5f`],
  });
/** The answer to a change of which there is nothing more to tell. */
export const Changed = (prefix: string) => Strict({ id: Id(prefix) });
/** An object that refuses fields it does not know. */
export const Strict = <T extends Record<string, TSchema>>(properties: T, options: object = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Amount in minor units of the currency, at least one. */
export const Amount = Type.Integer({ minimum: 1, maximum: amountMinorMax, description: 'Minor units (fen)' });
/** Amount in minor units, zero allowed. */
export const AmountOrZero = Type.Integer({ minimum: 0, maximum: jsonIntegerMax });
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217', examples: ['CNY'] });
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' });
/** An instant that a list is searched by: one that every clock and the database know (no leap second, no year 0). */
export const InstantFilter = Type.String({
  format: 'date-time',
  pattern: '^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]',
  description: 'RFC 3339, 1900 to 2999',
});
const textPattern = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\ud800-\\udfff]*$';
/**
 * Text as people write it: no control characters but tab and line ends, and no half of a surrogate pair. A database
 * cannot keep the one, nor JSON the other.
 */
export const Text = (maxLength: number, minLength = 1) =>
  Type.String({ minLength, maxLength, pattern: textPattern });
/** What is masked in a text before anything is done with it. */
export const masks = ['card_numbers', 'issued_card_numbers'] as const;
export type Mask = (typeof masks)[number];
/**
 * Text that people write freely: what looks like a card number in it is masked before it is stored. A card number
 * does not belong there; who writes one all the same must not make everybody keep it.
 */
export const Prose = (maxLength: number, minLength = 1) =>
  Type.String({ minLength, maxLength, pattern: textPattern, 'x-masked': 'card_numbers' satisfies Mask });
/** A text that must come back exactly, such as a reference: only numbers of cards that a bank of the network issued are masked. */
export const Reference = (maxLength: number, minLength = 1) =>
  Type.String({
    minLength,
    maxLength,
    pattern: textPattern,
    'x-masked': 'issued_card_numbers' satisfies Mask,
  });
/** A mainland mobile number: 11 digits. */
export const Mobile = Type.String({ pattern: '^1[3-9][0-9]{9}$', examples: ['13800000001'] });

/** Problem details (RFC 9457) with a stable code. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable; see docs/errors.md' }),
  detail: Type.Optional(Type.String()),
  request_id: Type.String(),
  verification: Type.Optional(
    Type.Unknown({ description: 'With verification_required: see docs/verification.md' }),
  ),
  limit: Type.Optional(
    Type.Unknown({ description: 'With limit_exceeded: which limit, how much is left, until when' }),
  ),
  tries_left: Type.Optional(Type.Integer({ description: 'With verification_failed, of a PIN' })),
  errors: Type.Optional(Type.Array(Strict({ path: Type.String(), message: Type.String() }))),
});
export type Problem = Static<typeof Problem>;

/** A page of a list: follow `next_cursor` until it is null. */
export const Page = <T extends TSchema>(item: T) =>
  Strict({ data: Type.Array(item), next_cursor: Nullable(Type.String()) });
export const PageQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  cursor: Type.Optional(Text(200)),
});
