import type { BankApplicationState, BankDeclineReason } from '@feiqian/contract';

/** A credit card that one may apply for; amounts in minor units. */
export interface CreditProduct {
  code: string;
  name: string;
  nameEn: string;
  summary: string;
  summaryEn: string;
  currency: string;
  annualFee: bigint;
  limitMin: bigint;
  limitMax: bigint;
  ageMin: number;
  ageMax: number;
  incomeMin: bigint;
  statementDay: number;
  dueDays: number;
  benefits: readonly { text: string; textEn: string }[];
}

/** Somebody's application for a product. */
export interface Application {
  id: string;
  customerId: string;
  product: string;
  state: BankApplicationState;
  /** YYYY-MM-DD, from the identity document. */
  birthDate: string;
  monthlyIncome: bigint;
  employer: string | null;
  wantedLimit: bigint | null;
  creditLimit: bigint | null;
  declinedBecause: BankDeclineReason | null;
  accountId: string | null;
  cardId: string | null;
  createdAtMs: number;
  decideAtMs: number | null;
  decidedAtMs: number | null;
}

/** What a decision is made from. */
export interface Circumstances {
  /** YYYY-MM-DD in the bank's zone. */
  today: string;
  /** Credit accounts the customer has at the bank already. */
  creditAccounts: number;
}

export type Verdict =
  | { state: 'approved'; creditLimit: bigint }
  | { state: 'reviewing'; creditLimit: bigint }
  | { state: 'declined'; because: BankDeclineReason };

/** Credit accounts one customer may have at the bank. */
const creditAccountsMax = 5;
/** A limit is three months' income at the most, in steps of 1,000.00. */
const incomeMonths = 3n;
const limitStep = 100_000n;
/** Above this a person looks at it, minor units: 60,000.00. */
export const automaticLimitMax = 6_000_000n;

/** Decides an application. `reviewing` carries the limit that a review will grant. */
export function verdictOn(application: Application, product: CreditProduct, c: Circumstances): Verdict {
  const age = ageOn(application.birthDate, c.today);
  if (age < product.ageMin || age > product.ageMax) return { state: 'declined', because: 'age' };
  if (application.monthlyIncome < product.incomeMin) return { state: 'declined', because: 'income' };
  if (c.creditAccounts >= creditAccountsMax) return { state: 'declined', because: 'existing_credit' };
  const wanted = application.wantedLimit ?? product.limitMax;
  const most = [wanted, product.limitMax, application.monthlyIncome * incomeMonths].reduce((a, b) =>
    a < b ? a : b,
  );
  const creditLimit = most - (most % limitStep);
  if (creditLimit < product.limitMin) {
    return { state: 'declined', because: wanted < product.limitMin ? 'policy' : 'income' };
  }
  return { state: creditLimit > automaticLimitMax ? 'reviewing' : 'approved', creditLimit };
}

/** Whole years from a birth date to a day. */
export function ageOn(birthDate: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return today.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** The birth date in the number of an identity document (GB 11643, digits 7 to 14); null when it is no day. */
export function birthDateOf(identityNumber: string): string | null {
  const match = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(identityNumber);
  if (!match) return null;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? date : null;
}
