import { type BenchFigures, type BenchOptions, runBench } from './bench.ts';

/** Asked of a machine with two cores, the load generator included (docs/benchmarks.md). */
const targets = {
  stub: 0.5,
  reference: 0.25,
  p99Ms: 200,
  hotLossMax: 0.2,
  pglite: 300,
  aloneP50Ms: 15,
} as const;

/**
 * The whole set: PostgreSQL with a bank stub (also one hot merchant), PostgreSQL with the reference banks, PGlite.
 * Prints each figure beside what is asked. True when every audit was clean; a missed figure is said, not hidden.
 */
export async function runSuite(o: BenchOptions): Promise<boolean> {
  const title = (text: string) => o.write(`\n── ${text}`);
  title('PostgreSQL, bank stub');
  const stub = await runBench({ ...o, engine: 'postgres', bank: 'stub', hot: true });
  title('PostgreSQL, reference banks on this machine');
  const reference = await runBench({ ...o, engine: 'postgres', bank: 'reference', hot: false });
  title('PGlite, bank stub');
  const pglite = await runBench({ ...o, engine: 'pglite', bank: 'stub', hot: false, processes: 1 });

  title('asked and found');
  const line = (what: string, asked: string, found: string, met: boolean | null) =>
    o.write(
      `${met === null ? '  ?   ' : met ? '  met ' : 'MISSED'} ${what.padEnd(46)} asked ${asked.padEnd(14)} found ${found}`,
    );
  const ratio = (f: BenchFigures, asked: number, what: string) =>
    line(
      what,
      `${asked} × TPC-B`,
      `${f.capacity.toFixed(0)}/s = ${f.ratio?.toFixed(2) ?? '?'} ×`,
      f.ratio === null ? null : f.ratio >= asked,
    );
  ratio(stub, targets.stub, 'purchases, bank stub');
  line(
    'p99 at 80 % of it',
    `${targets.p99Ms} ms`,
    `${stub.atRate.p99.toFixed(1)} ms`,
    stub.atRate.p99 <= targets.p99Ms,
  );
  const loss = 1 - (stub.hot ?? 0) / stub.capacity;
  line(
    'all to one merchant, loss',
    `${targets.hotLossMax * 100} %`,
    `${(loss * 100).toFixed(0)} %`,
    loss <= targets.hotLossMax,
  );
  line(
    'one purchase alone, p50',
    `${targets.aloneP50Ms} ms`,
    `${stub.alone.p50.toFixed(1)} ms`,
    stub.alone.p50 <= targets.aloneP50Ms,
  );
  ratio(reference, targets.reference, 'purchases, reference banks');
  line(
    'purchases on PGlite',
    `${targets.pglite}/s`,
    `${pglite.capacity.toFixed(0)}/s`,
    pglite.capacity >= targets.pglite,
  );
  return [stub, reference, pglite].every((f) => f.auditClean);
}
