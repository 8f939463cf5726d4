import type { NetworkProcess } from './processes.ts';
import type { Life } from './timeline.ts';
import type { Watch } from './watch.ts';

interface Followed {
  life: Life;
  sinceStep: number;
  /** Ids of events, in the order in which they were delivered. */
  heard: Set<string>;
  lastPosition: Map<string, bigint>;
}

/** Listens at the event relay of each process: every event, in order for each object. */
export class Relays {
  readonly #watch: Watch;
  readonly #followed: Followed[] = [];

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  follow({ life, network }: NetworkProcess, step: number): void {
    const followed: Followed = { life, sinceStep: step, heard: new Set(), lastPosition: new Map() };
    this.#followed.push(followed);
    network.outbox.subscribe((events) => {
      for (const { id, objectId, position } of events) {
        if (followed.heard.has(id)) continue;
        followed.heard.add(id);
        const last = followed.lastPosition.get(objectId);
        if (last !== undefined && last > position)
          this.#watch.violate(`W1 ${life.name} heard of ${objectId} out of order`);
        followed.lastPosition.set(objectId, position);
      }
    });
  }

  /** What was stored since a process listens, and while it lives, it has heard. */
  judge(alive: readonly (NetworkProcess | null)[]): void {
    for (const { life, sinceStep, heard } of this.#followed) {
      if (!life.alive || !alive.some((p) => p?.life === life)) continue;
      for (const event of this.#watch.events) {
        if (event.atStep > sinceStep && !heard.has(event.id)) {
          this.#watch.violate(`W1 ${life.name} never heard of ${event.type} of ${event.objectId}`);
        }
      }
    }
  }
}
