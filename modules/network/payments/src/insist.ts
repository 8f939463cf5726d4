import { isConnectionLost } from '@feiqian/db';

/** The first pause before a group is asked for again, ms; doubles up to the longest. */
const pauseMsMin = 50;
const pauseMsMax = 500;

/**
 * Runs work whose commit may have taken place although the database was lost under it. What became of it is not
 * guessed: the work is done again with `again` set, and has to find out by its business key, under the row's lock,
 * whether it was done the first time.
 *
 * @param now in ms
 * @param untilMs after this the error is passed on: the outcome is not known, and the caller asks again by its key
 */
export async function insist<R>(
  work: (again: boolean) => Promise<R>,
  now: () => number,
  untilMs: number,
): Promise<R> {
  for (let tries = 0; ; tries++) {
    try {
      return await work(tries > 0);
    } catch (error) {
      const pauseMs = Math.min(pauseMsMax, pauseMsMin * 2 ** tries);
      if (!isConnectionLost(error) || now() + pauseMs > untilMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
