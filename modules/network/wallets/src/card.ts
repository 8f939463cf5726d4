import type { DeviceState } from './freeze.ts';

/** A card bound to a wallet on a device. Ids are UUIDs; `id` is the token's. */
export interface BoundCard {
  id: string;
  userId: string;
  deviceId: string;
  memberId: string;
  kind: 'debit' | 'credit';
  product: string;
  productEn: string;
  last4: string;
  slot: number;
  isDefault: boolean;
  consentId: string;
  bankRef: string;
  boundAtMs: number;
}

export interface Person {
  id: string;
  mobileMasked: string;
  name: string | null;
  /** The largest payment to go unverified, minor units, as the person wants it; null leaves it to the network. */
  freeMax: bigint | null;
}

export interface WalletDevice {
  id: string;
  userId: string;
  name: string;
  handle: string;
  state: DeviceState;
  createdAtMs: number;
  lastUsedAtMs: number;
}

/** What one bank answered to a consent. */
export interface BankDiscovery {
  memberId: string;
  memberCode: string;
  status: 'ok' | 'no_customer' | 'unavailable';
  consentId: string | null;
  cards: {
    ref: string;
    accountRef?: string;
    kind: 'debit' | 'credit';
    product: string;
    productEn: string;
    last4: string;
  }[];
}

/** Cards on one device at the most: a pay code has ten slots. */
export const cardsMax = 10;

/** The lowest slot that is free, or null when all ten are taken. */
export function freeSlot(taken: readonly number[]): number | null {
  for (let slot = 0; slot < cardsMax; slot++) if (!taken.includes(slot)) return slot;
  return null;
}

/** `138****0001`. */
export function maskMobile(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(-4)}`;
}
