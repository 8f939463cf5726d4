import { instant } from '@feiqian/clock';
import type { Bank, BankApplication, CreditApplication } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';

/** An application as it is stored. Ids are UUIDs; `bankRef` and `cardRef` are the bank's own. */
export interface Application {
  id: string;
  userId: string;
  deviceId: string;
  memberId: string;
  bankRef: string;
  product: string;
  state: BankApplication['state'];
  creditLimit: bigint | null;
  declinedBecause: BankApplication['declined_because'];
  cardRef: string | null;
  card: CreditApplication['card'];
  cardId: string | null;
  createdAtMs: number;
  decidedAtMs: number | null;
  tries: number;
}

const firstLookMs = 1_000;
/** Longest pause between two looks at an application that is not decided, in ms. */
export const lookMsMax = 60_000;

/** The pause before the next look: doubles from a second to a minute. What a notice tells is looked at at once. */
export function lookAfterMs(tries: number): number {
  return Math.min(lookMsMax, firstLookMs * 2 ** Math.min(tries, 10));
}

/** True while something may still change of itself: the bank decides, or the card is being bound. */
export function isOpen({ state, card }: Pick<Application, 'state' | 'card'>): boolean {
  return state === 'received' || state === 'reviewing' || (state === 'approved' && card === 'binding');
}

/** An application after what its bank has told. What was decided stays decided. */
export function toldBy(application: Application, told: BankApplication): Application {
  const approved = told.state === 'approved';
  return {
    ...application,
    state: told.state,
    creditLimit: told.credit_limit === null ? null : BigInt(told.credit_limit),
    declinedBecause: told.declined_because,
    cardRef: told.card_ref,
    card: application.card === 'none' && approved && told.card_ref !== null ? 'binding' : application.card,
    decidedAtMs: told.decided_at === null ? null : Date.parse(told.decided_at),
  };
}

export function applicationView(a: Application, bank: Bank): CreditApplication {
  return {
    id: fromUuid(a.id, 'app'),
    bank,
    product: a.product,
    state: a.state,
    credit_limit: a.creditLimit === null ? null : Number(a.creditLimit),
    declined_because: a.declinedBecause,
    card: a.card,
    card_id: a.cardId === null ? null : fromUuid(a.cardId, 'tok'),
    created_at: instant(a.createdAtMs),
    decided_at: a.decidedAtMs === null ? null : instant(a.decidedAtMs),
  };
}
