import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Timeline } from './timeline.ts';

/*
 * The machine under the simulation. Modules get clock, chance, store and network handed in; what they ask of Node
 * itself are timers, and those are virtual here, so that a use that nobody handed in is simulated too. What has no
 * place in a world that follows from its seed (the machine's clock, its random numbers) throws.
 */

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  performanceNow: globalThis.performance.now.bind(globalThis.performance),
  dateNow: Date.now,
  random: Math.random,
};

/** Milliseconds of the machine's own clock, for measuring the simulation itself. */
export const machineMs = real.performanceNow;

/** One turn of the machine's own event loop. */
export function machineTurn(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}

/** Keys that are remembered. */
const derivedMax = 1_000;
const derived = new Map<string, ArrayBuffer>();
const deriveKey = crypto.hkdfSync;
/** A key follows from what it is derived from alone, and every start of a process derives the same ones. */
crypto.hkdfSync = (digest, key, salt, info, length) => {
  const bytes = (value: unknown) =>
    typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString('latin1');
  if (!(key instanceof Uint8Array)) return deriveKey(digest, key, salt, info, length);
  const name = [digest, bytes(key), bytes(salt), bytes(info), length].join('\u0000');
  const known = derived.get(name) ?? deriveKey(digest, key, salt, info, length);
  if (derived.size < derivedMax) derived.set(name, known);
  return known.slice(0);
};
syncBuiltinESMExports();

setFlagsFromString('--allow-natives-syntax');
/**
 * Runs all promise callbacks that are due, now. The engine's own checkpoint, which makes a whole world one synchronous
 * function; to be called from a turn of the event loop, not from a promise callback.
 */
export const runMicrotasks = new Function('%PerformMicrotaskCheckpoint()') as () => void;
setFlagsFromString('--no-allow-natives-syntax');

/** A handle as `clearTimeout` takes it. */
class Handle {
  readonly cancel: () => void;
  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  unref(): this {
    return this;
  }
  ref(): this {
    return this;
  }
}

function refused(what: string): () => never {
  return () => {
    throw new Error(`${what} was asked in a simulated world: hand it in`);
  };
}

/**
 * Puts virtual time in the place of the machine's; call what it returns to put that back. `lenient` leaves the machine's
 * clock and chance where they are, for an engine that is itself outside of virtual time.
 */
export function enter(timeline: Timeline, lenient = false): () => void {
  const timer = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const life = timeline.current;
    return new Handle(timeline.after(ms, life, () => work(...args)));
  };
  const immediate = (work: (...args: unknown[]) => void, ...args: unknown[]) =>
    new Handle(timeline.inTurn(0, timeline.current, () => work(...args)));
  const clear = (handle: unknown) => {
    if (handle instanceof Handle) handle.cancel();
  };
  Object.assign(globalThis, {
    setTimeout: timer,
    setImmediate: immediate,
    clearTimeout: clear,
    clearImmediate: clear,
  });
  globalThis.performance.now = () => timeline.nowMs;
  if (!lenient) {
    Date.now = refused('Date.now()');
    Math.random = refused('Math.random()');
  }
  return () => {
    Object.assign(globalThis, {
      setTimeout: real.setTimeout,
      setImmediate: real.setImmediate,
      clearTimeout: real.clearTimeout,
      clearImmediate: real.clearImmediate,
    });
    globalThis.performance.now = real.performanceNow;
    Date.now = real.dateNow;
    Math.random = real.random;
  };
}
