import { answered, type KnownAccount, type Owner } from '@feiqian/accounts';
import type { Clock } from '@feiqian/clock';
import type { Transfer } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { type Answer, ProblemError, type RequestKey } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { BankApi } from '@feiqian/links';
import { accountIdOf } from '@feiqian/notices';
import type { Transfers } from '@feiqian/transfers';
import type { BoundCard, Wallets } from '@feiqian/wallets';
import type { Bills } from './bills.ts';
import * as store from './store/repayments.ts';

export interface RepaymentsDeps {
  db: Db;
  clock: Clock;
  bankApi: Pick<BankApi, 'ask'>;
  wallets: Pick<Wallets, 'cards'>;
  bills: Pick<Bills, 'owedOn'>;
  transfers: Pick<Transfers, 'send' | 'find'>;
}

/** What is to be repaid. */
export interface Order {
  /** Token of the credit card. */
  cardId: string;
  fromCardId: string;
  /** Minor units. */
  amount: number;
}

/** After this a repayment of which no transfer is known has come to nothing, in ms: the process has died before it. */
const lostMs = 60_000;
const ended: readonly Transfer['state'][] = ['completed', 'declined', 'returned', 'cancelled'];

export type Repayments = ReturnType<typeof createRepayments>;

/** Repays credit cards: the money is a transfer's, what is owed is the bank's word. */
export function createRepayments(deps: RepaymentsDeps) {
  const { db, clock, bankApi, bills, transfers } = deps;

  /** A credit card on this device and its account at the bank. */
  async function creditCard(
    owner: Owner,
    cardId: string,
  ): Promise<{ card: BoundCard; account: KnownAccount }> {
    const card = (await deps.wallets.cards(owner.deviceId)).find((c) => c.id === cardId);
    if (card?.kind !== 'credit') throw new ProblemError('card_unknown');
    const { memberId, consentId, bankRef, userId } = card;
    const listed = answered(await bankApi.ask(memberId, 'listCards', { query: { consent_id: consentId } }));
    const ref = listed.data.find((c) => c.ref === bankRef)?.account_ref;
    if (ref === undefined) throw new ProblemError('card_not_usable');
    return { card, account: { id: accountIdOf(memberId, ref), memberId, ref, userId, consentId } };
  }

  /**
   * Repays a card, waits for both banks, and tells the transfer as it stands.
   * @throws ProblemError `over_repayment` with what is owed as its limit, `repayment_in_progress` while another one of
   *   the same card is under way, or whatever stops a transfer from beginning
   */
  async function repay(owner: Owner, order: Order, key: RequestKey, nonce: string | null): Promise<Answer> {
    const { account } = await creditCard(owner, order.cardId);
    const { currency } = await claim(owner, account, order.amount, key);
    try {
      const answer = await transfers.send(
        {
          order: {
            kind: 'repayment',
            ...owner,
            amount: BigInt(order.amount),
            currency,
            note: null,
            scheduledAtMs: null,
          },
          fromTokenId: order.fromCardId,
          to: { kind: 'card', tokenId: order.cardId },
          repeatConfirmed: true,
          nonce,
        },
        key,
      );
      const transfer = JSON.parse(answer.body) as Transfer;
      const isOpen = !ended.includes(transfer.state);
      await store.noteTransfer(db, key.id, toUuid(transfer.id, 'trf'), isOpen);
      return answer;
    } catch (error) {
      // Nothing has begun: a transfer that cannot begin is a problem, everything after that is an answer.
      if (error instanceof ProblemError && error.code !== 'request_in_flight')
        await store.dropRepayment(db, key.id);
      throw error;
    }
  }

  /** Makes this request the one that repays the card, if what it repays is owed. A repeat passes. */
  async function claim(
    owner: Owner,
    account: KnownAccount,
    amount: number,
    key: RequestKey,
  ): Promise<{ currency: string }> {
    const owed = await bills.owedOn(account);
    const row = { keyId: key.id, accountId: account.id, userId: owner.userId };
    if ((await store.repaymentOfKey(db, key.id)) !== undefined) return owed;
    const open = await store.openOf(db, account.id);
    if (open !== undefined && !(await isOver(open))) throw new ProblemError('repayment_in_progress');
    if (open !== undefined) await store.closeRepayment(db, open.keyId);
    if (amount > owed.owed) throw tooMuch(owed.owed);
    if (!(await store.openRepayment(db, row, clock.now()))) {
      const mine = await store.repaymentOfKey(db, key.id);
      if (mine === undefined) throw new ProblemError('repayment_in_progress');
      return owed;
    }
    // Another one may have ended between the question and the claim: what is owed is asked again under the claim.
    const now = await bills.owedOn(account);
    if (amount <= now.owed) return now;
    await store.dropRepayment(db, key.id);
    throw tooMuch(now.owed);
  }

  async function isOver(open: store.Repaying & { atMs: number }): Promise<boolean> {
    if (open.transferId === null) return open.atMs + lostMs < clock.now();
    const transfer = await transfers.find(db, open.transferId);
    return transfer !== undefined && ended.includes(transfer.state);
  }

  return { repay, creditCard };
}

/** A repayment of more than is owed, with the amount owed. */
function tooMuch(owed: number): ProblemError {
  const limit = { code: 'owed', max: owed, used: 0, left: owed, until: null };
  return new ProblemError('over_repayment', undefined, { members: { limit } });
}
