import { instant } from '@feiqian/clock';
import type { Bank, BankNotice, WalletNotice } from '@feiqian/contract';
import { fromUuid, uuidOf } from '@feiqian/ids';
import { maskCardNumbers } from '@feiqian/keys';

/** A notice as it is stored. `ref` is the bank's reference of the account or the application. */
export interface StoredNotice {
  position: bigint;
  id: string;
  memberId: string;
  ref: string;
  sequence: bigint;
  userId: string | null;
  type: BankNotice['type'];
  data: BankNotice['data'];
  atMs: number;
  receivedAtMs: number;
  read: boolean;
}

/** What is known of a subject. */
export interface Subject {
  memberId: string;
  ref: string;
  userId: string | null;
  completeTo: bigint;
  top: bigint;
  asks: number;
}

/** The network's own id of a bank's account: banks may not take each other's references. */
export function accountIdOf(memberId: string, ref: string): string {
  return uuidOf(`account ${memberId} ${ref}`);
}

/** True for an account; an application is the other thing that banks tell of. */
export const isAccount = (ref: string): boolean => ref.startsWith('acc_');

/**
 * The last sequence up to which nothing is missing.
 * @param stored sequences after `completeTo`, in any order
 */
export function completeWith(completeTo: bigint, stored: readonly bigint[]): bigint {
  let reached = completeTo;
  for (const sequence of [...stored].sort((a, b) => (a < b ? -1 : 1))) {
    if (sequence === reached + 1n) reached = sequence;
  }
  return reached;
}

const firstPauseMs = 1_000;
/** Longest pause between two questions for something that is missing, in ms. */
export const askPauseMsMax = 10 * 60_000;

/** The pause after so many questions in vain, in ms: doubles from a second to ten minutes. */
export function askPauseMs(asks: number): number {
  return Math.min(askPauseMsMax, firstPauseMs * 2 ** Math.min(asks, 20));
}

const nothing = {
  amount: null,
  currency: null,
  kind: null,
  description: null,
  card_last4: null,
  counterparty: null,
  minimum: null,
  due_date: null,
  account_kind: null,
  account_status: null,
  card_status: null,
  application_state: null,
} as const;

/** A notice's data as they are kept: a bank's free text may hold a card number, which is masked. */
export function keptData(data: BankNotice['data']): BankNotice['data'] {
  if (!('description' in data)) return data;
  return { ...data, description: maskCardNumbers(data.description) };
}

/** What of a notice's data its person is shown. */
function told({ type, data }: Pick<BankNotice, 'type' | 'data'>): Partial<WalletNotice> {
  const notice = { type, data } as BankNotice;
  switch (notice.type) {
    case 'account.debited':
    case 'account.credited': {
      const { amount, currency, kind, description, card_last4, counterparty } = notice.data;
      const masked = counterparty?.number_masked ?? null;
      return { amount, currency, kind, description, card_last4, counterparty: masked };
    }
    case 'account.opened':
      return { account_kind: notice.data.kind };
    case 'account.status_changed':
      return { account_status: notice.data.status };
    case 'card.status_changed':
      return { card_status: notice.data.status };
    case 'bill.issued': {
      const { amount, minimum, currency, due_date } = notice.data;
      return { amount, minimum, currency, due_date };
    }
    case 'application.changed':
      return { application_state: notice.data.state };
  }
}

/** A notice as the wallet gets it. */
export function noticeView(notice: StoredNotice, bank: Bank): WalletNotice {
  const { memberId, ref, type } = notice;
  return {
    id: fromUuid(notice.id, 'ntc'),
    type,
    bank,
    account_id: isAccount(ref) ? fromUuid(accountIdOf(memberId, ref), 'acc') : null,
    at: instant(notice.atMs),
    received_at: instant(notice.receivedAtMs),
    read: notice.read,
    ...nothing,
    ...told(notice),
  };
}
