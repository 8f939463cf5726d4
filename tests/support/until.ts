const pollMs = 20;

/** Waits until something holds; throws when it does not within the time. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  msMax: number,
  what = 'what was waited for',
): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come within ${msMax} ms`);
    await pause(pollMs);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
