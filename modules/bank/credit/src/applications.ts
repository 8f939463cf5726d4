import type { Accounts } from '@feiqian/bank-accounts';
import { type Cards, monthOf } from '@feiqian/bank-cards';
import type { Customers, Identity } from '@feiqian/bank-customers';
import type { Notices } from '@feiqian/bank-notices';
import { businessDay, type Clock } from '@feiqian/clock';
import type { Db, Tx } from '@feiqian/db';
import { fromUuid, type Ids } from '@feiqian/ids';
import { type Application, birthDateOf, type CreditProduct, type Verdict, verdictOn } from './application.ts';
import type { Bills } from './bills.ts';
import type { createApplicationStore } from './store.ts';

/** How long a person looks at an application, in ms; in the reference bank nobody does, but it takes as long. */
export const reviewMs = 3_000;
/** How long the network is told of an application, in ms. */
const watchedMs = 180 * 86_400_000;
const cardYears = 5;
const yearMs = 365.25 * 86_400_000;
const dueMax = 50;

export interface ApplicationsDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  customers: Customers;
  accounts: Accounts;
  cards: Cards;
  notices: Notices;
  bills: Bills;
  /** Called in the transaction in which a credit account comes into being. */
  accountOpened(tx: Tx, opened: { customerId: string; accountId: string; kind: 'credit' }): Promise<void>;
  /** BIN of the cards it issues. */
  bin: string;
  timeZone: string;
}

/** An application as the network brings it. */
export interface NewApplication {
  product: string;
  identity: Identity;
  /** Minor units. */
  monthlyIncome: bigint;
  employer: string | null;
  wantedLimit: bigint | null;
}

export type ApplicationRefusal =
  | 'product_unknown'
  | 'verification_required'
  | 'application_open'
  | 'not_found'
  | 'application_decided';
export type ApplicationOutcome =
  | { ok: true; application: Application }
  | { ok: false; code: ApplicationRefusal };

/** Applications for credit cards, from the first word to the card. */
export interface Applications {
  products(): Promise<CreditProduct[]>;
  create(tx: Tx, asked: NewApplication): Promise<ApplicationOutcome>;
  byId(id: string): Promise<Application | null>;
  /** Withdraws one that is not decided; one that is withdrawn stays so. */
  withdraw(id: string): Promise<ApplicationOutcome>;
  /** Ends the reviews whose time has come; how many. */
  decideDue(): Promise<number>;
}

type Store = ReturnType<typeof createApplicationStore>;

export function createApplications(deps: ApplicationsDeps, store: Store): Applications {
  const { db, clock, ids, customers, accounts } = deps;
  return {
    products: () => store.products(db),
    async create(tx, asked) {
      const product = await store.product(tx, asked.product);
      if (!product) return { ok: false, code: 'product_unknown' };
      const birthDate = birthDateOf(asked.identity.identityNumber);
      const customer = birthDate && (await customers.admit(tx, ids.uuid(), asked.identity));
      if (!birthDate || !customer) return { ok: false, code: 'verification_required' };
      await customers.lock(tx, customer.id);
      const nowMs = clock.now();
      const received: Application = {
        id: ids.uuid(),
        customerId: customer.id,
        product: product.code,
        state: 'received',
        birthDate,
        monthlyIncome: asked.monthlyIncome,
        employer: asked.employer,
        wantedLimit: asked.wantedLimit,
        creditLimit: null,
        declinedBecause: null,
        accountId: null,
        cardId: null,
        createdAtMs: nowMs,
        decideAtMs: null,
        decidedAtMs: null,
      };
      if (!(await store.insertApplication(tx, received))) return { ok: false, code: 'application_open' };
      await deps.notices.watch(tx, [received.id], nowMs + watchedMs);
      const held = await accounts.ofCustomer(customer.id, tx);
      const verdict = verdictOn(received, product, {
        today: businessDay(nowMs, deps.timeZone).date,
        creditAccounts: held.filter((a) => a.kind === 'credit' && a.status !== 'closed').length,
      });
      return { ok: true, application: await settle(deps, store, tx, received, product, verdict) };
    },
    byId: (id) => store.application(db, id),
    withdraw: (id) =>
      db.transaction(async (tx): Promise<ApplicationOutcome> => {
        const found = await store.lockApplication(tx, id);
        if (!found) return { ok: false, code: 'not_found' };
        if (found.state === 'withdrawn') return { ok: true, application: found };
        if (found.state !== 'received' && found.state !== 'reviewing') {
          return { ok: false, code: 'application_decided' };
        }
        const nowMs = clock.now();
        const application: Application = {
          ...found,
          state: 'withdrawn',
          creditLimit: null,
          decidedAtMs: nowMs,
        };
        await store.updateApplication(tx, application);
        await tell(deps, tx, application);
        return { ok: true, application };
      }),
    async decideDue() {
      if (!(await store.anyDue(db, clock.now()))) return 0;
      return db.transaction(async (tx) => {
        const due = await store.lockDue(tx, clock.now(), dueMax);
        for (const application of due) {
          const product = await store.product(tx, application.product);
          if (!product || application.creditLimit === null) {
            throw new Error(`application ${application.id} has nothing to decide`);
          }
          const verdict: Verdict = { state: 'approved', creditLimit: application.creditLimit };
          await settle(deps, store, tx, application, product, verdict);
        }
        return due.length;
      });
    },
  };
}

