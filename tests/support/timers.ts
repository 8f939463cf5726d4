import type { Timers } from '@feiqian/links';

/** The machine's timers, which a test can set forward: a wait for what will not come is over when it says so. */
export class SteppedTimers implements Timers {
  readonly #due = new Map<NodeJS.Timeout, { at: number; work: () => void }>();
  #skewMs = 0;

  now = (): number => performance.now() + this.#skewMs;

  after(ms: number, work: () => void): () => void {
    const off = () => {
      clearTimeout(handle);
      this.#due.delete(handle);
    };
    const handle = setTimeout(() => this.#run(handle), ms);
    this.#due.set(handle, { at: this.now() + ms, work });
    return off;
  }

  soon(work: () => void): void {
    setImmediate(work);
  }

  /** Sets time forward, and does at once what has become due, in its order. */
  step(ms: number): void {
    this.#skewMs += ms;
    const due = [...this.#due].filter(([, { at }]) => at <= this.now()).sort(([, a], [, b]) => a.at - b.at);
    for (const [handle] of due) this.#run(handle);
  }

  #run(handle: NodeJS.Timeout): void {
    const found = this.#due.get(handle);
    clearTimeout(handle);
    this.#due.delete(handle);
    found?.work();
  }
}
