/** What of a world is kept: nothing, a hash of all that happened, or its lines as well. */
export type Keeping = 'nothing' | 'hash' | 'lines';

/** What happened in a world: a hash of all of it, and the lines themselves when somebody wants to read them. */
export class Trace {
  readonly lines: string[] | null;
  #hash = 0x811c9dc5;
  #hash2 = 0x01000193;
  /** False when nobody asks what happened. */
  readonly on: boolean;
  readonly #now: () => number;

  constructor(now: () => number, keeping: Keeping) {
    this.#now = now;
    this.on = keeping !== 'nothing';
    this.lines = keeping === 'lines' ? [] : null;
  }

  /** Notes one thing; `who` it happened to. */
  note(who: string, what: string): void {
    if (!this.on) return;
    const nowMs = this.#now();
    this.#mix(who);
    this.#mix(what);
    this.#hash = Math.imul(this.#hash ^ (nowMs | 0), 0x01000193);
    this.lines?.push(`${(nowMs / 1000).toFixed(3).padStart(10)} ${who.padEnd(14)} ${what}`);
  }

  #mix(text: string): void {
    let a = this.#hash;
    let b = this.#hash2;
    for (let i = 0; i < text.length; i++) {
      a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
      b = Math.imul(b + text.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13);
    }
    this.#hash = a;
    this.#hash2 = b;
  }

  hash(): string {
    const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
    return hex(this.#hash) + hex(this.#hash2);
  }
}
