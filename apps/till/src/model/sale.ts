import type { Payment, PaymentState } from '@feiqian/contract';

/** How the payer is met: our code on this screen, or the payer's code read by this till. */
export type Door = 'code' | 'scan';

/**
 * Where a sale stands, as the cashier must be told.
 *
 * | phase      | meaning                                                        | next                                   |
 * | ---------- | -------------------------------------------------------------- | -------------------------------------- |
 * | opening    | the payment is being created at the network                    | showing, collecting, refused, unsent   |
 * | showing    | our code is on the screen and nobody has paid yet              | checking, paid, …, cancelled, expired  |
 * | collecting | the payer's code is on its way to the network                  | checking, paid, declined, refused      |
 * | checking   | the bank has been asked, or the network does not answer us     | paid, declined, reversed               |
 * | paid       | the money is the merchant's                                    | (refunds leave the phase)              |
 * | declined   | the bank said no; nothing moved                                | showing, collecting (another card)     |
 * | reversed   | the bank's answer never came; whatever it held is given back   |                                        |
 * | cancelled  | taken back before anybody paid                                 |                                        |
 * | expired    | nobody paid in time                                            |                                        |
 * | refused    | the network refused the request; nothing moved                 | collecting (another code is scanned)   |
 * | unsent     | never left this till; nothing was created                      |                                        |
 */
export type Phase =
  | 'opening'
  | 'showing'
  | 'collecting'
  | 'checking'
  | 'paid'
  | 'declined'
  | 'reversed'
  | 'cancelled'
  | 'expired'
  | 'refused'
  | 'unsent';

const finals: readonly Phase[] = [
  'paid',
  'declined',
  'reversed',
  'cancelled',
  'expired',
  'refused',
  'unsent',
];

/** Why a sale is refused: the stable code of the problem and its public sentence. */
export interface Refusal {
  readonly code: string;
  readonly detail: string | null;
}

/** Code of a refusal that is ours: the page was closed while the payer's code was on its way. */
export const interrupted = 'interrupted';

export interface Sale {
  /** Made on this till; also the root of the idempotency keys, so a repeated request never charges twice. */
  readonly id: string;
  readonly door: Door;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly orderReference: string;
  readonly phase: Phase;
  readonly payment: Payment | null;
  readonly refusal: Refusal | null;
  readonly startedAtMs: number;
  /** Since when the bank (or the network) is awaited; null before and after. */
  readonly checkingSinceMs: number | null;
  /** True while the last request got no answer at all: this till does not know, the network may. */
  readonly silent: boolean;
  /** Cancelling was asked for and is not yet answered. */
  readonly cancelling: boolean;
  /** The cashier has seen the result. */
  readonly seen: boolean;
}

export interface NewSale {
  readonly id: string;
  readonly door: Door;
  readonly amount: number;
  readonly currency: string;
  readonly orderReference: string;
}

export function openSale(sale: NewSale, nowMs: number): Sale {
  return {
    id: sale.id,
    door: sale.door,
    amount: sale.amount,
    currency: sale.currency,
    orderReference: sale.orderReference,
    phase: 'opening',
    payment: null,
    refusal: null,
    startedAtMs: nowMs,
    checkingSinceMs: null,
    silent: false,
    cancelling: false,
    seen: false,
  };
}

export function isFinal(sale: Sale): boolean {
  return finals.includes(sale.phase);
}

/** Later states have higher rank; a message that arrives late or twice can only repeat or add. */
const rank: Record<PaymentState, number> = {
  created: 0,
  processing: 1,
  authorised: 2,
  unknown: 3,
  captured: 4,
  declined: 4,
  cancelled: 4,
  expired: 4,
  reversed: 5,
  partially_refunded: 5,
  refunded: 6,
};

/** True when `next` may replace `known`: a newer message, never an older one delivered late. */
export function isNewer(known: Payment | null, next: Payment): boolean {
  if (known === null) return true;
  if (known.id !== next.id) return false;
  const knownAt = Date.parse(known.updated_at);
  const nextAt = Date.parse(next.updated_at);
  if (knownAt !== nextAt) return nextAt > knownAt;
  return rank[next.state] > rank[known.state];
}

function phaseOf(state: PaymentState, sale: Sale): Phase {
  switch (state) {
    case 'created':
      if (sale.phase === 'checking' || sale.phase === 'collecting' || sale.phase === 'refused')
        return sale.phase;
      return sale.door === 'code' ? 'showing' : 'collecting';
    case 'processing':
    case 'authorised':
    case 'unknown':
      return 'checking';
    case 'captured':
    case 'partially_refunded':
    case 'refunded':
      return 'paid';
    default:
      return state;
  }
}

function enter(sale: Sale, phase: Phase, nowMs: number): Sale {
  const waiting = phase === 'checking' || phase === 'collecting';
  const cancelling = sale.cancelling && !finals.includes(phase);
  return { ...sale, phase, cancelling, checkingSinceMs: waiting ? (sale.checkingSinceMs ?? nowMs) : null };
}

