export { type BankStub, startBankStub } from './bankStub.ts';
export { type BenchFigures, type BenchOptions, runBench } from './bench.ts';
export { LoadClient } from './httpClient.ts';
export { type Prepared, prepareLoad } from './prepare.ts';
export { freePorts, startProcess, stopProcess } from './process.ts';
export { runSuite } from './suite.ts';
