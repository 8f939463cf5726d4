import type { MemberView, Today } from '@feiqian/contract';
import type { BooksState } from './books.ts';

/** Something a person should look at, worst first. `bank` is the code of the member it concerns. */
export type Attention =
  | { kind: 'books_wrong'; count: number }
  | { kind: 'books_stale'; minutes: number }
  | { kind: 'link_down'; bank: string; state: string }
  | { kind: 'breaker_open'; bank: string; reason: string }
  | { kind: 'escalated'; bank: string; count: number }
  | { kind: 'unknown'; count: number }
  | { kind: 'slow'; bank: string; p99Ms: number }
  | { kind: 'declines'; bank: string; rate: number };

/** Over this the bank uses up the shopper's patience: the network itself waits nine seconds. */
export const slowMs = 3000;
/** Under this approval rate, with enough payments to mean something, a bank is looked at. */
export const approvalRateMin = 0.7;
const decidedMin = 20;

/** States of a link in which payments flow. */
export function linkIsUp(state: string): boolean {
  return state === 'signed_on';
}

/** What needs a person now, from the day's figures and the links. */
export function attentions(
  today: Today | undefined,
  members: readonly MemberView[],
  books: BooksState | null = null,
): Attention[] {
  const found: Attention[] = [];
  if (books?.kind === 'wrong') found.push({ kind: 'books_wrong', count: books.findings });
  if (books?.kind === 'stale') found.push({ kind: 'books_stale', minutes: books.minutes });
  for (const member of members) {
    if (member.link !== null && member.status === 'active' && !linkIsUp(member.link.state))
      found.push({ kind: 'link_down', bank: member.code, state: member.link.state });
  }
  for (const member of members) {
    const breaker = member.link?.breaker;
    if (breaker !== undefined && breaker.state !== 'closed')
      found.push({ kind: 'breaker_open', bank: member.code, reason: breaker.reason ?? 'failures' });
  }
  for (const member of members) {
    const count = member.link?.forwards_escalated ?? 0;
    if (count > 0) found.push({ kind: 'escalated', bank: member.code, count });
  }
  if (today === undefined) return found;
  if (today.unknown_count > 0) found.push({ kind: 'unknown', count: today.unknown_count });
  for (const bank of today.banks) {
    if (bank.p99_ms !== null && bank.p99_ms > slowMs)
      found.push({ kind: 'slow', bank: bank.id, p99Ms: bank.p99_ms });
    if (
      bank.approval_rate !== null &&
      bank.approved + bank.declined >= decidedMin &&
      bank.approval_rate < approvalRateMin
    )
      found.push({ kind: 'declines', bank: bank.id, rate: bank.approval_rate });
  }
  return found;
}
