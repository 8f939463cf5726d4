import type { CardRange } from '@feiqian/contract';

/** What wallets ask of banks; the links module answers. Every call ends within its time-out and never throws. */
export interface BankPort {
  consent(
    memberId: string,
    person: { mobile: string },
  ): Promise<{ ok: true; consentId: string } | { ok: false; code: 'no_customer' | 'unavailable' }>;
  cards(
    memberId: string,
    consentId: string,
  ): Promise<
    | {
        ok: true;
        cards: {
          ref: string;
          /** The bank's reference of the account behind the card. */
          accountRef?: string;
          kind: 'debit' | 'credit';
          product: string;
          productEn: string;
          last4: string;
          active: boolean;
        }[];
      }
    | { ok: false; code: 'refused' | 'unavailable' }
  >;
  provision(
    memberId: string,
    consentId: string,
    ref: string,
  ): Promise<{ ok: true; pan: string; expiry: string } | { ok: false; code: 'refused' | 'unavailable' }>;
  /** Do the three factors agree with this bank's records? */
  checkIdentity(
    memberId: string,
    identity: { name: string; identityNumber: string; mobile: string },
  ): Promise<{ ok: true; match: boolean } | { ok: false }>;
  /** Freezes all cards of the person who consented. `refused`: there is nothing to freeze any more. */
  freeze(memberId: string, consentId: string): Promise<'done' | 'refused' | 'unavailable'>;
  /** Withdraws a consent. */
  revoke(memberId: string, consentId: string): Promise<'done' | 'refused' | 'unavailable'>;
  /** Takes that back. `expired`: the verification is too old for the bank. */
  thaw(
    memberId: string,
    consentId: string,
    verifiedAtMs: number,
  ): Promise<'done' | 'refused' | 'expired' | 'unavailable'>;
  balance(
    memberId: string,
    consentId: string,
    ref: string,
  ): Promise<
    | {
        ok: true;
        currency: string;
        available: bigint;
        balance: bigint;
        creditLimit: bigint | null;
        atMs: number;
      }
    | { ok: false; code: 'refused' | 'unavailable' }
  >;
}

/** What wallets show of a bank. */
export interface BankFace {
  memberId: string;
  code: string;
  name: string;
  nameEn: string;
  colour: string;
  /** The beginnings of its card numbers. */
  ranges: readonly CardRange[];
}
