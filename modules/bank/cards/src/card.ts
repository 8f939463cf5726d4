export type CardKind = 'debit' | 'credit';
export type CardStatus = 'active' | 'lost' | 'stolen';
export type CardForm = 'plastic' | 'virtual';

/**
 * What the sandbox lets happen on purpose when a test card pays; `approve` is the ordinary course.
 *
 * - `do_not_honour`: declined with 05
 * - `lost_card`: declined with 41, though the card is not reported lost, so that a wallet can hold it
 * - `time_out`: the bank acts and never answers
 * - `late_answer`: the bank acts and answers when nobody waits any more
 * - `duplicate_answer`: the bank answers twice
 * - `wrong_amount`: the answer speaks of another amount
 * - `bad_mac`: the answer's message authentication code is wrong
 */
export const cardOutcomes = [
  'approve',
  'do_not_honour',
  'lost_card',
  'time_out',
  'late_answer',
  'duplicate_answer',
  'wrong_amount',
  'bad_mac',
] as const;
export type CardOutcome = (typeof cardOutcomes)[number];

/** A card as the bank sees it; the number is not part of it. */
export interface Card {
  /** UUID. */
  id: string;
  customerId: string;
  accountId: string;
  last4: string;
  kind: CardKind;
  product: string;
  productEn: string;
  /** YYMM, the last month in which it is good. */
  expiry: string;
  status: CardStatus;
  form: CardForm;
  /** The network has frozen it: nothing is taken from it until it is thawed. */
  frozen: boolean;
  outcome: CardOutcome;
  /** The most one purchase may be, minor units; null: no such limit. */
  purchaseMax: bigint | null;
}

/** True once the month of `expiry` (YYMM) is over in the bank's time zone; `month` is the present one, YYMM. */
export function isExpired(expiry: string, month: string): boolean {
  return expiry < month;
}

/** The present month as YYMM in a time zone. */
export function monthOf(nowMs: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: '2-digit', month: '2-digit' });
    formats.set(timeZone, format);
  }
  const parts = format.formatToParts(nowMs);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}${part('month')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
