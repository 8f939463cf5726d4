import type { BankApi } from './api.ts';
import type { IsoLink } from './isoLink.ts';
import type { NoticeListener } from './noticeListener.ts';
import type { Subject } from './subject.ts';

/** What a check has at hand. Things that several checks need are made once and kept. */
export interface Bench {
  subject: Subject;
  api: BankApi;
  /** A signed-on connection. */
  iso: IsoLink;
  /** A further connection, which is not signed on. */
  connect(): Promise<IsoLink>;
  notices: NoticeListener;
  /** What earlier checks found, by name. */
  found: Map<string, unknown>;
}

/** One rule that a bank must keep. */
export interface Check {
  /** Stable; documents and discussions refer to it. */
  id: string;
  /** What must be so, as a sentence. */
  rule: string;
  run(bench: Bench): Promise<void>;
}

/** A rule is broken; the message says how. */
export class Broken extends Error {
  override name = 'Broken';
}

/** Breaks the check unless something holds. */
export function must(holds: unknown, reason: string): asserts holds {
  if (!holds) throw new Broken(reason);
}

/** Breaks the check unless two values are the same. */
export function same(what: string, found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Broken(`${what} is ${a}, not ${b}`);
}

/** Breaks the check unless a value is one of several. */
export function oneOf(what: string, found: unknown, expected: readonly unknown[]): void {
  if (!expected.includes(found)) {
    throw new Broken(`${what} is ${JSON.stringify(found)}, not one of ${JSON.stringify(expected)}`);
  }
}
