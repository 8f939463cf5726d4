import type { AccountClass } from '@feiqian/bank-accounts';
import { businessDay } from '@feiqian/clock';

/** The limits that a class can have. `balance` holds at any time, the others in a day or a calendar year. */
export const classLimits = ['out_day', 'out_year', 'in_day', 'in_year', 'balance'] as const;
export type ClassLimit = (typeof classLimits)[number];
/** Limits of which something is used up. */
export type CountedLimit = Exclude<ClassLimit, 'balance'>;
/** Limits as an account can meet them, those of its card and its debt included. */
export type LimitCode = ClassLimit | 'single_payment' | 'owed' | 'accounts';

/** The rules of one class. A limit that is missing does not bind. Amounts in minor units. */
export interface ClassRules {
  class: AccountClass;
  opening: 'branch' | 'remote';
  /** Accounts of the class that one person may have at the bank. */
  accountsMax: number;
  plastic: boolean;
  cash: boolean;
  limits: Partial<Record<ClassLimit, bigint>>;
}

/** Rules that hold from the beginning of a day (YYYY-MM-DD in the bank's zone) until the next table does. */
export interface ClassTable {
  effectiveFrom: string;
  currency: string;
  classes: readonly ClassRules[];
}

/** The table in force on a day; null before the first. */
export function tableInForce(tables: readonly ClassTable[], date: string): ClassTable | null {
  let found: ClassTable | null = null;
  for (const table of tables) {
    if (table.effectiveFrom <= date && (!found || table.effectiveFrom > found.effectiveFrom)) found = table;
  }
  return found;
}

/** The day and the year in which something is counted. */
export interface Periods {
  day: { start: string; untilMs: number };
  year: { start: string; untilMs: number };
}

const halfDayMs = 43_200_000;
/** Longer than a day with an hour more, shorter than two with an hour less. */
const intoNextDayMs = 3 * halfDayMs;

/** The periods of an instant in a zone; each ends where the next begins. */
export function periodsAt(atMs: number, timeZone: string): Periods {
  const today = businessDay(atMs, timeZone);
  const next = businessDay(today.startMs + intoNextDayMs, timeZone);
  const year = today.date.slice(0, 4);
  // Noon of 1 January is on that day in every zone but the outermost, where the day before or after is near enough.
  const newYear = businessDay(Date.UTC(Number(year) + 1, 0, 1) + halfDayMs, timeZone);
  const begins = newYear.date.endsWith('01-01')
    ? newYear.startMs
    : businessDay(newYear.startMs - halfDayMs, timeZone).startMs;
  return {
    day: { start: today.date, untilMs: next.startMs },
    year: { start: `${year}-01-01`, untilMs: begins },
  };
}

/** The period that a limit is counted in. */
export function periodOf(code: CountedLimit, periods: Periods): Periods['day'] {
  return code.endsWith('_day') ? periods.day : periods.year;
}

/** A limit as it stands: what is used and left, and until when. Amounts in minor units. */
export interface LimitState {
  code: LimitCode;
  max: bigint;
  used: bigint;
  left: bigint;
  untilMs: number | null;
}

/** What of the counted limits is used in the present periods. */
export type Used = Partial<Record<CountedLimit, bigint>>;

/** Every limit of an account as it stands. `balance` is what is on it now. */
export function limitStates(rules: ClassRules, used: Used, balance: bigint, periods: Periods): LimitState[] {
  return classLimits.flatMap((code) => {
    const max = rules.limits[code];
    if (max === undefined) return [];
    if (code === 'balance') return [stateOf(code, max, balance < 0n ? 0n : balance, null)];
    return [stateOf(code, max, used[code] ?? 0n, periodOf(code, periods).untilMs)];
  });
}

/** A limit with what is left of it: never less than nothing. */
export function stateOf(code: LimitCode, max: bigint, used: bigint, untilMs: number | null): LimitState {
  return { code, max, used, left: max > used ? max - used : 0n, untilMs };
}

export type Direction = 'out' | 'in';

/**
 * The limit that an amount would break, the narrowest if there are several; null if none. Between an account and
 * the one it is bound to only the ceiling counts.
 */
export function breachOf(
  limits: readonly LimitState[],
  direction: Direction,
  amount: bigint,
  bound: boolean,
): LimitState | null {
  let narrowest: LimitState | null = null;
  for (const limit of limits) {
    const counts = limit.code === 'balance' ? direction === 'in' : !bound && limit.code.startsWith(direction);
    if (!counts || amount <= limit.left) continue;
    if (!narrowest || limit.left < narrowest.left) narrowest = limit;
  }
  return narrowest;
}

/** The counted limits of a direction. */
export function countedLimits(direction: Direction): readonly CountedLimit[] {
  return direction === 'out' ? ['out_day', 'out_year'] : ['in_day', 'in_year'];
}
