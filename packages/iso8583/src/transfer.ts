import { MessageFormatError } from './codec.ts';

/*
 * What the legs of a transfer carry beyond other financial messages (docs/iso8583.md, "Transfers").
 */

/** One end of a transfer: fields 102 (from) and 103 (to). */
export interface AccountIdentification {
  /** The member that keeps the account, no zeros in front. */
  institution: string;
  /** Card number or account number, digits. */
  number: string;
}

const shape = /^([1-9][0-9]{3,7})\/([0-9]{12,19})$/;

/**
 * The text of field 102 or 103 (account identification 1 and 2, ans ..28): institution, `/`, number.
 * @throws MessageFormatError when it is not of that form
 */
export function accountIdentification({ institution, number }: AccountIdentification): string {
  const text = `${institution}/${number}`;
  if (!shape.test(text)) throw new MessageFormatError('an account is an institution and a number');
  return text;
}

/** Takes field 102 or 103 apart; null when it is malformed. */
export function readAccountIdentification(text: string): AccountIdentification | null {
  const match = shape.exec(text);
  return match ? { institution: match[1] ?? '', number: match[2] ?? '' } : null;
}

/** The limits that a refusal can name in field 44. */
export const LIMIT_MARKS = {
  single_payment: 'SP',
  out_day: 'OD',
  out_year: 'OY',
  in_day: 'ID',
  in_year: 'IY',
  balance: 'BA',
  owed: 'OW',
} as const;
export type LimitMark = keyof typeof LIMIT_MARKS;

/** Which limit refused a message, and until when it will. */
export interface LimitNotice {
  limit: LimitMark;
  /** ms since 1970, whole seconds; null: until something else changes. */
  untilMs: number | null;
}

const noTime = '0'.repeat(14);

/** Field 44 of an answer 61 (additional response data, ans ..25): `L`, the limit, its end as YYYYMMDDhhmmss UTC. */
export function limitNotice({ limit, untilMs }: LimitNotice): string {
  const until =
    untilMs === null
      ? noTime
      : new Date(untilMs)
          .toISOString()
          .replace(/\.\d+Z$/, '')
          .replace(/[-:T]/g, '');
  return `L${LIMIT_MARKS[limit]}${until}`;
}

const limitOfMark = new Map(
  Object.entries(LIMIT_MARKS).map(([name, mark]) => [mark as string, name as LimitMark]),
);

/** Takes such a field 44 apart; null when it is something else. */
export function readLimitNotice(text: string): LimitNotice | null {
  const match = /^L([A-Z]{2})(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text.trimEnd());
  const limit = match && limitOfMark.get(match[1] ?? '');
  if (!match || !limit) return null;
  if (text.slice(3, 17) === noTime) return { limit, untilMs: null };
  const [year, month, day, hour, minute, second] = match.slice(2).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { limit, untilMs: Date.UTC(year, month - 1, day, hour, minute, second) };
}
