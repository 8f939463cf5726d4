import type { Signing } from '@feiqian/access';
import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import type { Ledger } from '@feiqian/ledger';
import type { BankApi, Links, References } from '@feiqian/links';
import type { Outbox } from '@feiqian/outbox';
import type { Tokens } from '@feiqian/tokens';
import type { Wire } from './message.ts';
import type { TransferBooks } from './postings.ts';
import type { Payee } from './transfer.ts';

/** What transfers are composed of. */
export interface TransfersDeps {
  db: Db;
  /** Connections of their own for groups of transfers; else those of everybody. */
  hotDb: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  links: Pick<Links, 'send'>;
  bankApi: Pick<BankApi, 'ask'>;
  references: References;
  tokens: Pick<Tokens, 'withCards' | 'numbers'>;
  /** Uses up the nonces of signed requests. */
  signing: Pick<Signing, 'use'>;
  wire: Wire;
  booksOf: (currency: string) => TransferBooks;
  bankOf: (memberId: string) => BankName | undefined;
  /** Tells the store-and-forward worker that there is something to send. */
  kickForwarder: () => void;
  /** From 0 to 1, for back-off. */
  random: () => number;
}

export interface BankName {
  code: string;
  name: string;
  nameEn: string;
}

/** Where an order goes: a bound card, or a payee that was checked. */
export type Destination =
  | { kind: 'card'; tokenId: string }
  | { kind: 'payee'; payee: Payee }
  /** Who asked for the money no longer receives any. */
  | { kind: 'nobody' };
