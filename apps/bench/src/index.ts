export { type BenchOptions, runBench } from './bench.ts';
