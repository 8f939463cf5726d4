/** What a batch returns for events of a linked chain that did not come to their own turn. */
export type ChainCode = 'linked_event_failed' | 'linked_event_chain_open';

/** Undoing of what a chain changed so far. */
export interface ChainScope {
  open(): void;
  keep(): void;
  discard(): void;
}

/**
 * Runs a batch in order. Events marked `linked` form a chain with the following event: all are created or
 * none. The first event of a chain that is not created keeps its own code, the others get
 * `linked_event_failed`; a chain that runs past the end of the batch fails as `linked_event_chain_open`.
 * (TigerBeetle, "Linked events".)
 */
export function applyInChains<E, R extends string>(
  events: readonly E[],
  linked: (event: E) => boolean,
  scope: ChainScope,
  apply: (event: E, index: number) => R | 'created',
): (R | ChainCode | 'created')[] {
  const results: (R | ChainCode | 'created')[] = [];
  let chainStart = -1;
  let broken = false;
  for (const [index, event] of events.entries()) {
    const continues = linked(event);
    if (continues && chainStart < 0) {
      chainStart = index;
      broken = false;
      scope.open();
    }
    const open = continues && index === events.length - 1;
    const result = open ? 'linked_event_chain_open' : broken ? 'linked_event_failed' : apply(event, index);
    if (chainStart >= 0 && result !== 'created' && !broken) {
      broken = true;
      scope.discard();
      results.fill('linked_event_failed', chainStart);
    }
    results.push(result);
    if (chainStart >= 0 && (!continues || open)) {
      if (!broken) scope.keep();
      chainStart = -1;
      broken = false;
    }
  }
  return results;
}
