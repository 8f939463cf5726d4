import type { TestNetwork } from '../support/network.ts';
import type { Wallet } from '../support/people.ts';

/** What the cases speak of. */
export interface Scene {
  net: TestNetwork;
  payer: Wallet;
  /** Ids of payments in these states. */
  created: string;
  authorised: string;
  captured: string;
  merchantId: string;
  memberId: string;
  /** A store of another merchant. */
  foreignStore: string;
}

export type Who = 'nobody' | 'merchant' | 'wallet' | 'operator';

/** One bad request and the answer it gets. */
export interface BadInput {
  what: string;
  by: Who;
  method?: string;
  path: string | ((s: Scene) => string);
  body?: (s: Scene) => unknown;
  raw?: string | Uint8Array;
  headers?: Record<string, string>;
  key?: string | null;
  /** Status and stable code. */
  answer: string;
}

/** An identifier's digits that nothing has. */
export const hex = '0193f1c2a4b07c3d8e9f0a1b2c3d4e5f';
export const invalid = '400 invalid_request';
export const json = { 'content-type': 'application/json' };

export const read = (
  what: string,
  path: BadInput['path'],
  answer: string,
  by: Who = 'merchant',
): BadInput => ({
  what,
  by,
  method: 'GET',
  path,
  answer,
});

export const write = (
  what: string,
  by: Who,
  path: BadInput['path'],
  body: unknown,
  answer = invalid,
): BadInput => ({
  what,
  by,
  path,
  body: typeof body === 'function' ? (body as (s: Scene) => unknown) : () => body,
  answer,
});

/** The body of a sale with something else in it; undefined takes a field out. */
export const sale = (change: Record<string, unknown>) => (s: Scene) => {
  const body = { amount: 100, currency: 'CNY', store_id: s.net.storeId, ...change };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
};
