export { type BenchFigures, type BenchOptions, runBench } from './bench.ts';
export { runSuite } from './suite.ts';
