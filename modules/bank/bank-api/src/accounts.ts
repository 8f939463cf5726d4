import type { Account, Accounts } from '@feiqian/bank-accounts';
import { isLimited } from '@feiqian/bank-accounts';
import type { Cards } from '@feiqian/bank-cards';
import { type Classes, tableInForce } from '@feiqian/bank-classes';
import type { Notices } from '@feiqian/bank-notices';
import { businessDay, type Clock, instant } from '@feiqian/clock';
import type {
  BankAccountBalance,
  BankAccountLimits,
  BankAccountList,
  BankClassTables,
  BankMovementDetail,
  BankMovementPage,
  BankMovementsQuery,
  BankNoticeList,
} from '@feiqian/contract';
import type { Db } from '@feiqian/db';
import { fromUuid, toUuid } from '@feiqian/ids';
import { accountAnswer, dayBegins, json, limitAnswer, movementAnswer, nextDay } from './answers.ts';
import type { Consents } from './consents.ts';
import { BankProblem } from './problem.ts';

/** Things in one page when nobody says how many. */
export const pageDefault = 20;

export interface AccountsForNetworkDeps {
  db: Db;
  clock: Clock;
  accounts: Accounts;
  cards: Cards;
  classes: Classes;
  notices: Notices;
  consents: Consents;
  /** IANA name of the zone in whose days statements are asked for. */
  timeZone: string;
}

export type MovementsQuery = Omit<BankMovementsQuery, 'consent_id'>;

/** The accounts of a customer who consented. Each function throws {@link BankProblem}. */
export interface AccountsForNetwork {
  list(consentId: string): Promise<BankAccountList>;
  /** An account of the customer; one of somebody else is answered like one that does not exist. */
  accountOf(consentId: string, ref: string): Promise<Account>;
  balance(consentId: string, ref: string): Promise<BankAccountBalance>;
  movements(consentId: string, ref: string, query: MovementsQuery): Promise<BankMovementPage>;
  page(account: Account, query: MovementsQuery): Promise<BankMovementPage>;
  movement(consentId: string, ref: string, movementId: string): Promise<BankMovementDetail>;
  limits(consentId: string, ref: string): Promise<BankAccountLimits>;
  classTables(): Promise<BankClassTables>;
  notices(
    consentId: string,
    ref: string,
    page: { limit?: string | undefined; after?: string | undefined },
  ): Promise<BankNoticeList>;
  /** Closes an empty Class II or III account. */
  close(consentId: string, ref: string): Promise<void>;
}

export function createAccountsForNetwork(deps: AccountsForNetworkDeps): AccountsForNetwork {
  const { db, clock, accounts, cards, classes, notices, consents, timeZone } = deps;

  async function accountOf(consentId: string, ref: string): Promise<Account> {
    const customerId = await consents.customerOf(consentId);
    const id = toUuid(ref, 'acc');
    const account = (await accounts.load(db, [id])).get(id);
    if (account?.customerId !== customerId) throw new BankProblem('account_unknown');
    return account;
  }

  async function page(account: Account, query: MovementsQuery): Promise<BankMovementPage> {
    const { limit, cursor, kind, from, to } = query;
    const found = await accounts.movements(account.id, {
      before: cursor === undefined ? null : toUuid(cursor, 'mov'),
      limit: limit === undefined ? pageDefault : Number(limit),
      kind: kind ?? null,
      fromMs: from === undefined ? null : dayBegins(from, timeZone),
      untilMs: to === undefined ? null : dayBegins(nextDay(to), timeZone),
    });
    return {
      data: found.movements.map(movementAnswer),
      next_cursor: found.next === null ? null : fromUuid(found.next, 'mov'),
    };
  }

  return {
    accountOf,
    page,
    async list(consentId) {
      const customerId = await consents.customerOf(consentId);
      const owned = (await accounts.ofCustomer(customerId)).filter((a) => a.status !== 'closed');
      const [held, bindings] = await Promise.all([
        cards.ofCustomer(customerId),
        classes.bindings(
          db,
          owned.map((a) => a.id),
        ),
      ]);
      return { data: owned.map((a) => accountAnswer(a, held, bindings.get(a.id) ?? null)) };
    },
    async balance(consentId, ref) {
      const account = await accountOf(consentId, ref);
      const { balance, available, creditLimit } = await accounts.balance(account);
      return {
        ref,
        kind: account.class ?? 'credit',
        currency: account.currency,
        balance: json(balance),
        available: json(available),
        held: json(balance + account.creditLimit - available),
        credit_limit: creditLimit === null ? null : json(creditLimit),
        at: instant(clock.now()),
      };
    },
    movements: async (consentId, ref, query) => page(await accountOf(consentId, ref), query),
    async movement(consentId, ref, movementId) {
      const account = await accountOf(consentId, ref);
      const found = await accounts.movement(account, toUuid(movementId, 'mov'));
      if (!found) throw new BankProblem('not_found');
      return {
        ...movementAnswer(found.movement),
        account_ref: ref,
        balance_after: json(found.balanceAfter),
      };
    },
    async limits(consentId, ref) {
      const account = await accountOf(consentId, ref);
      const state = (await classes.states(db, [account])).get(account.id);
      const { balance } = await accounts.balance(account);
      return {
        account_class: account.class,
        currency: account.currency,
        effective_from: state?.effectiveFrom ?? null,
        limits: state ? classes.limits(state, balance).map(limitAnswer) : [],
        at: instant(clock.now()),
      };
    },
    async classTables() {
      const tables = await classes.tables(db);
      const today = businessDay(clock.now(), timeZone).date;
      return {
        in_force: tableInForce(tables, today)?.effectiveFrom ?? today,
        data: tables.map((table) => ({
          effective_from: table.effectiveFrom,
          currency: table.currency,
          classes: table.classes.map((c) => ({
            class: c.class,
            opening: c.opening,
            accounts_max: c.accountsMax,
            plastic: c.plastic,
            cash: c.cash,
            limits: Object.entries(c.limits).map(([code, max]) => ({
              code: code as keyof typeof c.limits,
              max: json(max),
            })),
          })),
        })),
      };
    },
    async notices(consentId, ref, { limit, after }) {
      const account = await accountOf(consentId, ref);
      return notices.of(account.id, {
        after: BigInt(after ?? 0),
        limit: limit === undefined ? pageDefault : Number(limit),
      });
    },
    async close(consentId, ref) {
      const { id } = await accountOf(consentId, ref);
      await db.transaction(async (tx) => {
        const account = (await accounts.lock(tx, [id])).get(id) as Account;
        if (account.status === 'closed') return;
        if (!isLimited(account)) throw new BankProblem('class_not_permitted');
        const { balance, available } = await accounts.balance(account, tx);
        if (balance !== 0n || available !== 0n) throw new BankProblem('account_not_empty');
        await accounts.setStatus(id, 'closed', tx);
        const subject = { id, prefix: 'acc' as const };
        const data = { status: 'closed' as const };
        await notices.add(tx, [{ subject, type: 'account.status_changed', data, atMs: clock.now() }]);
      });
    },
  };
}
