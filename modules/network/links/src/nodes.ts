import type { Clock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { type CountedReferences, createReferences, type References } from './references.ts';
import { claimNode, reserveNode } from './store/nodes.ts';

/** For how long ahead a process reserves its references. */
export const reservationMs = 10 * 60_000;
/** How often a process renews its reservation: many times before it runs out. */
export const reservationRenewMs = 60_000;

/** References of a process that runs beside others. */
export interface ClaimedReferences extends References {
  /** The number under which this process makes references. */
  node(): number;
  /** Reserves further ahead; when the number was taken over by another process, claims another. */
  renew(): Promise<void>;
  /** Gives the number back. */
  release(): Promise<void>;
}

/**
 * Claims a number for this process. What is stored is not a lease that clocks must agree on, but the last instant
 * up to which the number's holder may make references: whoever takes the number over begins after it, so that even
 * a process thought dead cannot make the same reference.
 *
 * @param deps.holder UUID of this process
 */
export async function claimReferences(deps: {
  db: Db;
  clock: Clock;
  holder: string;
}): Promise<ClaimedReferences> {
  const { db, clock, holder } = deps;
  let node = -1;
  let reservedUntilMs = 0;
  let references: CountedReferences;

  async function claim(): Promise<void> {
    const claimed = await db.transaction((tx) => claimNode(tx, holder, clock.now(), reservationMs));
    node = claimed.node;
    reservedUntilMs = claimed.reservedUntilMs;
    const { floorMs } = claimed;
    references = createReferences({ clock, node, floorMs, reservedUntilMs: () => reservedUntilMs });
  }

  await claim();
  return {
    next: () => references.next(),
    node: () => node,
    async renew() {
      const untilMs = Math.max(reservedUntilMs, clock.now() + reservationMs);
      if (await reserveNode(db, node, holder, untilMs)) reservedUntilMs = untilMs;
      else await claim();
    },
    async release() {
      // Nothing is made any more, so the number is free from the last reference on.
      await reserveNode(db, node, holder, references.usedUntilMs());
    },
  };
}
