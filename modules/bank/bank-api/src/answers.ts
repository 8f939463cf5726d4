import type { Account, Movement } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import type { Binding, LimitState } from '@feiqian/bank-classes';
import { businessDay, instant } from '@feiqian/clock';
import type { BankAccount, BankCard, BankCardStatus, BankLimit, BankMovement } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';

/* What the modules know, in the words of the contract. */

/** Minor units as JSON carries them exactly. */
export function json(amount: bigint): number {
  const number = Number(amount);
  if (!Number.isSafeInteger(number)) throw new RangeError('an amount is too large for JSON');
  return number;
}

export function cardStatus(card: Card, expired: boolean): BankCardStatus {
  if (card.status !== 'active') return card.status;
  if (card.frozen) return 'frozen';
  return expired ? 'expired' : 'active';
}

export function cardAnswer(card: Card, account: Account, expired: boolean): BankCard {
  return {
    ref: fromUuid(card.id, 'card'),
    account_ref: fromUuid(account.id, 'acc'),
    account_kind: account.class ?? 'credit',
    kind: card.kind,
    form: card.form,
    product: card.product,
    product_en: card.productEn,
    last4: card.last4,
    expiry: card.expiry,
    status: cardStatus(card, expired),
    currency: account.currency,
  };
}

export function accountAnswer(
  account: Account,
  cards: readonly Card[],
  binding: Binding | null,
): BankAccount {
  return {
    ref: fromUuid(account.id, 'acc'),
    kind: account.class ?? 'credit',
    status: account.status,
    currency: account.currency,
    number_last4: account.number.slice(-4),
    product: account.product,
    product_en: account.productEn,
    card_refs: cards.filter((c) => c.accountId === account.id).map((c) => fromUuid(c.id, 'card')),
    bound: binding && {
      institution: binding.institution,
      last4: binding.last4,
      bound_at: instant(binding.boundAtMs),
    },
    opened_at: instant(account.openedAtMs),
  };
}

export function movementAnswer(m: Movement): BankMovement {
  return {
    id: fromUuid(m.id, 'mov'),
    at: instant(m.atMs),
    kind: m.kind,
    amount: json(m.amount),
    currency: m.currency,
    description: m.description,
    rrn: m.rrn,
    card_last4: m.cardLast4,
    counterparty: m.counterparty && {
      institution: m.counterparty.institution,
      number_masked: m.counterparty.numberMasked,
    },
  };
}

export function limitAnswer({ code, max, used, left, untilMs }: LimitState): BankLimit {
  return {
    code,
    max: json(max),
    used: json(used),
    left: json(left),
    until: untilMs === null ? null : instant(untilMs),
  };
}

const dayMs = 86_400_000;

/** The day after a calendar day. */
export function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

/** When a calendar day begins in a zone, in ms: noon UTC lies on the day itself but in the outermost zones. */
export function dayBegins(date: string, timeZone: string): number {
  const noonMs = Date.parse(`${date}T12:00:00Z`);
  const found = businessDay(noonMs, timeZone);
  if (found.date === date) return found.startMs;
  return businessDay(noonMs + (found.date < date ? dayMs : -dayMs), timeZone).startMs;
}
