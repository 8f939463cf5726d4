import type { Sample } from '../overload/purchases.ts';

/** A payment as it is stored. */
export interface Row {
  id: string;
  state: string;
}

export interface Losses {
  /** Orders and payments that were acknowledged to somebody. */
  orders: number;
  paid: number;
  /** Ids of acknowledged orders that are not stored. */
  lost: string[];
  /** What was told of a payment, where something else is stored. */
  different: string[];
}

/** What may be stored of a payment of which this was told last. */
const allowed: Record<string, readonly string[]> = {
  captured: ['captured'],
  reversed: ['reversed'],
  // Told while it was not known; what has become of it since is for the row to say.
  unknown: ['captured', 'reversed'],
};

/** Compares what people were told with what is stored. */
export function compare(samples: readonly Sample[], rows: readonly Row[]): Losses {
  const stored = new Map(rows.map((row) => [row.id, row.state]));
  const losses: Losses = { orders: 0, paid: 0, lost: [], different: [] };
  for (const { id, end } of samples) {
    if (id === null) continue;
    losses.orders += 1;
    if (end === 'captured') losses.paid += 1;
    const state = stored.get(toUuid(id));
    if (state === undefined) losses.lost.push(id);
    else if (allowed[end]?.includes(state) === false) losses.different.push(`${id} ${end}: ${state}`);
  }
  return losses;
}

const toUuid = (id: string): string =>
  id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
