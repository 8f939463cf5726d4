/** The time and a way to wait, in ms; a test hands in its own. */
export interface Timing {
  now(): number;
  later(ms: number, work: () => void): void;
}

export const realTiming: Timing = {
  now: () => performance.now(),
  later: (ms, work) => void setTimeout(work, ms),
};

export interface Offer {
  seconds: number;
  /** Time to the next arrival, in ms. */
  gap: () => number;
  /** Does one piece of work; `n` counts from 0. */
  perform: (n: number) => Promise<void>;
  /** Told when work has ended: when it was due and when it ended, in ms of the timing. */
  onEnd: (n: number, dueAt: number, endedAt: number, error: Error | null) => void;
  /** Work under way at the most; what is due beyond it is dropped and said. */
  underWayMax: number;
  /** How long after the last arrival answers are waited for, in ms. */
  drainMsMax: number;
  timing?: Timing;
}

export interface Offered {
  /** Arrivals that were due, dropped ones included. */
  due: number;
  started: number;
  dropped: number;
  /** How much later than due each one was started, in ms: the generator's own fault. */
  late: number[];
  /** Under way when the last arrival was due: what overload has piled up. */
  backlog: number;
  /** Still without an end when waiting for answers was given up. */
  unanswered: number;
  /** From the first arrival to the last end, in seconds. */
  seconds: number;
}

/** How often the generator looks what is due, in ms. */
const lookMs = 1;

/**
 * Offers work at times that do not depend on how fast it is done (an open model): nobody stops coming because
 * others are still waiting. What counts is the time since each was due, so that a wait before the start, in the
 * generator or for a connection, is part of what is measured (no coordinated omission).
 */
export function offer(o: Offer): Promise<Offered> {
  const timing = o.timing ?? realTiming;
  const begin = timing.now();
  const endAt = begin + o.seconds * 1000;
  const result: Offered = { due: 0, started: 0, dropped: 0, late: [], backlog: 0, unanswered: 0, seconds: 0 };
  let nextDue = begin + o.gap();
  let underWay = 0;
  let over = false;
  return new Promise((resolve) => {
    const finish = () => {
      if (over) return;
      over = true;
      result.unanswered = underWay;
      result.seconds = (timing.now() - begin) / 1000;
      resolve(result);
    };
    let offering = true;
    const start = (dueAt: number) => {
      const n = result.started;
      result.started += 1;
      underWay += 1;
      const ended = (error: Error | null) => {
        underWay -= 1;
        if (over) return;
        o.onEnd(n, dueAt, timing.now(), error);
        if (!offering && underWay === 0) finish();
      };
      o.perform(n).then(
        () => ended(null),
        (error: Error) => ended(error),
      );
    };
    const look = () => {
      const now = timing.now();
      for (; nextDue <= now && nextDue < endAt; nextDue += o.gap()) {
        result.due += 1;
        if (underWay >= o.underWayMax) result.dropped += 1;
        else {
          result.late.push(now - nextDue);
          start(nextDue);
        }
      }
      if (now < endAt) return timing.later(lookMs, look);
      offering = false;
      result.backlog = underWay;
      if (underWay === 0) finish();
      else timing.later(o.drainMsMax, finish);
    };
    look();
  });
}

/**
 * As much as `atOnce` customers do who come again as soon as they are served (a closed model): only to find out
 * about how much can be offered, never to measure waits.
 */
export async function saturate(o: {
  seconds: number;
  atOnce: number;
  perform: (n: number) => Promise<void>;
  onEnd: (n: number, startedAt: number, endedAt: number, error: Error | null) => void;
  /** Ends it before its time. */
  enough?: () => boolean;
  timing?: Timing;
}): Promise<{ started: number; seconds: number }> {
  const timing = o.timing ?? realTiming;
  const begin = timing.now();
  const endAt = begin + o.seconds * 1000;
  let started = 0;
  const customer = async () => {
    while (timing.now() < endAt && o.enough?.() !== true) {
      const n = started;
      started += 1;
      const at = timing.now();
      const error = await o.perform(n).then(
        () => null,
        (e: Error) => e,
      );
      o.onEnd(n, at, timing.now(), error);
    }
  };
  await Promise.all(Array.from({ length: o.atOnce }, customer));
  return { started, seconds: (timing.now() - begin) / 1000 };
}
