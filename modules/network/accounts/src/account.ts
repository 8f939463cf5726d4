import type { Account, Bank, BankAccount, BankMovement, Movement } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import { accountIdOf } from '@feiqian/notices';

/** An account as its bank knows it, and the consent under which it may be asked about. Ids are UUIDs. */
export interface KnownAccount {
  id: string;
  memberId: string;
  ref: string;
  userId: string;
  consentId: string;
}

/** The banks as the wallet shows them. */
export interface Faces {
  ofMember: (memberId: string) => Bank;
  /** Null for one that is not a member. */
  ofInstitution: (institution: string) => Bank | null;
}

/** A card of the device at the account's bank. */
export interface HeldCard {
  id: string;
  bankRef: string;
}

export function accountView(
  a: BankAccount,
  memberId: string,
  cards: readonly HeldCard[],
  faces: Faces,
): Account {
  return {
    id: fromUuid(accountIdOf(memberId, a.ref), 'acc'),
    bank: faces.ofMember(memberId),
    kind: a.kind,
    status: a.status,
    currency: a.currency,
    last4: a.number_last4,
    product: a.product,
    product_en: a.product_en,
    card_ids: cards.filter((c) => a.card_refs.includes(c.bankRef)).map((c) => fromUuid(c.id, 'tok')),
    bound: a.bound && {
      bank: faces.ofInstitution(a.bound.institution),
      last4: a.bound.last4,
      bound_at: a.bound.bound_at,
    },
    opened_at: a.opened_at,
  };
}

export function movementView(m: BankMovement, faces: Faces): Movement {
  const { counterparty: other } = m;
  return {
    id: m.id,
    at: m.at,
    kind: m.kind,
    amount: m.amount,
    currency: m.currency,
    description: m.description,
    card_last4: m.card_last4,
    counterparty: other && {
      bank: other.institution === null ? null : faces.ofInstitution(other.institution),
      number: other.number_masked,
    },
    rrn: m.rrn,
  };
}
