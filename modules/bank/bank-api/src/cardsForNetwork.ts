import type { Account, Accounts, MovementKind } from '@feiqian/bank-accounts';
import type { Card, Cards } from '@feiqian/bank-cards';
import { type Customers, isNameOf, maskedName } from '@feiqian/bank-customers';
import { businessDay, type Clock, instant } from '@feiqian/clock';
import type {
  BankBalance,
  BankCard,
  BankCardList,
  BankConsent,
  BankMovementPage,
  BankMovementsQuery,
  CreateBankConsent,
  ProvisionedBankCard,
} from '@feiqian/contract';
import type { Db, Migrations } from '@feiqian/db';
import { fromUuid, type Ids, toUuid } from '@feiqian/ids';
import init from '../migrations/0001_init.sql';
import { type Consent, consentMsMax, holds } from './consent.ts';
import { BankProblem } from './problem.ts';
import { createStore } from './store.ts';

const pageDefault = 20;
const dayMs = 86_400_000;

/** The tables of the module in the schema of one bank. */
export function bankApiMigrations(schema: string): Migrations {
  return { schema, scripts: [{ name: '0001_init', sql: init }] };
}

type MovementsQuery = Omit<BankMovementsQuery, 'consent_id'>;

export interface CardsForNetworkDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  customers: Customers;
  accounts: Accounts;
  cards: Cards;
  /** IANA name of the zone in whose days statements are asked for. */
  timeZone: string;
}

/** What the network may learn of a customer who consented. Each function throws {@link BankProblem}. */
export interface CardsForNetwork {
  createConsent(asked: CreateBankConsent): Promise<BankConsent>;
  revokeConsent(consentId: string): Promise<void>;
  listCards(consentId: string): Promise<BankCardList>;
  provision(consentId: string, ref: string): Promise<ProvisionedBankCard>;
  balance(consentId: string, ref: string): Promise<BankBalance>;
  movements(consentId: string, ref: string, page: MovementsQuery): Promise<BankMovementPage>;
}

export function createCardsForNetwork(deps: CardsForNetworkDeps): CardsForNetwork {
  const { db, clock, ids, customers, accounts, cards } = deps;
  const store = createStore(deps.schema);

  async function consented(consentId: string): Promise<Consent> {
    const consent = await store.byId(db, toUuid(consentId, 'con'));
    if (!consent || !holds(consent, clock.now())) throw new BankProblem('consent_required');
    return consent;
  }

  /** A card of somebody else is answered like one that does not exist. */
  async function cardOf(consentId: string, ref: string): Promise<Card> {
    const consent = await consented(consentId);
    const card = await cards.byId(toUuid(ref, 'card'));
    if (card?.customerId !== consent.customerId) throw new BankProblem('card_unknown');
    return card;
  }

  async function accountOf(card: Card): Promise<Account> {
    const account = (await accounts.load(db, [card.accountId])).get(card.accountId);
    if (!account) throw new Error(`card ${card.id} has no account`);
    return account;
  }

  return {
    async createConsent({ mobile, name, identity_number: identityNumber }) {
      const customer = await customers.byMobile(mobile);
      if (!customer || (name !== undefined && !isNameOf(customer, name))) {
        throw new BankProblem('customer_unknown');
      }
      if (identityNumber !== undefined && !(await customers.hasIdentity(customer.id, identityNumber))) {
        throw new BankProblem('customer_unknown');
      }
      const nowMs = clock.now();
      const consent = { id: ids.uuid(), createdAtMs: nowMs, expiresAtMs: nowMs + consentMsMax };
      await store.insert(db, { ...consent, customerId: customer.id, revokedAtMs: null });
      return {
        id: fromUuid(consent.id, 'con'),
        holder_name: maskedName(customer.name),
        created_at: instant(consent.createdAtMs),
        expires_at: instant(consent.expiresAtMs),
      };
    },
    async revokeConsent(consentId) {
      if (!(await store.revoke(db, toUuid(consentId, 'con'), clock.now())))
        throw new BankProblem('not_found');
    },
    async listCards(consentId) {
      const consent = await consented(consentId);
      const found = await cards.ofCustomer(consent.customerId);
      const accountsFound = await accounts.load(
        db,
        found.map((c) => c.accountId),
      );
      return {
        data: found.map((c) => cardAnswer(c, accountsFound.get(c.accountId) as Account, cards.hasExpired(c))),
      };
    },
    async provision(consentId, ref) {
      const card = await cardOf(consentId, ref);
      if (card.status !== 'active' || cards.hasExpired(card)) throw new BankProblem('card_not_active');
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
    async movements(consentId, ref, { limit, cursor, kind, from, to }) {
      const account = await accountOf(await cardOf(consentId, ref));
      const page = await accounts.movements(account.id, {
        kind: (kind as MovementKind | undefined) ?? null,
        fromMs: from === undefined ? null : dayBegins(from, deps.timeZone),
        untilMs: to === undefined ? null : dayBegins(nextDay(to), deps.timeZone),
        before: cursor === undefined ? null : toUuid(cursor, 'mov'),
        limit: limit === undefined ? pageDefault : Number(limit),
      });
      return {
        data: page.movements.map((m) => ({
          id: fromUuid(m.id, 'mov'),
          at: instant(m.atMs),
          kind: m.kind,
          amount: json(m.amount),
          currency: m.currency,
          description: m.description,
          rrn: m.rrn,
          card_last4: m.cardLast4,
          counterparty: null,
        })),
        next_cursor: page.next === null ? null : fromUuid(page.next, 'mov'),
      };
    },
  };
}

function cardAnswer(card: Card, account: Account, expired: boolean): BankCard {
  return {
    ref: fromUuid(card.id, 'card'),
    account_ref: fromUuid(account.id, 'acc'),
    account_kind: account.kind === 'credit' ? 'credit' : 'class_1',
    form: 'plastic',
    kind: card.kind,
    product: card.product,
    product_en: card.productEn,
    last4: card.last4,
    expiry: card.expiry,
    status: card.status === 'active' && expired ? 'expired' : card.status,
    currency: account.currency,
  };
}

/** Minor units as JSON carries them exactly. */
function json(amount: bigint): number {
  const number = Number(amount);
  if (!Number.isSafeInteger(number)) throw new RangeError('an amount is too large for JSON');
  return number;
}

/** The day after a calendar day. */
function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

/** When a calendar day begins in a zone, in ms: noon UTC lies on the day itself but in the outermost zones. */
function dayBegins(date: string, timeZone: string): number {
  const noonMs = Date.parse(`${date}T12:00:00Z`);
  const found = businessDay(noonMs, timeZone);
  if (found.date === date) return found.startMs;
  return businessDay(noonMs + (found.date < date ? dayMs : -dayMs), timeZone).startMs;
}
