import { currencyNumber, type Posting } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import { breachOf, type LimitState, stateOf, type Use } from '@feiqian/bank-classes';
import type { Command } from './command.ts';
import type { Operation } from './operation.ts';
import { type ResponseCode, refusedInAdvance } from './responseCode.ts';
import { transferIn, transferOut } from './transfer.ts';
import { answer, authorisationCodeOf, type Decision, operationOf, refusedBy, type View } from './verdict.ts';

/**
 * Decides one command. Pure: same view, same decision. The one thing left open is whether the account covers
 * the posting, which the ledger alone knows.
 */
export function decide(command: Command, view: View): Decision {
  if (view.saved) {
    if (view.saved.fingerprint !== command.fingerprint) return { ...answer('94'), replay: true };
    const { code, authorisationCode, limit } = view.saved;
    return { ...answer(code as ResponseCode), authorisationCode, limit, replay: true };
  }
  switch (command.kind) {
    case 'hold':
    case 'purchase':
      return authorise(command, view);
    case 'completion':
      return complete(command, view);
    case 'refund':
      return refund(command, view);
    case 'reversal':
      return reverse(command, view);
    case 'transfer_out':
      return transferOut(command, view);
    case 'transfer_in':
      return transferIn(command, view);
    case 'abandon':
      return abandon(command, view);
  }
}

/** The reasons not to let a card pay, in the order in which they are answered. */
function refusalOf(command: Command, { own, card, account, month }: View): ResponseCode | null {
  if (own) return own.state === 'refused' ? refusedInAdvance : '94';
  if (!card || !account || account.status === 'closed') return '14';
  if (currencyNumber(account.currency) !== command.currency) return '12';
  if (card.status === 'lost' || card.outcome === 'lost_card') return '41';
  if (card.status === 'stolen') return '43';
  if (card.frozen) return '62';
  if (card.expiry < month || (command.expiry !== null && command.expiry !== card.expiry)) return '54';
  if (command.amount === 0n) return '13';
  if (account.status === 'frozen') return '57';
  if (card.outcome === 'do_not_honour') return '05';
  return null;
}

function authorise(command: Command, view: View): Decision {
  const refusal = refusalOf(command, view);
  if (refusal !== null) return answer(refusal);
  const { fresh } = view;
  const card = view.card as Card;
  const limit = limitOf(command, view, card);
  if (limit) return refusedBy(limit);
  const uses = usesOf(command, view, card.accountId);
  const hold = command.kind === 'hold';
  const authorisationCode = authorisationCodeOf(fresh.transferId);
  const { amount, currency } = command;
  return {
    ...answer('00'),
    authorisationCode,
    posting: {
      kind: hold ? 'hold' : 'purchase',
      id: fresh.transferId,
      accountId: card.accountId,
      amount,
      currency,
      groupId: fresh.operationId,
    },
    line: hold ? null : { kind: 'purchase', amount: -amount, description: command.description },
    created: {
      ...operationOf(command, view, card.accountId, card.id),
      kind: hold ? 'hold' : 'purchase',
      state: hold ? 'held' : 'posted',
      posted: hold ? 0n : amount,
      authorisationCode,
      counted: uses.length > 0,
    },
    uses,
  };
}

/** The limit that a payment would break: the card's own, or one of the account's class. */
function limitOf({ amount }: Command, view: View, { purchaseMax }: Card): LimitState | null {
  if (purchaseMax !== null && amount > purchaseMax) return stateOf('single_payment', purchaseMax, 0n, null);
  return breachOf(view.limits ?? [], 'out', amount, false);
}

/** What counts against the limits of the account's class. */
function usesOf({ amount }: Command, { limits, nowMs }: View, accountId: string): Use[] {
  return limits ? [{ accountId, direction: 'out', amount, atMs: nowMs }] : [];
}

/** What an operation no longer counts for. */
function giveBackOf({ counted, accountId, createdAtMs }: Operation, amount: bigint): Use[] {
  if (!counted || accountId === null || amount === 0n) return [];
  return [{ accountId, direction: 'out', amount, atMs: createdAtMs }];
}

function complete(command: Command, view: View): Decision {
  const { original: hold, fresh } = view;
  if (view.own) return answer(view.own.state === 'refused' ? refusedInAdvance : '94');
  if (hold?.kind !== 'hold' || isOtherCard(view, hold)) return answer('25');
  if (hold.state !== 'held') return answer('12');
  if (command.amount === 0n || command.amount > hold.amount) return answer('13');
  if (command.currency !== hold.currency) return answer('12');
  const accountId = hold.accountId as string;
  const { amount, currency } = command;
  return {
    ...answer('00'),
    authorisationCode: hold.authorisationCode,
    posting: {
      kind: 'completion',
      id: fresh.transferId,
      accountId,
      holdId: hold.transferId as string,
      amount,
      currency,
      groupId: hold.id,
    },
    line: { kind: 'purchase', amount: -amount, description: command.description || hold.description },
    created: {
      ...operationOf(command, view, accountId, hold.cardId),
      kind: 'completion',
      state: 'posted',
      posted: amount,
      parentId: hold.id,
      authorisationCode: hold.authorisationCode,
    },
    changed: [{ ...hold, state: 'posted', posted: amount }],
    givesBack: giveBackOf(hold, hold.amount - amount),
  };
}