/** News of the payment: the answer to our own request, a message of the stream, or a look-up. Any order, any number of times. */
export function applyPayment(sale: Sale, payment: Payment, nowMs: number): Sale {
  if (!isNewer(sale.payment, payment)) return sale.silent ? { ...sale, silent: false } : sale;
  const refusal = payment.state === 'created' ? sale.refusal : null;
  const phase = phaseOf(payment.state, sale);
  const seen = sale.seen && phase === sale.phase;
  return enter({ ...sale, payment, silent: false, refusal, seen }, phase, nowMs);
}

/** True while the network would still take a payer: a declined payment may be paid with another card. */
function isPayable(sale: Sale): boolean {
  return sale.payment?.state === 'created' || sale.payment?.state === 'declined';
}

/** True while the payer's code may be taken for this sale: nobody has been charged and it has not ended. */
export function mayCollect(sale: Sale): boolean {
  return isPayable(sale) && ['showing', 'refused', 'declined'].includes(sale.phase);
}

/** True when our code can be shown again after a decline, for the same payer with another card. */
export function mayReopen(sale: Sale, nowMs: number): boolean {
  if (sale.door !== 'code' || sale.phase !== 'declined' || sale.payment === null) return false;
  return sale.payment.code !== null && nowMs < Date.parse(sale.payment.expires_at);
}

export function reopen(sale: Sale, nowMs: number): Sale {
  return mayReopen(sale, nowMs) ? { ...sale, phase: 'showing', seen: false } : sale;
}

/** True when the network would still let somebody pay a sale that ended here. */
export function isLeftOpen(sale: Sale, nowMs: number): boolean {
  const ended = sale.phase === 'refused' || sale.phase === 'declined';
  return ended && isPayable(sale) && nowMs < Date.parse(sale.payment?.expires_at ?? '');
}

/** A payment made without this till, at the store's poster, as a sale that is already paid. */
export function adopt(payment: Payment, nowMs: number): Sale {
  const sale = openSale(
    {
      id: payment.id,
      door: 'code',
      amount: payment.amount,
      currency: payment.currency,
      orderReference: payment.order_reference ?? '',
    },
    nowMs,
  );
  return applyPayment(sale, payment, nowMs);
}

/** The payer's code has been read and goes to the network. */
export function startCollecting(sale: Sale, nowMs: number): Sale {
  const waiting = { ...sale, refusal: null, silent: false, checkingSinceMs: null, seen: false };
  return sale.phase === 'opening' || mayCollect(sale) ? enter(waiting, 'collecting', nowMs) : sale;
}

/**
 * The network said no to our request, so nothing happened by it. A shown code stays good after a payer's
 * code was refused; everything else ends here.
 */
export function refuse(sale: Sale, refusal: Refusal): Sale {
  if (isFinal(sale) || sale.phase === 'checking') return sale;
  const phase = sale.door === 'code' && sale.payment !== null ? 'showing' : 'refused';
  return { ...sale, phase, refusal, checkingSinceMs: null, silent: false, cancelling: false };
}

/** True while nobody is known to pay: the network may still refuse, because it knows more. */
export function mayCancel(sale: Sale): boolean {
  if (sale.phase === 'opening' || sale.phase === 'showing') return true;
  return sale.phase === 'checking' && isPayable(sale);
}

/** The cashier takes the sale back. Only the network's answer ends it: a payer may be paying right now. */
export function askCancel(sale: Sale): Sale {
  return mayCancel(sale) ? { ...sale, cancelling: true } : sale;
}

/** A sale as found after a reload: what was on its way is no longer ours to finish, only to look up. */
export function resume(sale: Sale): Sale {
  if (isFinal(sale)) return sale;
  if (sale.payment === null) return { ...sale, phase: 'unsent', silent: false, cancelling: false };
  if (sale.phase !== 'collecting') return { ...sale, cancelling: false };
  return { ...sale, phase: 'refused', refusal: { code: interrupted, detail: null }, checkingSinceMs: null };
}

/**
 * No answer. Before the payment is known to exist and after the last attempt, nothing can have been charged
 * (a payment without a payer moves no money); afterwards the bank may have been asked, so it stays open.
 */
export function fallSilent(sale: Sale, nowMs: number, attemptsLeft: boolean): Sale {
  if (isFinal(sale)) return sale;
  if (sale.payment === null) {
    return attemptsLeft
      ? { ...sale, silent: true }
      : { ...sale, phase: 'unsent', silent: false, checkingSinceMs: null };
  }
  if (sale.phase === 'collecting') return { ...enter(sale, 'checking', nowMs), silent: true };
  return { ...sale, silent: true };
}

export function see(sale: Sale): Sale {
  return sale.seen || !isFinal(sale) ? sale : { ...sale, seen: true };
}

/** Whole seconds until the code expires; null when there is no code to expire. */
export function secondsLeft(sale: Sale, nowMs: number): number | null {
  if (sale.phase !== 'showing' || sale.payment === null) return null;
  return Math.max(0, Math.ceil((Date.parse(sale.payment.expires_at) - nowMs) / 1000));
}

/** Whole seconds the bank has been awaited. */
export function secondsChecking(sale: Sale, nowMs: number): number {
  return sale.checkingSinceMs === null ? 0 : Math.max(0, Math.floor((nowMs - sale.checkingSinceMs) / 1000));
}
