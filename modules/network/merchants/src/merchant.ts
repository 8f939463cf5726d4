import type { StaffRole } from '@feiqian/contract';

/** A merchant as payments need it. Ids are UUIDs. */
export interface Merchant {
  id: string;
  name: string;
  nameEn: string;
  mcc: string;
  city: string;
  /** Card acceptor identification (ISO 8583 field 42). */
  code: string;
  status: MerchantStatus;
  currency: string;
  /** Ledger account of what the network owes the merchant. */
  payableAccount: string;
  settlementTail: string;
}
export type MerchantStatus = 'pending_review' | 'active' | 'suspended';

export interface Store {
  id: string;
  merchantId: string;
  name: string;
}

export interface Staff {
  id: string;
  merchantId: string;
  storeId: string;
  number: string;
  name: string;
  role: StaffRole;
  /** Card acceptor terminal identification (ISO 8583 field 41). */
  terminal: string;
}

/** Where a payment is taken: a store and its merchant. */
export interface Till {
  merchant: Merchant;
  store: Store;
}

/** The 15-character card acceptor code of the n-th merchant: scheme mark, MCC and number. */
export function acceptorCode(mcc: string, number: number): string {
  return `FQ${mcc}${String(number).padStart(9, '0')}`;
}

/** The 8-character terminal id of the n-th till. */
export function terminalCode(number: number): string {
  return `T${String(number).padStart(7, '0')}`;
}