function refund(command: Command, view: View): Decision {
  const { fresh } = view;
  if (view.own) return answer(view.own.state === 'refused' ? refusedInAdvance : '94');
  const sale = view.original?.kind === 'completion' ? view.parent : view.original;
  if (!sale || (sale.kind !== 'purchase' && sale.kind !== 'hold')) return answer('25');
  if (isOtherCard(view, sale)) return answer('25');
  if (sale.state !== 'posted' || command.currency !== sale.currency) return answer('12');
  if (view.account?.status === 'closed') return answer('57');
  if (command.amount === 0n || sale.refunded + command.amount > sale.posted) return answer('13');
  const accountId = sale.accountId as string;
  const { amount, currency } = command;
  const authorisationCode = authorisationCodeOf(fresh.transferId);
  return {
    ...answer('00'),
    authorisationCode,
    posting: { kind: 'refund', id: fresh.transferId, accountId, amount, currency, groupId: sale.id },
    line: { kind: 'refund', amount, description: command.description || sale.description },
    created: {
      ...operationOf(command, view, accountId, sale.cardId),
      kind: 'refund',
      state: 'posted',
      posted: amount,
      parentId: sale.id,
      authorisationCode,
    },
    changed: [{ ...sale, refunded: sale.refunded + amount }],
  };
}

/**
 * A reversal takes back whatever its original left, once. One whose original has not been seen is remembered,
 * so that the original is refused when it comes: answered 00 too, because what it asks for is the case.
 */
function reverse(command: Command, view: View): Decision {
  const { original, parent, fresh } = view;
  if (!original) return { ...answer('00'), created: refusedOperation(command, view) };
  if (original.state === 'refused' || original.state === 'reversed') return answer('00');
  if (isOtherCard(view, original)) return answer('25');
  if (original.kind === 'transfer_in') return answer('12');
  if (command.amount !== original.amount || command.currency !== original.currency) return answer('64');
  if (original.kind === 'refund') return reverseRefund(command, view, original);
  const sale = original.kind === 'completion' ? (parent as Operation) : original;
  const changed: Operation[] = [{ ...sale, state: 'reversed' }];
  if (sale !== original) changed.push({ ...original, state: 'reversed' });
  const base = {
    id: fresh.transferId,
    accountId: sale.accountId as string,
    currency: sale.currency,
    groupId: sale.id,
  };
  if (sale.state === 'held') {
    const posting: Posting = { ...base, kind: 'release', holdId: sale.transferId as string };
    return { ...answer('00'), posting, changed, givesBack: giveBackOf(sale, sale.amount) };
  }
  const givesBack = sale.state === 'posted' ? giveBackOf(sale, sale.posted) : [];
  const amount = sale.state === 'posted' ? sale.posted - sale.refunded : 0n;
  if (amount === 0n) return { ...answer('00'), changed, givesBack };
  const description = command.description || sale.description;
  return {
    ...answer('00'),
    posting: { ...base, kind: 'give_back', amount },
    line: { kind: 'reversal', amount, description },
    changed,
    givesBack,
  };
}

function reverseRefund(command: Command, view: View, refunded: Operation): Decision {
  const sale = view.parent as Operation;
  const { amount, currency } = refunded;
  const reversed: Operation = { ...refunded, state: 'reversed' };
  // A sale that was itself reversed gave back only what the refund had not: together nothing is left to take.
  if (sale.state !== 'posted') return { ...answer('00'), changed: [reversed] };
  return {
    ...answer('00'),
    posting: {
      kind: 'take_back',
      id: view.fresh.transferId,
      accountId: refunded.accountId as string,
      amount,
      currency,
      groupId: sale.id,
    },
    line: { kind: 'reversal', amount: -amount, description: command.description || refunded.description },
    changed: [reversed, { ...sale, refunded: sale.refunded - amount }],
  };
}

/** Nothing is known of the leg: it is refused from now on. What is known of it stands. */
function abandon(command: Command, view: View): Decision {
  if (view.original) return { ...answer('00'), replay: true };
  return { ...answer('00'), created: refusedOperation(command, view), isMessage: false };
}

function isOtherCard(view: View, operation: Operation): boolean {
  return operation.cardId !== (view.card?.id ?? null);
}

function refusedOperation(command: Command, view: View): Operation {
  return {
    ...operationOf(command, view, '', view.card?.id ?? null),
    reference: command.original?.reference as string,
    accountId: null,
    kind: 'refused',
    state: 'refused',
    posted: 0n,
    transferId: null,
    authorisationCode: null,
  };
}

/** The operation that a command would be itself: the same reference and RRN. */
export function ownOf(command: Command, candidates: readonly Operation[]): Operation | null {
  return candidates.find((o) => o.rrn === command.rrn && o.reference === command.reference) ?? null;
}

/**
 * The operation that a later message means, among those under the reference it names (or, without field 90,
 * under its RRN). A reversal carries the RRN of its original. A refund or completion has its own and may come
 * from another till of the shop: then its card, and of several of that card its approval code or terminal, must tell.
 *
 * @param cardId of the command, null when no card has its number
 */
export function originalOf(
  command: Command,
  candidates: readonly Operation[],
  cardId: string | null,
): Operation | null {
  const byRrn = candidates.find((o) => o.rrn === command.rrn);
  if (byRrn || command.kind === 'reversal' || command.kind === 'abandon') return byRrn ?? null;
  const seen = candidates.filter((o) => o.kind !== 'refused' && o.cardId === cardId);
  const { approvalCode, terminal } = command;
  return (
    onlyOne(seen) ??
    onlyOne(seen.filter((o) => approvalCode !== null && o.authorisationCode === approvalCode)) ??
    onlyOne(seen.filter((o) => o.terminal === terminal))
  );
}

function onlyOne(operations: readonly Operation[]): Operation | null {
  const [only, ...more] = operations;
  return only && more.length === 0 ? only : null;
}
