export {
  type Account,
  type AccountClass,
  type AccountKind,
  type AccountStatus,
  type Balance,
  balanceOf,
  currencyNumber,
  currencyOfNumber,
  isLimited,
  type NewAccount,
  owedOf,
} from './account.ts';
export {
  type Accounts,
  type AccountsDeps,
  accountsMigrations,
  createAccounts,
  movementsPageMax,
} from './accounts.ts';
export type { Counterparty, Movement, MovementKind, MovementPage, MovementQuery } from './movement.ts';
export { namedUuid } from './namedUuid.ts';
export type { Posting, PostingKind, PostingOutcome } from './posting.ts';
