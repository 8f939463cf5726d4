import type { BenchOptions } from '@feiqian/app-bench';

/** How this very program is started again, as a process of its own. */
export function ownCommand(): readonly string[] {
  const script = process.argv[1] === 'feiqian' ? 'dist/feiqian.mjs' : (process.argv[1] as string);
  return [process.execPath, ...process.execArgv, script];
}

/** The options of `feiqian bench` from the command line. */
export function benchOptions(o: Record<string, string | boolean>): BenchOptions {
  const count = (name: string, fallback: number): number => {
    const value = o[name];
    if (value === undefined) return fallback;
    const n = Number(value);
    if (Number.isInteger(n) && n > 0 && n <= 1_000_000) return n;
    process.stderr.write(`--${name}: a whole number above 0, not "${String(value)}"\n`);
    process.exit(2);
  };
  return {
    engine: o.engine === 'pglite' ? 'pglite' : 'postgres',
    bank: o.bank === 'reference' ? 'reference' : 'stub',
    seconds: count('seconds', 10),
    merchants: count('merchants', 50),
    inFlight: count('inFlight', 256),
    connections: count('connections', 256),
    processes: o.engine === 'pglite' ? 1 : count('processes', 1),
    rate: o.rate === undefined ? null : count('rate', 1),
    hot: o.hot === true,
    yardstick: o.yardstick !== false,
    command: ownCommand(),
    write: (line) => void process.stdout.write(`${line}\n`),
  };
}
