import { luhnCheckDigit } from '@feiqian/keys';

export type TokenStatus = 'active' | 'suspended' | 'deleted';
export type CardKind = 'debit' | 'credit';

/** What a network token is, without the card number. Ids are UUIDs. */
export interface Token {
  id: string;
  userId: string;
  deviceId: string;
  issuerId: string;
  kind: CardKind;
  last4: string;
  status: TokenStatus;
}

/** What goes into field 2 and 14 of a bank message: fetched when it is sent, never kept. */
export interface CardData {
  pan: string;
  /** YYMM. */
  expiry: string;
}

/** Token numbers begin with this range, which no bank issues cards from. */
export const tokenRange = '915690';
const tokenDigits = 16;

/** A token number: the range, nine random digits and the Luhn digit (ISO/IEC 7812-1 annex B). */
export function tokenNumber(random: Uint8Array): string {
  let n = 0n;
  for (const byte of random) n = (n << 8n) | BigInt(byte);
  const free = tokenDigits - tokenRange.length - 1;
  const body = tokenRange + String(n % 10n ** BigInt(free)).padStart(free, '0');
  return body + luhnCheckDigit(body);
}