/** Carries a verdict out: a review begins, or it is declined, or account and card come into being. */
async function settle(
  deps: ApplicationsDeps,
  store: Store,
  tx: Tx,
  before: Application,
  product: CreditProduct,
  verdict: Verdict,
): Promise<Application> {
  const nowMs = deps.clock.now();
  const application = await outcomeOf(deps, tx, before, product, verdict, nowMs);
  await store.updateApplication(tx, application);
  await tell(deps, tx, application);
  return application;
}

async function outcomeOf(
  deps: ApplicationsDeps,
  tx: Tx,
  before: Application,
  product: CreditProduct,
  verdict: Verdict,
  nowMs: number,
): Promise<Application> {
  switch (verdict.state) {
    case 'declined':
      return { ...before, state: 'declined', declinedBecause: verdict.because, decidedAtMs: nowMs };
    case 'reviewing':
      return {
        ...before,
        state: 'reviewing',
        creditLimit: verdict.creditLimit,
        decideAtMs: nowMs + reviewMs,
      };
    case 'approved': {
      const { creditLimit } = verdict;
      const issued = await issue(deps, tx, before, product, creditLimit, nowMs);
      return { ...before, ...issued, state: 'approved', creditLimit, decidedAtMs: nowMs };
    }
  }
}

/** Opens the credit account with its limit, issues the virtual card on it, and begins its statements. */
async function issue(
  { accounts, cards, bills, ids, bin, timeZone, accountOpened }: ApplicationsDeps,
  tx: Tx,
  application: Application,
  product: CreditProduct,
  creditLimit: bigint,
  nowMs: number,
): Promise<{ accountId: string; cardId: string }> {
  const { customerId } = application;
  const accountId = ids.uuid();
  const cardId = ids.uuid();
  const named = { product: product.name, productEn: product.nameEn };
  await accounts.open(tx, [
    {
      id: accountId,
      customerId,
      number: await accounts.newNumber(tx, bin),
      kind: 'credit',
      ...named,
      currency: product.currency,
      creditLimit,
      openingDeposit: 0n,
    },
  ]);
  const pan = await cards.newPan(tx, bin);
  await cards.issue(
    [
      {
        id: cardId,
        customerId,
        accountId,
        pan,
        last4: pan.last4,
        kind: 'credit',
        ...named,
        form: 'virtual',
        expiry: monthOf(nowMs + cardYears * yearMs, timeZone),
        status: 'active',
        outcome: 'approve',
        purchaseMax: null,
      },
    ],
    tx,
  );
  const { statementDay, dueDays } = product;
  await bills.schedule(tx, [{ accountId, statementDay, dueDays }], nowMs);
  await accountOpened(tx, { customerId, accountId, kind: 'credit' });
  return { accountId, cardId };
}

async function tell({ notices, clock }: ApplicationsDeps, tx: Tx, a: Application): Promise<void> {
  await notices.add(tx, [
    {
      subject: { id: a.id, prefix: 'app' },
      type: 'application.changed',
      atMs: clock.now(),
      data: {
        state: a.state,
        account_ref: a.accountId && fromUuid(a.accountId, 'acc'),
        card_ref: a.cardId && fromUuid(a.cardId, 'card'),
      },
    },
  ]);
}
