import type { LimitCode, LimitState } from '@feiqian/bank-classes';

/** A limit as a row keeps it: amounts as text, because JSON has no bigint. */
export function writtenLimit(limit: LimitState | null): string | null {
  if (!limit) return null;
  const { code, max, used, left, untilMs } = limit;
  return JSON.stringify({ code, max: String(max), used: String(used), left: String(left), untilMs });
}

/** The limit of a row, or null. */
export function readLimit(value: unknown): LimitState | null {
  if (value === null || value === undefined) return null;
  const row = value as { code: LimitCode; max: string; used: string; left: string; untilMs: number | null };
  return {
    code: row.code,
    max: BigInt(row.max),
    used: BigInt(row.used),
    left: BigInt(row.left),
    untilMs: row.untilMs,
  };
}
