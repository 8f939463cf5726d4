import { type Answer, type Caller, told } from './caller.ts';
import { type Chance, chanceOf, often, seed } from './chance.ts';
import { startTestNetwork, type TestNetwork } from './network.ts';
import { type Wallet, wallet } from './people.ts';
import { pause } from './until.ts';

/**
 * Where races are run: two networks on one database, each with its own connections, caches, links and workers. The
 * embedded engine has one process only, so there both are the same one.
 */
export interface Arena {
  one: TestNetwork;
  two: TestNetwork;
  /** A caller at one of the two, by chance. */
  somewhere(caller: Caller, chance: Chance): Caller;
  stop(): Promise<void>;
}

export async function openArena(): Promise<Arena> {
  const one = await startTestNetwork();
  const two =
    one.databaseUrl === null
      ? one
      : await startTestNetwork({ databaseUrl: one.databaseUrl, env: { FEIQIAN_WITH_BANKS: 'false' } });
  return {
    one,
    two,
    somewhere: (caller, chance) => caller.at(chance.pick([one.url, two.url])),
    async stop() {
      if (two !== one) await two.stop();
      await one.stop();
    },
  };
}

let signingIn: Promise<unknown> = Promise.resolve();

/**
 * Signs a person in on a new device, whoever else does so at the moment: one after another, and without the pause that
 * a number has to wait for its next code.
 */
export function freshWallet(net: TestNetwork, mobile: string): Promise<Wallet> {
  const next = signingIn.then(async () => {
    await net.network.db.query("update access.one_time_code set sent_at = sent_at - interval '5 seconds'");
    return wallet(net, mobile);
  });
  signingIn = next.catch(() => undefined);
  return next;
}

/** Rounds of one race that run beside each other. */
const lanesCount = 6;
/** Longest head start of one racer over another, in ms. */
const headStartMsMax = 40;

/**
 * Runs a race many times, some of them beside each other. Each round has chance of its own, from the seed, the
 * race's name and the number of the round.
 */
export async function rounds(
  name: string,
  count: number,
  work: (chance: Chance, round: number) => Promise<void>,
  lanes = lanesCount,
): Promise<number> {
  const all = often(count);
  let next = 0;
  async function lane(): Promise<void> {
    for (let round = next++; round < all; round = next++) {
      try {
        await work(chanceOf(`${name} ${round}`), round);
      } catch (error) {
        next = all;
        throw new Error(`round ${round} of "${name}" (seed ${seed}): ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
  }
  const done = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = done.find((d) => d.status === 'rejected');
  if (failed) throw failed.reason;
  return all;
}

/** Starts all of them in an order by chance, at once or within a few milliseconds. One result each, in the order given. */
export async function atOnce<T>(chance: Chance, racers: readonly (() => Promise<T>)[]): Promise<T[]> {
  const together = chance.percent(50);
  const starts = chance.shuffled(
    racers.map((run, place) => ({ run, place, ms: together ? 0 : chance.below(headStartMsMax + 1) })),
  );
  const results: Promise<T>[] = [];
  for (const { run, place, ms } of starts) results[place] = ms === 0 ? run() : pause(ms).then(run);
  return Promise.all(results);
}

export const successes = (answers: readonly Answer[]): Answer[] => answers.filter((a) => a.status < 300);

/** Throws with all of them unless each answer is a success or one of these refusals. */
export function onlyRefused(answers: readonly Answer[], refusals: readonly string[]): void {
  const odd = answers.filter((a) => a.status >= 300 && !refusals.includes(told(a)));
  if (odd.length > 0) throw new Error(`refused with ${odd.map((a) => `${told(a)} ${a.text}`).join('; ')}`);
}

/** Throws unless exactly so many were successes. */
export function exactly(count: number, answers: readonly Answer[], refusals: readonly string[]): Answer[] {
  onlyRefused(answers, refusals);
  const good = successes(answers);
  if (good.length !== count)
    throw new Error(`${good.length} succeeded instead of ${count}: ${answers.map(told).join(', ')}`);
  return good;
}
