export {
  type Account,
  type AccountKind,
  type AccountStatus,
  type Balance,
  balanceOf,
  currencyNumber,
  currencyOfNumber,
  type NewAccount,
} from './account.ts';
export {
  type Accounts,
  type AccountsDeps,
  accountsMigrations,
  createAccounts,
  movementsPageMax,
} from './accounts.ts';
export type { Movement, MovementKind, MovementPage, MovementQuery } from './movement.ts';
export { namedUuid } from './namedUuid.ts';
export type { Posting, PostingKind, PostingOutcome } from './posting.ts';
