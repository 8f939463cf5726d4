import { type Account, currencyNumber } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import { breachOf, stateOf, type Use } from '@feiqian/bank-classes';
import type { Command } from './command.ts';
import { type ResponseCode, refusedInAdvance } from './responseCode.ts';
import { answer, authorisationCodeOf, type Decision, operationOf, refusedBy, type View } from './verdict.ts';

/*
 * The two legs of a transfer (docs/iso8583.md, "Transfers"). The debit leg is pull money: it may be reversed. The
 * credit leg is push money: it may be repeated, asked after and given up, never reversed.
 */

/** The reasons not to let an account give, in the order in which they are answered. */
function payerRefusal(command: Command, { own, card, account, month }: View): ResponseCode | null {
  if (own) return own.state === 'refused' ? refusedInAdvance : '94';
  if (!card || !account) return '14';
  if (account.status === 'closed') return '46';
  if (account.kind === 'credit' || currencyNumber(account.currency) !== command.currency) return '12';
  if (card.status === 'lost' || card.outcome === 'lost_card') return '41';
  if (card.status === 'stolen') return '43';
  if (card.frozen) return '62';
  if (card.expiry < month || (command.expiry !== null && command.expiry !== card.expiry)) return '54';
  if (command.amount === 0n) return '13';
  if (account.status === 'frozen') return '57';
  if (card.outcome === 'do_not_honour') return '05';
  return null;
}

/** Decides a debit leg. */
export function transferOut(command: Command, view: View): Decision {
  const refusal = payerRefusal(command, view);
  if (refusal !== null) return answer(refusal);
  const { amount } = command;
  const breach = breachOf(view.limits ?? [], 'out', amount, view.isBound);
  if (breach) return refusedBy(breach);
  return moved(command, view, 'transfer_out');
}

/** Decides a credit leg, which onto a credit account is a repayment. */
export function transferIn(command: Command, view: View): Decision {
  const { own, account, limits, owed } = view;
  if (own) return answer(own.state === 'refused' ? refusedInAdvance : '94');
  if (!account) return answer('14');
  if (account.status === 'closed') return answer('46');
  if (currencyNumber(account.currency) !== command.currency) return answer('12');
  if (command.toCredit && account.kind !== 'credit') return answer('12');
  const { amount } = command;
  if (amount === 0n) return answer('13');
  if (account.kind === 'credit') {
    if (owed === null) throw new Error(`what is owed on ${account.id} was not read`);
    if (amount > owed) return refusedBy(stateOf('owed', owed, 0n, null));
    return moved(command, view, 'repayment');
  }
  const breach = breachOf(limits ?? [], 'in', amount, view.isBound);
  if (breach) return refusedBy(breach);
  return moved(command, view, 'transfer_in');
}

function moved(command: Command, view: View, posted: 'transfer_out' | 'transfer_in' | 'repayment'): Decision {
  const { fresh, limits, isBound, nowMs } = view;
  const account = view.account as Account;
  const { amount, currency, description } = command;
  const out = posted === 'transfer_out';
  const authorisationCode = authorisationCodeOf(fresh.transferId);
  const uses: Use[] =
    limits && !isBound ? [{ accountId: account.id, direction: out ? 'out' : 'in', amount, atMs: nowMs }] : [];
  return {
    ...answer('00'),
    authorisationCode,
    posting: {
      kind: posted,
      id: fresh.transferId,
      accountId: account.id,
      amount,
      currency,
      groupId: fresh.operationId,
    },
    line: { kind: posted, amount: out ? -amount : amount, description },
    created: {
      ...operationOf(command, view, account.id, (view.card as Card | null)?.id ?? null),
      kind: out ? 'transfer_out' : 'transfer_in',
      state: 'posted',
      posted: amount,
      authorisationCode,
      counted: uses.length > 0,
    },
    uses,
  };
}
