import { instant } from '@feiqian/clock';
import type { MoneyRequest as RequestView, Split as SplitView } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import type { NewEvent } from '@feiqian/outbox';
import { type MoneyRequest, standingAt } from './request.ts';
import type { SplitRow } from './store/requests.ts';

/**
 * A request for money as one of its people sees it.
 * @param askerName masked, for who is asked
 */
export function requestView(
  stored: MoneyRequest,
  viewerId: string,
  askerName: string | null,
  nowMs: number,
): RequestView {
  const r = standingAt(stored, nowMs);
  const direction = r.askerId === viewerId ? 'out' : 'in';
  // The asker learns of a transfer once it has arrived, as every payee does.
  const shown = direction === 'in' || r.state === 'paid';
  return {
    id: fromUuid(r.id, 'mrq'),
    state: r.state,
    direction,
    amount: Number(r.amount),
    currency: r.currency,
    note: r.note,
    asker: { name: direction === 'in' ? askerName : null, mobile: r.askerMobile },
    asked: { name: direction === 'out' ? r.askedName : null, mobile: r.askedMobile },
    split_id: r.splitId === null || direction === 'in' ? null : fromUuid(r.splitId, 'spl'),
    transfer_id: r.transferId === null || !shown ? null : fromUuid(r.transferId, 'trf'),
    created_at: instant(r.createdAtMs),
    updated_at: instant(r.updatedAtMs),
    expires_at: instant(r.expiresAtMs),
    ended_at: r.endedAtMs === null ? null : instant(r.endedAtMs),
  };
}

/** A bill that was split, as its splitter sees it. */
export function splitView(s: SplitRow, requests: readonly MoneyRequest[], nowMs: number): SplitView {
  const own = requests.filter((r) => r.splitId === s.id);
  const paid = own.filter((r) => r.state === 'paid').reduce((sum, r) => sum + r.amount, 0n);
  return {
    id: fromUuid(s.id, 'spl'),
    total: Number(s.total),
    own_amount: Number(s.ownAmount),
    paid_amount: Number(paid),
    currency: s.currency,
    note: s.note,
    payment_id: s.paymentId === null ? null : fromUuid(s.paymentId, 'pay'),
    requests: own.map((r) => requestView(r, s.askerId, null, nowMs)),
    created_at: instant(s.createdAtMs),
  };
}

/** What is told of a request, to both of its people. */
export const requestEvent = (r: MoneyRequest): NewEvent => ({
  type: `money_request.${r.state}`,
  objectId: r.id,
  tenants: r.askedId === null ? [r.askerId] : [r.askerId, r.askedId],
  data: {
    request_id: fromUuid(r.id, 'mrq'),
    state: r.state,
    amount: Number(r.amount),
    currency: r.currency,
    ...(r.transferId === null ? {} : { transfer_id: fromUuid(r.transferId, 'trf') }),
  },
});
