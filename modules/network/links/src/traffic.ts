/** How long ago still counts in the figures of a link. */
export const trafficWindowMs = 60_000;
const SLOTS = 6;
const SLOT_MS = trafficWindowMs / SLOTS;
/** Four buckets an octave from 0.125 ms: a figure is at most 19 % off. */
const BUCKETS_PER_OCTAVE = 4;
const BUCKET_COUNT = 72;
const LOWEST_MS = 0.125;

/** Figures of the last minute. */
export interface TrafficFigures {
  /** Requests that ended, answered or not. */
  ended: number;
  /** Median and 99th percentile of the time to an answer, ms; null without answers. */
  p50Ms: number | null;
  p99Ms: number | null;
  /** How many ended with each response code or reason for no answer. */
  byCode: Record<string, number>;
}

/** Counts the answers of one bank over the last minute. */
export interface Traffic {
  /** A request ended with `code` (DE39, or why there is no answer); `latencyMs` only for answers. */
  count(code: string, latencyMs: number | null): void;
  figures(): TrafficFigures;
}

interface Slot {
  number: number;
  buckets: Uint32Array;
  answers: number;
  byCode: Map<string, number>;
}

/** Creates counters for one bank. Memory and time are constant, whatever the load. */
export function createTraffic(now: () => number): Traffic {
  const slots: Slot[] = Array.from({ length: SLOTS }, () => ({
    number: -1,
    buckets: new Uint32Array(BUCKET_COUNT),
    answers: 0,
    byCode: new Map(),
  }));

  function slotOf(number: number): Slot {
    const slot = slots[number % SLOTS] as Slot;
    if (slot.number !== number) {
      slot.number = number;
      slot.buckets.fill(0);
      slot.answers = 0;
      slot.byCode.clear();
    }
    return slot;
  }

  return {
    count(code, latencyMs) {
      const slot = slotOf(Math.floor(now() / SLOT_MS));
      slot.byCode.set(code, (slot.byCode.get(code) ?? 0) + 1);
      if (latencyMs === null) return;
      const bucket = bucketOf(latencyMs);
      slot.buckets[bucket] = (slot.buckets[bucket] as number) + 1;
      slot.answers += 1;
    },
    figures() {
      const current = Math.floor(now() / SLOT_MS);
      const live = slots.filter((s) => s.number > current - SLOTS && s.number <= current);
      const byCode: Record<string, number> = {};
      let ended = 0;
      for (const slot of live) {
        for (const [code, count] of slot.byCode) {
          byCode[code] = (byCode[code] ?? 0) + count;
          ended += count;
        }
      }
      return { ended, p50Ms: percentile(live, 0.5), p99Ms: percentile(live, 0.99), byCode };
    },
  };
}

function bucketOf(ms: number): number {
  if (ms <= LOWEST_MS) return 0;
  return Math.min(BUCKET_COUNT - 1, Math.ceil(Math.log2(ms / LOWEST_MS) * BUCKETS_PER_OCTAVE));
}

function percentile(slots: readonly Slot[], share: number): number | null {
  const answers = slots.reduce((sum, s) => sum + s.answers, 0);
  if (answers === 0) return null;
  let left = Math.ceil(answers * share);
  for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
    for (const slot of slots) left -= slot.buckets[bucket] as number;
    if (left <= 0) return round(LOWEST_MS * 2 ** (bucket / BUCKETS_PER_OCTAVE));
  }
  return null;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
