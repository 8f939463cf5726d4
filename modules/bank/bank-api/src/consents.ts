import type { Accounts } from '@feiqian/bank-accounts';
import { type Customers, isNameOf, maskedName } from '@feiqian/bank-customers';
import type { BankIdentities } from '@feiqian/bank-identity';
import type { Notices } from '@feiqian/bank-notices';
import { type Clock, instant } from '@feiqian/clock';
import type { BankAccountKind, BankConsent, CreateBankConsent } from '@feiqian/contract';
import type { Db, Migrations, Tx } from '@feiqian/db';
import { fromUuid, type Ids, toUuid } from '@feiqian/ids';
import init from '../migrations/0001_init.sql';
import requests from '../migrations/0002_requests.sql';
import { type Consent, consentMsMax, holds } from './consent.ts';
import { BankProblem } from './problem.ts';
import { createStore } from './store.ts';

/** The tables of the module in the schema of one bank. */
export function bankApiMigrations(schema: string): Migrations {
  return {
    schema,
    scripts: [
      { name: '0001_init', sql: init },
      { name: '0002_requests', sql: requests },
    ],
  };
}

export interface ConsentsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  customers: Customers;
  accounts: Accounts;
  notices: Notices;
  identities: BankIdentities;
}

/** Permissions of customers that the network sees what is theirs. Each function throws {@link BankProblem}. */
export interface Consents {
  create(asked: CreateBankConsent): Promise<BankConsent>;
  revoke(consentId: string): Promise<void>;
  /** The customer whose consent this is. */
  customerOf(consentId: string): Promise<string>;
  /** An account has come into being: the network is told of it if the customer's consent holds. */
  accountOpened(
    tx: Tx,
    opened: { customerId: string; accountId: string; kind: BankAccountKind },
  ): Promise<void>;
}

export function createConsents(deps: ConsentsDeps): Consents {
  const { db, clock, ids, customers, accounts, notices, identities } = deps;
  const store = createStore(deps.schema);

  /** Tells the network of the customer's accounts for as long as some consent holds. */
  async function watch(tx: Tx, customerId: string): Promise<void> {
    const owned = await accounts.ofCustomer(customerId, tx);
    const until = await store.holdsUntil(tx, customerId, clock.now());
    await notices.watch(
      tx,
      owned.map((a) => a.id),
      until,
    );
  }

  async function customerAsked(asked: CreateBankConsent) {
    const { mobile, name, identity_number: identityNumber } = asked;
    if (!(await identities.mayTry('consent', mobile))) throw new BankProblem('too_many_requests');
    const customer = await customers.byMobile(mobile);
    const agrees =
      customer !== null &&
      (name === undefined || isNameOf(customer, name)) &&
      (identityNumber === undefined || (await customers.hasIdentity(customer.id, identityNumber)));
    if (customer && agrees) return customer;
    await identities.failed('consent', mobile);
    throw new BankProblem('customer_unknown');
  }

  return {
    async create(asked) {
      const customer = await customerAsked(asked);
      const nowMs = clock.now();
      const consent: Consent = {
        id: ids.uuid(),
        customerId: customer.id,
        createdAtMs: nowMs,
        expiresAtMs: nowMs + consentMsMax,
        revokedAtMs: null,
      };
      await db.transaction(async (tx) => {
        await customers.lock(tx, customer.id);
        await store.insert(tx, consent);
        await watch(tx, customer.id);
      });
      return {
        id: fromUuid(consent.id, 'con'),
        holder_name: maskedName(customer.name),
        created_at: instant(consent.createdAtMs),
        expires_at: instant(consent.expiresAtMs),
      };
    },
    revoke: (consentId) =>
      db.transaction(async (tx) => {
        const id = toUuid(consentId, 'con');
        const consent = await store.byId(tx, id);
        if (!consent) throw new BankProblem('not_found');
        await customers.lock(tx, consent.customerId);
        await store.revoke(tx, id, clock.now());
        await watch(tx, consent.customerId);
      }),
    async customerOf(consentId) {
      const consent = await store.byId(db, toUuid(consentId, 'con'));
      if (!consent || !holds(consent, clock.now())) throw new BankProblem('consent_required');
      return consent.customerId;
    },
    async accountOpened(tx, { customerId, accountId, kind }) {
      const until = await store.holdsUntil(tx, customerId, clock.now());
      if (until === null) return;
      await notices.watch(tx, [accountId], until);
      const subject = { id: accountId, prefix: 'acc' as const };
      await notices.add(tx, [{ subject, type: 'account.opened', data: { kind }, atMs: clock.now() }]);
    },
  };
}
