import type { ErrorCode, RequestState, TransferState } from '@feiqian/contract';

/** A request for money as the network keeps it. Ids are UUIDs, amounts minor units, times ms since 1970. */
export interface MoneyRequest {
  readonly id: string;
  readonly state: RequestState;
  readonly splitId: string | null;
  readonly askerId: string;
  /** Masked. */
  readonly askerMobile: string;
  /** Who has that number; null when nobody does, which the asker is not told. */
  readonly askedId: string | null;
  /** Masked. */
  readonly askedMobile: string;
  /** The asker's own words. */
  readonly askedName: string | null;
  readonly amount: bigint;
  readonly currency: string;
  readonly note: string | null;
  /** The transfer that pays it, or has paid it. */
  readonly transferId: string | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
}

/** What each state may become (docs/states.md). */
export const requestTransitions: Readonly<Record<RequestState, readonly RequestState[]>> = {
  asked: ['paying', 'declined', 'withdrawn', 'expired'],
  paying: ['paid', 'asked', 'expired'],
  paid: [],
  declined: [],
  withdrawn: [],
  expired: [],
};

/** How long a request may be paid. */
export const requestMs = 7 * 24 * 3600_000;

export type RequestDecision = { ok: true; request: MoneyRequest } | { ok: false; code: ErrorCode };

const refuse = (code: ErrorCode): RequestDecision => ({ ok: false, code });

function become(
  r: MoneyRequest,
  state: RequestState,
  atMs: number,
  change: Partial<MoneyRequest> = {},
): MoneyRequest {
  if (!requestTransitions[r.state].includes(state))
    throw new Error(`request ${r.id}: ${r.state} may not become ${state}`);
  const endedAtMs = state === 'asked' || state === 'paying' ? null : atMs;
  return { ...r, ...change, state, endedAtMs, updatedAtMs: Math.max(atMs, r.updatedAtMs) };
}

/** A request as it stands at an instant: one that nobody has paid in time has expired, written down or not. */
export function standingAt(r: MoneyRequest, atMs: number): MoneyRequest {
  return r.state === 'asked' && atMs >= r.expiresAtMs ? become(r, 'expired', r.expiresAtMs) : r;
}

/** What may be done with it now: nothing once it has ended, and nothing while it is being paid. */
function open(r: MoneyRequest, atMs: number): ErrorCode | null {
  if (standingAt(r, atMs).state === 'asked') return null;
  return r.state === 'paying' ? 'request_in_progress' : 'request_ended';
}

/** The person who was asked pays: `transferId` is the transfer that begins in the same commit. */
export function pay(r: MoneyRequest, payerId: string, transferId: string, atMs: number): RequestDecision {
  if (r.askedId !== payerId) return refuse('not_found');
  const refusal = open(r, atMs);
  return refusal === null
    ? { ok: true, request: become(r, 'paying', atMs, { transferId }) }
    : refuse(refusal);
}

/**
 * The transfer that pays it has come to an end. A completed one has paid it. One that was declined or has come back
 * opens it again: no money has changed hands, so what was asked still stands, unless its time has passed meanwhile.
 */
export function settle(r: MoneyRequest, transferId: string, end: TransferState, atMs: number): MoneyRequest {
  if (r.state !== 'paying' || r.transferId !== transferId)
    throw new Error(`request ${r.id} is not being paid by transfer ${transferId}`);
  if (end === 'completed') return become(r, 'paid', atMs);
  const state = atMs >= r.expiresAtMs ? 'expired' : 'asked';
  return become(r, state, atMs, { transferId: null });
}

/** True for a state after which the transfer of a request moves no more. */
export const isTransferEnd = (state: TransferState): boolean =>
  state === 'completed' || state === 'declined' || state === 'returned' || state === 'cancelled';

/** The person who was asked says no. */
export function decline(r: MoneyRequest, userId: string, atMs: number): RequestDecision {
  if (r.askedId !== userId) return refuse('not_found');
  const refusal = open(r, atMs);
  return refusal === null ? { ok: true, request: become(r, 'declined', atMs) } : refuse(refusal);
}

/** Who asked takes it back. */
export function withdraw(r: MoneyRequest, userId: string, atMs: number): RequestDecision {
  if (r.askerId !== userId) return refuse('not_found');
  const refusal = open(r, atMs);
  return refusal === null ? { ok: true, request: become(r, 'withdrawn', atMs) } : refuse(refusal);
}

/** Somebody sees a request that he or she asks or is asked. */
export const isSeenBy = (r: MoneyRequest, userId: string): boolean =>
  r.askerId === userId || r.askedId === userId;
