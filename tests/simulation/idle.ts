import type { Watch } from './watch.ts';

/** Something that changes whenever anything is stored. */
export function progressOf(watch: Watch, errandsLeft: number): string {
  const attempts = [...watch.forwards.values()].reduce((sum, f) => sum + (f.attempts as number), 0);
  return `${watch.events.length} ${errandsLeft} ${attempts}`;
}

/** When the next thing that waits for its time comes round, ms since the world began; infinite when nothing does. */
export function nextDueMs(watch: Watch, startMs: number): number {
  let least = Number.POSITIVE_INFINITY;
  const consider = (at: unknown) => {
    if (at instanceof Date) least = Math.min(least, at.getTime() - startMs);
  };
  for (const f of watch.forwards.values()) {
    if (f.acknowledged_at !== null) continue;
    const lease = f.lease_until as Date | null;
    const next = f.next_attempt_at as Date;
    consider(lease !== null && lease > next ? lease : next);
  }
  for (const { row } of watch.payments.values()) if (row.state === 'processing') consider(row.due_at);
  return least;
}
