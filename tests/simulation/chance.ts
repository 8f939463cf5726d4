/** Chance that follows from a seed (sfc32). Everything a world leaves to chance comes from here. */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = (seed / 0x1_0000_0000) >>> 0;
    this.#c = stream >>> 0;
    this.#d = 1;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 32 random bits. */
  next(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + t) | 0;
    return t >>> 0;
  }

  /** From 0 up to but not including 1. */
  fraction(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** True in this share of cases. */
  happens(share: number): boolean {
    return share > 0 && this.fraction() < share;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to pick from');
    return from[this.between(0, from.length - 1)] as T;
  }

  /** Mostly short, sometimes very long: exponential with this mean, at the most `max`. */
  longTail(meanMs: number, maxMs: number): number {
    return Math.min(maxMs, Math.round(-Math.log(1 - this.fraction()) * meanMs));
  }

  /** Fills bytes, for the identifiers and keys of the product. */
  readonly bytes = (into: Uint8Array): Uint8Array => {
    for (let i = 0; i < into.length; i++) into[i] = this.next() & 0xff;
    return into;
  };
}
