import { type Account, type Accounts, isLimited } from '@feiqian/bank-accounts';
import { type Cards, monthOf } from '@feiqian/bank-cards';
import { type Classes, stateOf } from '@feiqian/bank-classes';
import type { Customers, Identity } from '@feiqian/bank-customers';
import { type BankIdentities, isRecent } from '@feiqian/bank-identity';
import type { Clock } from '@feiqian/clock';
import type { BankAccount, BankClass1Proof, BindBankAccount, OpenBankAccount } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { type Ids, toUuid } from '@feiqian/ids';
import type { AccountsForNetwork } from './accounts.ts';
import { accountAnswer, limitAnswer } from './answers.ts';
import type { Consents } from './consents.ts';
import { BankProblem } from './problem.ts';
import type { Requests } from './requests.ts';

const cardYears = 5;
const yearMs = 365.25 * 86_400_000;
const products = {
  class_2: { product: '电子账户（Ⅱ类）', productEn: 'Class II account' },
  class_3: { product: '零钱账户（Ⅲ类）', productEn: 'Class III account' },
} as const;

export interface OpeningsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  customers: Customers;
  accounts: Accounts;
  cards: Cards;
  classes: Classes;
  identities: BankIdentities;
  consents: Consents;
  requests: Requests;
  accountsForNetwork: AccountsForNetwork;
  /** The bank's identification in field 32 and 102. */
  institution: string;
  bin: string;
  timeZone: string;
}

/** Accounts opened and bound without a branch. Each function throws {@link BankProblem}. */
export interface Openings {
  open(key: string, asked: OpenBankAccount): Promise<BankAccount>;
  bind(ref: string, asked: BindBankAccount): Promise<BankAccount>;
}

export function createOpenings(deps: OpeningsDeps): Openings {
  const { db, accounts, cards, classes, consents, requests } = deps;
  return {
    open: (key, asked) => requests.once(key, 'openAccount', asked, (tx) => open(deps, tx, asked)),
    async bind(ref, { consent_id: consentId, class_1: proof }) {
      const seen = await deps.accountsForNetwork.accountOf(consentId, ref);
      if (!isLimited(seen)) throw new BankProblem('class_not_permitted');
      await db.transaction(async (tx) => {
        const account = (await accounts.lock(tx, [seen.id])).get(seen.id) as Account;
        if (account.status !== 'open') throw new BankProblem('account_not_open');
        const bound = (await classes.bindings(tx, [account.id])).get(account.id);
        const numberLookup = cards.lookup(proof.number);
        if (bound?.institution === proof.institution && bound.numberLookup === numberLookup) return;
        await proven(deps, tx, proof, account.customerId);
        await classes.bind(tx, account.id, bindingOf(deps, proof));
      });
      const customerId = await consents.customerOf(consentId);
      const [held, bindings] = [await cards.ofCustomer(customerId), await classes.bindings(db, [seen.id])];
      return accountAnswer(seen, held, bindings.get(seen.id) ?? null);
    },
  };
}

async function open(deps: OpeningsDeps, tx: Tx, asked: OpenBankAccount): Promise<BankAccount> {
  const { customers, accounts, cards, classes, ids, clock } = deps;
  const customer = await customers.admit(tx, ids.uuid(), identityOf(asked));
  if (!customer) throw new BankProblem('verification_required');
  await customers.lock(tx, customer.id);
  await proven(deps, tx, asked.class_1, customer.id);
  const rules = await classes.rulesOf(tx, asked.class);
  if (rules.opening !== 'remote' || asked.currency !== 'CNY') throw new BankProblem('class_not_permitted');
  const held = await accounts.ofCustomer(customer.id, tx);
  const used = held.filter((a) => a.class === asked.class && a.status !== 'closed').length;
  if (used >= rules.accountsMax) {
    const limit = stateOf('accounts', BigInt(rules.accountsMax), BigInt(used), null);
    throw new BankProblem('limit_exceeded', limitAnswer(limit));
  }
  const account = {
    id: ids.uuid(),
    customerId: customer.id,
    number: await accounts.newNumber(tx, deps.bin),
    kind: 'current' as const,
    class: asked.class,
    ...products[asked.class],
    currency: asked.currency,
    creditLimit: 0n,
    openingDeposit: 0n,
  };
  await accounts.open(tx, [account]);
  await classes.bind(tx, account.id, bindingOf(deps, asked.class_1));
  const pan = await cards.newPan(tx, deps.bin);
  await cards.issue(
    [
      {
        id: ids.uuid(),
        customerId: customer.id,
        accountId: account.id,
        pan,
        last4: pan.last4,
        kind: 'debit',
        ...products[asked.class],
        form: 'virtual',
        expiry: monthOf(clock.now() + cardYears * yearMs, deps.timeZone),
        status: 'active',
        outcome: 'approve',
        purchaseMax: null,
      },
    ],
    tx,
  );
  await deps.consents.accountOpened(tx, {
    customerId: customer.id,
    accountId: account.id,
    kind: asked.class,
  });
  const opened = (await accounts.load(tx, [account.id])).get(account.id) as Account;
  const bindings = await classes.bindings(tx, [account.id]);
  return accountAnswer(opened, await cards.ofCustomer(customer.id, tx), bindings.get(account.id) ?? null);
}

function identityOf({ identity }: OpenBankAccount): Identity {
  return { name: identity.name, identityNumber: identity.identity_number, mobile: identity.mobile };
}

function bindingOf({ cards, clock }: OpeningsDeps, proof: BankClass1Proof) {
  return {
    institution: proof.institution,
    numberLookup: cards.lookup(proof.number),
    last4: proof.number.slice(-4),
    boundAtMs: clock.now(),
  };
}

/** The Class I account vouches for the customer, by a verification that has not been used; uses it up. */
async function proven(deps: OpeningsDeps, tx: Tx, proof: BankClass1Proof, customerId: string): Promise<void> {
  const id = toUuid(proof.verification_id, 'ver');
  const nowMs = deps.clock.now();
  const own = proof.institution === deps.institution;
  const good = own
    ? await deps.identities.use(tx, id, { customerId, numberLookup: deps.cards.lookup(proof.number) })
    : isRecent(Date.parse(proof.verified_at), nowMs) && (await deps.identities.useVouched(tx, id));
  if (!good) throw new BankProblem('verification_required');
}
