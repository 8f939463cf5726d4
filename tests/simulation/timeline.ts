import type { Chance } from './chance.ts';

/**
 * A process, or the world around the processes. What a process has under way ends with its life: its timers do not
 * fire, its statements get no result, and only what is stored remains.
 */
export class Life {
  readonly name: string;
  alive = true;
  /** How far its clock is off, in ms. */
  clockOffMs = 0;
  readonly #onDeath: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  whenDead(work: () => void): void {
    this.#onDeath.push(work);
  }

  kill(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const work of this.#onDeath.splice(0)) work();
  }
}

interface Entry {
  atMs: number;
  order: number;
  life: Life;
  work: (() => void) | null;
}

/**
 * Virtual time: one event at a time, the earliest first, and among those of one instant the seed chooses. Time stands
 * still while an event is handled.
 */
export class Timeline {
  nowMs = 0;
  /** Whose event is being handled. */
  current: Life;
  /** Events handled so far. */
  steps = 0;
  readonly outside = new Life('outside');
  readonly #chance: Chance;
  readonly #heap: Entry[] = [];
  #sequence = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
    this.current = this.outside;
  }

  /** Runs `work` after `ms`, if the life it belongs to lasts so long. Call what it returns to call it off. */
  after(ms: number, life: Life, work: () => void): () => void {
    // Sixteen random bits, then the order of scheduling: chance decides, and the same way each time.
    const order = (this.#chance.next() & 0xffff) * 0x1_0000_0000 + this.#sequence++;
    const entry: Entry = { atMs: this.nowMs + Math.max(0, ms), order, life, work };
    this.#push(entry);
    return () => {
      entry.work = null;
    };
  }

  /** As `after`, and in the order of the calls among those of one instant. */
  inTurn(ms: number, life: Life, work: () => void): () => void {
    const entry: Entry = { atMs: this.nowMs + Math.max(0, ms), order: this.#sequence++, life, work };
    this.#push(entry);
    return () => {
      entry.work = null;
    };
  }

  /** Handles the next event. False when there is none. */
  step(): boolean {
    for (;;) {
      const entry = this.#pop();
      if (entry === undefined) return false;
      if (entry.work === null || !entry.life.alive) continue;
      this.nowMs = Math.max(this.nowMs, entry.atMs);
      this.steps += 1;
      this.current = entry.life;
      entry.work();
      return true;
    }
  }

  /** When the next event is due; Infinity for never. */
  nextMs(): number {
    while (this.#heap.length > 0) {
      const [first] = this.#heap as [Entry];
      if (first.work !== null && first.life.alive) return first.atMs;
      this.#pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs !== b.atMs ? a.atMs < b.atMs : a.order < b.order;
}
