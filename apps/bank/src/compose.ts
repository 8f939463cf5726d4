import { type Accounts, accountsMigrations, createAccounts } from '@feiqian/bank-accounts';
import {
  type Authorisations,
  authorisationMigrations,
  createAuthorisations,
  createMacKeys,
  type MacKeys,
} from '@feiqian/bank-authorisation';
import {
  bankApiMigrations,
  createAccountsForNetwork,
  createCardsForNetwork,
  createConsents,
  createCreditForNetwork,
  createOpenings,
  createRequests,
  createTransfersForNetwork,
  type UseCases,
} from '@feiqian/bank-bank-api';
import { type Cards, cardsMigrations, createCards } from '@feiqian/bank-cards';
import { type Classes, classesMigrations, createClasses } from '@feiqian/bank-classes';
import { type Credit, createCredit, creditMigrations } from '@feiqian/bank-credit';
import { type Customers, createCustomers, customersMigrations } from '@feiqian/bank-customers';
import { createIdentities, identityMigrations } from '@feiqian/bank-identity';
import { createNotices, type NoticePort, type Notices, noticesMigrations } from '@feiqian/bank-notices';
import type { Clock } from '@feiqian/clock';
import type { Db, Migrations } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { createLedger, type Ledger } from '@feiqian/ledger';
import { type BankSettings, bankSchemas } from './settings.ts';

/** What every part of a bank is made from. */
export interface BankDeps {
  settings: BankSettings;
  db: Db;
  clock: Clock;
  ids: Ids;
}

/** The parts of one bank, without its ports. */
export interface Bank {
  ledger: Ledger;
  customers: Customers;
  notices: Notices;
  accounts: Accounts;
  cards: Cards;
  classes: Classes;
  credit: Credit;
  authorisations: Authorisations;
  /** Null when the profile has no message authentication. */
  keys: MacKeys | null;
  /** What the bank API serves. */
  use: Omit<UseCases, 'health'>;
}

/** The tables of a bank, in schemas of its own; several banks may share a database. */
export function bankMigrations(settings: Pick<BankSettings, 'id'>): Migrations[] {
  const schemas = bankSchemas(settings.id);
  return [
    createLedger(schemas.ledger).migrations,
    customersMigrations(schemas.customers),
    noticesMigrations(schemas.notices),
    accountsMigrations(schemas.accounts),
    cardsMigrations(schemas.cards),
    classesMigrations(schemas.classes),
    identityMigrations(schemas.identity),
    creditMigrations(schemas.credit),
    authorisationMigrations(schemas.authorisation),
    bankApiMigrations(schemas.api),
  ];
}

/** The bank's identification code as a member of the network. */
export function institutionOf(settings: BankSettings): string {
  return settings.institution ?? (settings.bins[0] as string);
}

/**
 * Puts a bank together. The one place that knows how its parts hang together.
 *
 * @param port sends notices; null where nothing listens
 */
export function composeBank(deps: BankDeps, port: NoticePort | null = null): Bank {
  const { settings, db, clock, ids } = deps;
  const { timeZone } = settings;
  const schemas = bankSchemas(settings.id);
  const dataKey = bytesOf(settings.dataKeyHex);
  const bin = settings.bins[0] as string;
  const base = { db, clock, ids };
  const ledger = createLedger(schemas.ledger);
  const customers = createCustomers({ schema: schemas.customers, db, clock, identityKey: dataKey });
  const notices = createNotices({ schema: schemas.notices, ...base, bank: settings.id, port });
  const accounts = createAccounts({ schema: schemas.accounts, db, clock, ledger, notices });
  const cards = createCards({ schema: schemas.cards, ...base, panKey: dataKey, timeZone });
  const classes = createClasses({ schema: schemas.classes, clock, timeZone });
  const identities = createIdentities({
    schema: schemas.identity,
    ...base,
    customers,
    accounts,
    cards,
    key: dataKey,
    bankName: settings.name,
    sms: null,
  });
  const parts = { ...base, customers, accounts, cards, classes, notices, identities };
  const consents = createConsents({ schema: schemas.api, ...parts });
  const credit = createCredit({
    schema: schemas.credit,
    ...parts,
    bin,
    timeZone,
    accountOpened: consents.accountOpened,
  });
  const authorisations = createAuthorisations({ schema: schemas.authorisation, ...parts });
  const requests = createRequests({ schema: schemas.api, db, clock, key: dataKey });
  const accountsForNetwork = createAccountsForNetwork({ ...parts, consents, timeZone });
  const shared = { ...parts, consents, requests, accountsForNetwork };
  const institution = institutionOf(settings);
  return {
    ledger,
    customers,
    notices,
    accounts,
    cards,
    classes,
    credit,
    authorisations,
    keys: keysOf(deps),
    use: {
      consents,
      cards: createCardsForNetwork(shared),
      accounts: accountsForNetwork,
      openings: createOpenings({ ...shared, institution, bin, timeZone }),
      credit: createCreditForNetwork({ ...shared, credit }),
      transfers: createTransfersForNetwork({ ...shared, authorisations }),
      identities,
    },
  };
}

function keysOf({ settings, db, clock, ids }: BankDeps): MacKeys | null {
  if (settings.profile.mac === null) return null;
  return createMacKeys({
    schema: bankSchemas(settings.id).authorisation,
    db,
    clock,
    ids,
    profile: settings.profile,
    zoneKey: bytesOf(settings.zoneKeyHex),
    firstKey: bytesOf(settings.macKeyHex),
  });
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
