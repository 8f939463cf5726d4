import type { Clock } from '@feiqian/clock';

/** Processes that may number messages at the same time: six bits. */
export const nodeCountMax = 64;
/** References one process may make in one millisecond: fourteen bits. */
export const referencesPerMsMax = 16_384;

/** Every process has its own STANs: two messages of one second are never called the same in DE90. */
export const stansPerNode = Math.floor(999_999 / nodeCountMax);
const RRN_CHARS = 12;
/** 2020-01-01T00:00:00Z; 41 bits of milliseconds from here reach the year 2089. */
export const referencesEpochMs = 1_577_836_800_000;
const LOW_BITS = 2 ** 20;
/** 36^6, to encode 61 bits as two halves of six characters without bigint arithmetic on the hot path. */
const HALF = 36 ** 6;

/** A pair that names one message: DE11 for the link, DE37 for ever. */
export interface Reference {
  /** Six digits, `000001` to `999999`, of this process alone, wrapping after {@link stansPerNode}. */
  stan: string;
  /** Twelve characters 0–9 A–Z, unique across processes and restarts. */
  rrn: string;
}

/** Makes references. */
export interface References {
  next(): Reference;
}

/** References of which it is known how far they have been used up. */
export interface CountedReferences extends References {
  /** No reference of this maker is after this instant. */
  usedUntilMs(): number;
}

/** What a maker of references is made from. */
export interface ReferencesDeps {
  clock: Clock;
  /** Number of this process, 0 to 63, held by it alone (see `claimReferences`). */
  node: number;
  /** No reference is made at or before this instant: up to here the number may have been used before. */
  floorMs?: number;
  /** No reference is made after this instant: up to here the number is ours. */
  reservedUntilMs?: () => number;
}

/**
 * Numbers messages for one process.
 *
 * RRN = base 36 of (41 bits: ms since 2020, UTC) ‖ (6 bits: node) ‖ (14 bits: counter). The instant is there to
 * make it unique and need not be the true one: when the clock steps back, or ahead of what is reserved, the maker
 * stays where it is and counts on.
 */
export function createReferences(deps: ReferencesDeps): CountedReferences {
  const { clock, node } = deps;
  const reservedUntilMs = deps.reservedUntilMs ?? (() => Number.POSITIVE_INFINITY);
  if (!Number.isInteger(node) || node < 0 || node >= nodeCountMax)
    throw new RangeError('node is not 0 to 63');
  let lastMs = Math.max(deps.floorMs ?? 0, referencesEpochMs);
  let counter = referencesPerMsMax - 1;
  // Where the process that had this number before is unlikely to be.
  let counted = Math.floor(clock.now() / 10) % stansPerNode;

  return {
    usedUntilMs: () => lastMs,
    next() {
      const now = clock.now();
      if (now > lastMs && now <= reservedUntilMs()) {
        lastMs = now;
        counter = 0;
      } else if (++counter >= referencesPerMsMax) {
        lastMs += 1;
        counter = 0;
        if (lastMs > reservedUntilMs()) throw new Error('the reservation of references ran out');
      }
      counted = (counted + 1) % stansPerNode;
      return {
        stan: (node * stansPerNode + counted + 1).toString().padStart(6, '0'),
        rrn: encodeRrn(lastMs - referencesEpochMs, node, counter),
      };
    },
  };
}

function encodeRrn(ms: number, node: number, counter: number): string {
  if (ms < 0 || ms >= 2 ** 41) throw new RangeError('the clock is outside 2020 to 2089');
  // value = ms * 2^20 + low does not fit a double, so it is divided by 36^6 in two exact steps.
  const low = node * referencesPerMsMax + counter;
  const msHigh = Math.floor(ms / HALF);
  const msLow = ms - msHigh * HALF;
  const lowProduct = msLow * LOW_BITS + low;
  const carry = Math.floor(lowProduct / HALF);
  const high = msHigh * LOW_BITS + carry;
  const rest = lowProduct - carry * HALF;
  const text = high.toString(36).padStart(6, '0') + rest.toString(36).padStart(6, '0');
  return text.toUpperCase().slice(-RRN_CHARS);
}
