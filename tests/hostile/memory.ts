import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const megabyte = 1_048_576;

/**
 * By how much the heap stands higher after the last round than after the first, in MB: what is done for the first time
 * fills caches and compiles; of what is done again nothing may stay.
 */
export async function grownMb(rounds: number, work: (round: number) => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await work(round);
    collect();
    heap.push(process.memoryUsage().heapUsed / megabyte);
  }
  return (heap.at(-1) as number) - (heap[0] as number);
}
