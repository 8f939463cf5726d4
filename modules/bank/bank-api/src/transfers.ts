import { type Accounts, currencyOfNumber } from '@feiqian/bank-accounts';
import { type Authorisations, type Leg, legName } from '@feiqian/bank-authorisation';
import type { Cards } from '@feiqian/bank-cards';
import { type Customers, isNameOf, maskedName } from '@feiqian/bank-customers';
import type { BankIdentities } from '@feiqian/bank-identity';
import { instant } from '@feiqian/clock';
import type { BankLeg, BankLegKey, BankPayee, CheckPayee } from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { json, limitAnswer } from './answers.ts';
import { BankProblem } from './problem.ts';

export interface TransfersForNetworkDeps {
  db: Db;
  customers: Customers;
  accounts: Accounts;
  cards: Cards;
  identities: BankIdentities;
  authorisations: Authorisations;
}

/** What the legs of transfers need beside their messages. Each function throws {@link BankProblem}. */
export interface TransfersForNetwork {
  checkPayee(asked: CheckPayee): Promise<BankPayee>;
  leg(key: BankLegKey): Promise<BankLeg>;
  abandon(key: BankLegKey): Promise<BankLeg>;
}

const none: BankPayee = { match: 'none', masked_name: null, can_receive: null };

export function createTransfersForNetwork(deps: TransfersForNetworkDeps): TransfersForNetwork {
  const { db, customers, accounts, cards, identities, authorisations } = deps;

  async function accountOf(number: string) {
    const lookup = cards.lookup(number);
    const card = (await cards.load(db, [lookup])).get(lookup);
    if (card) return (await accounts.load(db, [card.accountId])).get(card.accountId);
    return (await accounts.loadByNumber(db, [number])).get(number);
  }

  return {
    async checkPayee({ number, name }) {
      if (!(await identities.mayTry('payee', number))) throw new BankProblem('too_many_requests');
      const account = await accountOf(number);
      const customer = account ? await customers.byId(account.customerId) : null;
      if (account && customer && isNameOf(customer, name)) {
        const canReceive = account.status !== 'closed';
        return { match: 'full', masked_name: maskedName(customer.name), can_receive: canReceive };
      }
      await identities.failed('payee', number);
      return none;
    },
    leg: async (key) => legAnswer(await authorisations.leg(nameOf(key))),
    abandon: async (key) => legAnswer(await authorisations.abandon(nameOf(key))),
  };
}

function nameOf({ acquirer, stan, rrn, transmitted_at: transmittedAt }: BankLegKey) {
  const atMs = Date.parse(transmittedAt);
  // The pattern lets a 13th month or a 25th hour through.
  if (Number.isNaN(atMs)) throw new BankProblem('invalid_request');
  return legName(acquirer, stan, rrn, atMs);
}

function legAnswer(leg: Leg): BankLeg {
  return {
    state: leg.state,
    direction: leg.direction,
    response_code: leg.code,
    limit: leg.limit && limitAnswer(leg.limit),
    amount: leg.amount === null ? null : json(leg.amount),
    currency: leg.currency === null ? null : currencyOfNumber(leg.currency),
    at: leg.atMs === null ? null : instant(leg.atMs),
  };
}
