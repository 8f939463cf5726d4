import { memoryGround, type Outcome, type RunOptions, runInMemory } from './run.ts';
import { pgliteGround, runOnPglite } from './runPglite.ts';

/** Where worlds take place: an engine with the city in it. */
export interface Ground {
  run(seed: number, options: RunOptions): Promise<Outcome>;
  close(): Promise<void>;
}

export async function openGround(engine: 'memory' | 'pglite'): Promise<Ground> {
  if (engine === 'pglite') {
    const ground = await pgliteGround();
    return { run: (seed, options) => runOnPglite(ground, seed, options), close: () => ground.close() };
  }
  const ground = await memoryGround();
  return {
    run(seed, options) {
      // A world is one synchronous go, and must not be inside a promise's callback.
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          try {
            resolve(runInMemory(ground, seed, options));
          } catch (error) {
            reject(error);
          }
        });
      });
    },
    close: () => Promise.resolve(),
  };
}
