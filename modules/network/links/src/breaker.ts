import type { BreakerSettings } from '@feiqian/members';

/**
 * Whether requests go out to a bank.
 *
 * - `closed`: they do
 * - `open`: the bank fails or is slow; nothing is sent until the pause is over
 * - `half_open`: a few go out to see whether it has recovered
 */
export type BreakerState = 'closed' | 'open' | 'half_open';

/** Why a breaker opened: answers failed, answers were slow, nothing came at all, or a probe failed. */
export type BreakerReason = 'failures' | 'slow' | 'silence' | 'probe';

/** How a breaker stands. */
export interface BreakerView {
  state: BreakerState;
  /** Why it opened; null while it is closed. */
  reason: BreakerReason | null;
  /** For how long it has been in this state, ms. */
  forMs: number;
  /** How long until the next probes, ms; null unless it is open. */
  probesInMs: number | null;
  /** How often it has opened since the start. */
  opened: number;
  /** Requests that were not sent because of it since the start. */
  refused: number;
}

/** The breaker of one bank. */
export interface Breaker {
  /** A ticket for one request, to be handed back with its end; null when it must not be sent. */
  admit(): Ticket | null;
  /** A request ended. `latencyMs` is null without an answer. */
  settle(ticket: Ticket, good: boolean, latencyMs: number | null): void;
  /** A request was not sent after all. */
  cancel(ticket: Ticket): void;
  /** Many requests wait and the bank has said nothing for too long. */
  silent(): void;
  /** The bank has just signed on: an open breaker tries at once. */
  signedOn(): void;
  /** True when `admit` would refuse. */
  refuses(): boolean;
  view(): BreakerView;
}

/** Which spell of the breaker a request belongs to: what was sent before it opened says nothing about its probes. */
export type Ticket = number;

const SLOTS = 10;

interface Slot {
  number: number;
  ended: number;
  failed: number;
  slow: number;
}

/** Creates the breaker of one bank; `now` in ms, only running forward. Memory and time are constant. */
export function createBreaker(settings: BreakerSettings, now: () => number): Breaker {
  const slotMs = settings.windowMs / SLOTS;
  const slots: Slot[] = Array.from({ length: SLOTS }, () => ({ number: -1, ended: 0, failed: 0, slow: 0 }));
  let state: BreakerState = 'closed';
  let reason: BreakerReason | null = null;
  let sinceMs = now();
  let pauseMs = settings.openMs;
  let spell: Ticket = 1;
  let probesOut = 0;
  let probesGood = 0;
  let probeAtMs = 0;
  let opened = 0;
  let refused = 0;

  function become(next: BreakerState, why: BreakerReason | null): void {
    state = next;
    reason = why;
    sinceMs = now();
    spell += 1;
    probesOut = 0;
    probesGood = 0;
  }

  function open(why: BreakerReason): void {
    pauseMs = state === 'half_open' ? Math.min(settings.openMsMax, pauseMs * 2) : settings.openMs;
    opened += 1;
    become('open', why);
  }

  function close(): void {
    for (const slot of slots) slot.number = -1;
    become('closed', null);
  }

  function count(good: boolean, slow: boolean): void {
    const number = Math.floor(now() / slotMs);
    const slot = slots[number % SLOTS] as Slot;
    if (slot.number !== number) Object.assign(slot, { number, ended: 0, failed: 0, slow: 0 });
    slot.ended += 1;
    if (!good) slot.failed += 1;
    else if (slow) slot.slow += 1;
    const why = judge(slots.filter((s) => s.number > number - SLOTS && s.number <= number));
    if (why !== null) open(why);
  }

  function judge(live: readonly Slot[]): BreakerReason | null {
    let [ended, failed, slow] = [0, 0, 0];
    for (const slot of live) {
      ended += slot.ended;
      failed += slot.failed;
      slow += slot.slow;
    }
    if (ended < settings.callsMin) return null;
    if (failed * 100 >= ended * settings.failurePercent) return 'failures';
    return (failed + slow) * 100 >= ended * settings.slowPercent ? 'slow' : null;
  }

  function refuses(): boolean {
    // A probe without an answer is as good as a slow one; nobody waits for its time-out.
    if (state === 'half_open' && probesOut > 0 && now() - probeAtMs >= settings.slowMs) open('probe');
    if (state === 'open') return now() - sinceMs < pauseMs;
    return state === 'half_open' && probesOut + probesGood >= settings.probes;
  }

  return {
    admit() {
      if (refuses()) {
        refused += 1;
        return null;
      }
      if (state === 'open') become('half_open', reason);
      if (state === 'half_open') {
        probesOut += 1;
        probeAtMs = now();
      }
      return spell;
    },
    settle(ticket, good, latencyMs) {
      if (ticket !== spell || state === 'open') return;
      const slow = latencyMs !== null && latencyMs >= settings.slowMs;
      if (state === 'closed') return count(good, slow);
      probesOut -= 1;
      if (!good || slow) return open('probe');
      probesGood += 1;
      if (probesGood >= settings.probes) close();
    },
    cancel(ticket) {
      if (ticket === spell && state === 'half_open') probesOut -= 1;
    },
    silent() {
      if (state === 'closed') open('silence');
    },
    signedOn() {
      if (state === 'open') become('half_open', reason);
    },
    refuses,
    view: () => ({
      state,
      reason,
      forMs: now() - sinceMs,
      probesInMs: state === 'open' ? Math.max(0, pauseMs - (now() - sinceMs)) : null,
      opened,
      refused,
    }),
  };
}
