import { businessDay } from '@feiqian/clock';
import type { BankBillState } from '@feiqian/contract';

/** A statement of a credit account; amounts in minor units, dates YYYY-MM-DD in the bank's zone. */
export interface Bill {
  id: string;
  accountId: string;
  statementDate: string;
  dueDate: string;
  /** When the day of the statement was over, in ms: what moved before is on it. */
  cutAtMs: number;
  amount: bigint;
  minimum: bigint;
}

/** A statement with what was paid of it. */
export interface BillNow extends Bill {
  paid: bigint;
  state: BankBillState;
}

const dayMs = 86_400_000;
const minimumShare = 10n;
const minimumFloor = 5_000n;

/** The least to pay of a statement: a tenth, rounded up, and no less than 50.00, or all of it when it is less. */
export function minimumOf(amount: bigint): bigint {
  const share = (amount + minimumShare - 1n) / minimumShare;
  const least = share > minimumFloor ? share : minimumFloor;
  return least < amount ? least : amount;
}

/**
 * A statement as it stands. `gained` is what came onto the account after its cut and before the next one's;
 * `isLatest` says that no later statement holds what is left.
 */
export function billNow(bill: Bill, gained: bigint, isLatest: boolean, today: string): BillNow {
  const paid = gained < bill.amount ? gained : bill.amount;
  return { ...bill, paid, state: stateOf(bill, paid, isLatest, today) };
}

function stateOf(bill: Bill, paid: bigint, isLatest: boolean, today: string): BankBillState {
  if (paid === bill.amount) return 'paid';
  if (!isLatest) return 'carried';
  if (paid >= bill.minimum) return 'minimum_paid';
  return today > bill.dueDate ? 'overdue' : 'open';
}

/** A day so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The same day of the next month; statement days are 1 to 28, so that every month has them. */
export function nextMonth(date: string): string {
  const [year = 0, month = 0] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month, Number(date.slice(8)))).toISOString().slice(0, 10);
}

/** The first statement day that is not over at an instant. */
export function firstStatement(atMs: number, statementDay: number, timeZone: string): string {
  const today = businessDay(atMs, timeZone).date;
  const thisMonth = `${today.slice(0, 8)}${statementDay.toString().padStart(2, '0')}`;
  return thisMonth >= today ? thisMonth : nextMonth(thisMonth);
}

/** When a calendar day is over in a zone, in ms. */
export function dayEnds(date: string, timeZone: string): number {
  const next = addDays(date, 1);
  const noonMs = Date.parse(`${next}T12:00:00Z`);
  const found = businessDay(noonMs, timeZone);
  if (found.date === next) return found.startMs;
  return businessDay(noonMs + (found.date < next ? dayMs : -dayMs), timeZone).startMs;
}
