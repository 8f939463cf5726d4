import type { Account, Accounts } from '@feiqian/bank-accounts';
import type { Card, Cards } from '@feiqian/bank-cards';
import { isRecent } from '@feiqian/bank-identity';
import type { NewNotice, Notices } from '@feiqian/bank-notices';
import { type Clock, instant } from '@feiqian/clock';
import type {
  BankBalance,
  BankCardList,
  BankMovementPage,
  FreezeBankCards,
  ProvisionedBankCard,
  ThawBankCards,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { fromUuid, toUuid } from '@feiqian/ids';
import type { AccountsForNetwork, MovementsQuery } from './accounts.ts';
import { cardAnswer, cardStatus, json } from './answers.ts';
import type { Consents } from './consents.ts';
import { BankProblem } from './problem.ts';

export interface CardsForNetworkDeps {
  db: Db;
  clock: Clock;
  accounts: Accounts;
  cards: Cards;
  notices: Notices;
  consents: Consents;
  accountsForNetwork: AccountsForNetwork;
}

/** The cards of a customer who consented. Each function throws {@link BankProblem}. */
export interface CardsForNetwork {
  list(consentId: string): Promise<BankCardList>;
  provision(consentId: string, ref: string): Promise<ProvisionedBankCard>;
  balance(consentId: string, ref: string): Promise<BankBalance>;
  movements(consentId: string, ref: string, query: MovementsQuery): Promise<BankMovementPage>;
  freeze(asked: FreezeBankCards): Promise<BankCardList>;
  thaw(asked: ThawBankCards): Promise<BankCardList>;
}

export function createCardsForNetwork(deps: CardsForNetworkDeps): CardsForNetwork {
  const { db, clock, accounts, cards, consents } = deps;

  /** A card of somebody else is answered like one that does not exist. */
  async function cardOf(consentId: string, ref: string): Promise<Card> {
    const customerId = await consents.customerOf(consentId);
    const card = await cards.byId(toUuid(ref, 'card'));
    if (card?.customerId !== customerId) throw new BankProblem('card_unknown');
    return card;
  }

  async function accountOf(card: Card): Promise<Account> {
    const account = (await accounts.load(db, [card.accountId])).get(card.accountId);
    if (!account) throw new Error(`card ${card.id} has no account`);
    return account;
  }

  /** The customer's cards but those of closed accounts. */
  async function cardsOf(customerId: string): Promise<{ card: Card; account: Account }[]> {
    const found = await cards.ofCustomer(customerId);
    const owned = await accounts.load(db, [...new Set(found.map((c) => c.accountId))]);
    return found.flatMap((card) => {
      const account = owned.get(card.accountId);
      return account && account.status !== 'closed' ? [{ card, account }] : [];
    });
  }

  const answers = (found: readonly { card: Card; account: Account }[]): BankCardList => ({
    data: found.map(({ card, account }) => cardAnswer(card, account, cards.hasExpired(card))),
  });

  async function setFrozen(consentId: string, refs: readonly string[] | undefined, frozen: boolean) {
    const customerId = await consents.customerOf(consentId);
    const all = await cardsOf(customerId);
    const wanted = refs?.map((ref) => toUuid(ref, 'card')) ?? all.map(({ card }) => card.id);
    if (wanted.some((id) => !all.some(({ card }) => card.id === id))) throw new BankProblem('card_unknown');
    await db.transaction(async (tx) => {
      const changed = await cards.setFrozen(customerId, wanted, frozen, tx);
      await deps.notices.add(
        tx,
        changed.map(
          (card): NewNotice => ({
            subject: { id: card.accountId, prefix: 'acc' },
            type: 'card.status_changed',
            data: { card_ref: fromUuid(card.id, 'card'), status: cardStatus(card, cards.hasExpired(card)) },
            atMs: clock.now(),
          }),
        ),
      );
    });
    const after = await cardsOf(customerId);
    return answers(after.filter(({ card }) => wanted.includes(card.id)));
  }

  return {
    list: async (consentId) => answers(await cardsOf(await consents.customerOf(consentId))),
    async provision(consentId, ref) {
      const card = await cardOf(consentId, ref);
      const usable = card.status === 'active' && !card.frozen && !cards.hasExpired(card);
      if (!usable || (await accountOf(card)).status === 'closed') throw new BankProblem('card_not_active');
      const pan = await cards.reveal(card.id);
      if (pan === null) throw new BankProblem('card_unknown');
      return { ref, pan, expiry: card.expiry, kind: card.kind };
    },
    async balance(consentId, ref) {
      const account = await accountOf(await cardOf(consentId, ref));
      const { balance, available, creditLimit } = await accounts.balance(account);
      return {
        kind: account.kind === 'credit' ? 'credit' : 'debit',
        currency: account.currency,
        balance: json(balance),
        available: json(available),
        credit_limit: creditLimit === null ? null : json(creditLimit),
        at: instant(clock.now()),
      };
    },
    async movements(consentId, ref, query) {
      return deps.accountsForNetwork.page(await accountOf(await cardOf(consentId, ref)), query);
    },
    freeze: ({ consent_id: consentId, refs }) => setFrozen(consentId, refs, true),
    async thaw({ consent_id: consentId, refs, verified_at: verifiedAt }) {
      if (!isRecent(Date.parse(verifiedAt), clock.now())) throw new BankProblem('verification_required');
      return setFrozen(consentId, refs, false);
    },
  };
}
