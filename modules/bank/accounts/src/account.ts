/** `current`: the customer's own money. `credit`: the bank's, up to a limit. */
export type AccountKind = 'current' | 'credit';
/**
 * Of a current account. I: opened in the branch, for everything. II: opened remotely, limited payments and
 * transfers. III: a purse with a ceiling.
 */
export type AccountClass = 'class_1' | 'class_2' | 'class_3';
/** `frozen` takes money in and gives none out; `closed` does neither. */
export type AccountStatus = 'open' | 'frozen' | 'closed';

/** An account of a customer. Its balance is in the ledger under the same id. */
export interface Account {
  /** UUID, also of the ledger account. */
  id: string;
  customerId: string;
  /** The account number that the customer knows, 10 to 20 digits. */
  number: string;
  kind: AccountKind;
  /** Null for a credit account. */
  class: AccountClass | null;
  product: string;
  productEn: string;
  /** ISO 4217 alphabetic code. */
  currency: string;
  /** Minor units; 0n for a current account. */
  creditLimit: bigint;
  status: AccountStatus;
  openedAtMs: number;
}

/** An account to open. */
export interface NewAccount {
  id: string;
  customerId: string;
  number: string;
  kind: AccountKind;
  /** A current account's; Class I when left out. */
  class?: AccountClass;
  /** Class I beside another one of the same person, from before there were classes. */
  grandfathered?: boolean;
  product?: string;
  productEn?: string;
  /** `open` when left out. */
  status?: AccountStatus;
  currency: string;
  /** Minor units, positive for a credit account, 0n for a current one. */
  creditLimit: bigint;
  /** What is on it at first, minor units; current accounts only. */
  openingDeposit: bigint;
}

/** Balances in minor units. */
export interface Balance {
  kind: AccountKind;
  currency: string;
  /** Of a current account: the customer's money. Of a credit account: minus what is owed. */
  balance: bigint;
  /** What may be spent now: holds are taken off, the unused credit is added. */
  available: bigint;
  creditLimit: bigint | null;
}

/** The ledger's figures of an account as {@link balanceOf} reads them, minor units. */
export interface LedgerFigures {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPosted: bigint;
}

/**
 * The balance of an account from its ledger figures. A credit limit stands in the ledger as posted credits
 * (granted once by the account of commitments), so that one rule, debits never beyond credits, keeps both
 * kinds within what they may spend.
 */
export function balanceOf(account: Account, figures: LedgerFigures): Balance {
  const free = figures.creditsPosted - figures.debitsPosted;
  return {
    kind: account.kind,
    currency: account.currency,
    balance: free - account.creditLimit,
    available: free - figures.debitsPending,
    creditLimit: account.kind === 'credit' ? account.creditLimit : null,
  };
}

const currencyNumbers: Readonly<Record<string, number>> = { CNY: 156 };

/** What is owed on a credit account, minor units: nothing when more was paid in. */
export function owedOf({ balance }: Balance): bigint {
  return balance < 0n ? -balance : 0n;
}

/** True for an account whose class limits what may go in and out. */
export function isLimited(account: Pick<Account, 'class'>): boolean {
  return account.class === 'class_2' || account.class === 'class_3';
}

/** ISO 4217 numeric code of a currency the bank keeps accounts in, or null. */
export function currencyNumber(currency: string): number | null {
  return currencyNumbers[currency] ?? null;
}

/** ISO 4217 alphabetic code of a numeric one, or null. */
export function currencyOfNumber(number: number): string | null {
  for (const [alphabetic, numeric] of Object.entries(currencyNumbers)) {
    if (numeric === number) return alphabetic;
  }
  return null;
}
