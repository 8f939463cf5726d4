/** Requests that wait for an answer, found by key and given up in the order of their deadlines. */
export interface InFlight<T> {
  readonly size: number;
  /** False when the key is taken. Deadlines must not go down from one call to the next. */
  add(key: string, deadlineMs: number, item: T): boolean;
  /** Takes out the request of this key. */
  take(key: string): T | undefined;
  /** Takes out everything due at `nowMs`. */
  expire(nowMs: number): T[];
  /** The next deadline; null when nothing waits. */
  nextDeadlineMs(): number | null;
  /** Takes out everything. */
  clear(): T[];
}

/**
 * All requests of one table wait equally long, so the order of insertion, which a Map keeps, is the order of the
 * deadlines: no heap and no timer per request.
 */
export function createInFlight<T>(): InFlight<T> {
  const waiting = new Map<string, { deadlineMs: number; item: T }>();
  return {
    get size() {
      return waiting.size;
    },
    add(key, deadlineMs, item) {
      if (waiting.has(key)) return false;
      waiting.set(key, { deadlineMs, item });
      return true;
    },
    take(key) {
      const found = waiting.get(key);
      if (found === undefined) return undefined;
      waiting.delete(key);
      return found.item;
    },
    expire(nowMs) {
      const due: T[] = [];
      for (const [key, { deadlineMs, item }] of waiting) {
        if (deadlineMs > nowMs) break;
        waiting.delete(key);
        due.push(item);
      }
      return due;
    },
    nextDeadlineMs() {
      for (const { deadlineMs } of waiting.values()) return deadlineMs;
      return null;
    },
    clear() {
      const all = [...waiting.values()].map((w) => w.item);
      waiting.clear();
      return all;
    },
  };
}

/** What was answered or given up lately, so that a late or doubled answer can be told from a strange one. */
export interface Recent<T> {
  set(key: string, value: T): void;
  get(key: string): T | undefined;
}

/** Remembers at least the last `countMax` entries and at most twice as many. */
export function createRecent<T>(countMax: number): Recent<T> {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return {
    set(key, value) {
      young.set(key, value);
      if (young.size < countMax) return;
      old = young;
      young = new Map();
    },
    get: (key) => young.get(key) ?? old.get(key),
  };
}
