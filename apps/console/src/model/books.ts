import type { AuditCheck, AuditView } from '@feiqian/contract';

/** What the continuous audit says of the books at a moment. */
export type BooksState =
  | { kind: 'off' }
  /** Nobody has looked yet. */
  | { kind: 'none' }
  | { kind: 'wrong'; findings: number }
  /** Nobody has looked for a while, so that nobody knows. */
  | { kind: 'stale'; minutes: number }
  | { kind: 'right' };

/** Looks that may be missed before their absence is worth a word; a slow database misses one now and then. */
const missedMax = 10;
const minuteMs = 60_000;

/** Right only while somebody looks: a finding counts until a look has not found it again. */
export function booksState(view: AuditView, nowMs: number): BooksState {
  if (view.last === null) return view.every_seconds === 0 ? { kind: 'off' } : { kind: 'none' };
  if (view.last.findings > 0) return { kind: 'wrong', findings: view.last.findings };
  if (view.every_seconds === 0) return { kind: 'off' };
  const ageMs = nowMs - Date.parse(view.last.at);
  const patienceMs = Math.max(2 * minuteMs, missedMax * view.every_seconds * 1000);
  return ageMs > patienceMs ? { kind: 'stale', minutes: Math.floor(ageMs / minuteMs) } : { kind: 'right' };
}

/** Checks by whose rows they are about, the network's first. */
export function checksByOwner(checks: readonly AuditCheck[]): { of: string; checks: AuditCheck[] }[] {
  const owners = [...new Set(checks.map((c) => c.of))].sort((a, b) =>
    a === 'network' ? -1 : b === 'network' ? 1 : a.localeCompare(b),
  );
  return owners.map((of) => ({ of, checks: checks.filter((c) => c.of === of) }));
}
