/** `pending`: not let in yet beside another device. `frozen`: a phone was lost, and nothing moves. */
export type DeviceState = 'active' | 'pending' | 'frozen';

export type BankOrderKind = 'freeze' | 'thaw' | 'revoke';
export type BankOrderOutcome = 'done' | 'refused' | 'expired' | 'superseded';

/** What a bank is to be told of somebody's cards until it acknowledges it. */
export interface BankOrder {
  id: string;
  userId: string;
  memberId: string;
  consentId: string;
  kind: BankOrderKind;
  /** When the person was verified anew, for a thaw. */
  verifiedAtMs: number | null;
}

/** What is known of a person's cards at one bank: as it was ordered, and whether the bank has said so. */
export type BankHold = 'frozen' | 'freezing' | 'free' | 'thawing' | 'expired';

/** How a bank stands after its newest order. */
export function holdOf(order: { kind: BankOrderKind; outcome: BankOrderOutcome | null }): BankHold {
  const { kind, outcome } = order;
  if (outcome === 'expired') return 'expired';
  if (outcome === null) return kind === 'freeze' ? 'freezing' : 'thawing';
  // A bank that knows no such consent takes nothing from anybody either.
  return kind === 'freeze' ? 'frozen' : 'free';
}

const retryMsMin = 500;
const retryMsMax = 30_000;

/** How long to wait after so many tries, in ms. */
export const retryMs = (attempts: number): number =>
  Math.min(retryMsMax, retryMsMin * 2 ** Math.min(attempts - 1, 10));
