import type { Watch } from './watch.ts';
import { hasEnded } from './watchTransfers.ts';

const isOpen = (state: unknown): boolean => state === 'processing' || state === 'unknown';

/** True when every payment and transfer has come to its end, and every stored message is acknowledged. */
export function isSettled(watch: Watch): boolean {
  for (const { row } of watch.payments.values()) if (isOpen(row.state)) return false;
  for (const { row } of watch.transfers.transfers.values()) if (!hasEnded(row.state)) return false;
  for (const forward of watch.forwards.values()) if (forward.acknowledged_at === null) return false;
  return true;
}

/** What is not settled, for people. */
export function unsettled(watch: Watch): string[] {
  return [
    ...[...watch.payments]
      .filter(([, p]) => isOpen(p.row.state))
      .map(([id, p]) => `payment ${id} is ${String(p.row.state)}`),
    ...[...watch.transfers.transfers]
      .filter(([, t]) => !hasEnded(t.row.state))
      .map(([id, t]) => `transfer ${id} is ${String(t.row.state)}`),
    ...[...watch.forwards.values()]
      .filter((f) => f.acknowledged_at === null)
      .map((f) => `${String(f.kind)} ${String(f.id)} after ${String(f.attempts)} attempts`),
  ];
}

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
  for (const { at } of watch.transfers.dues.values()) consider(at);
  for (const { row } of watch.payments.values()) if (row.state === 'processing') consider(row.due_at);
  return least;
}
