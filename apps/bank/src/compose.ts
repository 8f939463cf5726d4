import { type Accounts, accountsMigrations, createAccounts } from '@feiqian/bank-accounts';
import {
  type Authorisations,
  authorisationMigrations,
  createAuthorisations,
  createMacKeys,
  type MacKeys,
} from '@feiqian/bank-authorisation';
import { bankApiMigrations, type CardsForNetwork, createCardsForNetwork } from '@feiqian/bank-bank-api';
import { type Cards, cardsMigrations, createCards } from '@feiqian/bank-cards';
import { type Customers, createCustomers, customersMigrations } from '@feiqian/bank-customers';
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
  accounts: Accounts;
  cards: Cards;
  authorisations: Authorisations;
  /** Null when the profile has no message authentication. */
  keys: MacKeys | null;
  cardsForNetwork: CardsForNetwork;
}

/** The tables of a bank, in schemas of its own; several banks may share a database. */
export function bankMigrations(settings: Pick<BankSettings, 'id'>): Migrations[] {
  const schemas = bankSchemas(settings.id);
  return [
    createLedger(schemas.ledger).migrations,
    customersMigrations(schemas.customers),
    accountsMigrations(schemas.accounts),
    cardsMigrations(schemas.cards),
    authorisationMigrations(schemas.authorisation),
    bankApiMigrations(schemas.api),
  ];
}

/** Puts a bank together. The one place that knows how its parts hang together. */
export function composeBank({ settings, db, clock, ids }: BankDeps): Bank {
  const schemas = bankSchemas(settings.id);
  const dataKey = bytesOf(settings.dataKeyHex);
  const ledger = createLedger(schemas.ledger);
  const customers = createCustomers({ schema: schemas.customers, db, clock, identityKey: dataKey });
  const accounts = createAccounts({ schema: schemas.accounts, db, clock, ledger });
  const cards = createCards({
    schema: schemas.cards,
    db,
    clock,
    ids,
    panKey: dataKey,
    timeZone: settings.timeZone,
  });
  const authorisations = createAuthorisations({
    schema: schemas.authorisation,
    db,
    clock,
    ids,
    accounts,
    cards,
  });
  const keys =
    settings.profile.mac === null
      ? null
      : createMacKeys({
          schema: schemas.authorisation,
          db,
          clock,
          ids,
          profile: settings.profile,
          zoneKey: bytesOf(settings.zoneKeyHex),
          firstKey: bytesOf(settings.macKeyHex),
        });
  const cardsForNetwork = createCardsForNetwork({
    schema: schemas.api,
    db,
    clock,
    ids,
    customers,
    accounts,
    cards,
    timeZone: settings.timeZone,
  });
  return { ledger, customers, accounts, cards, authorisations, keys, cardsForNetwork };
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
