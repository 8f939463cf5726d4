export { type StartedReference, startReference } from './reference.ts';
export { type ConformanceOptions, checks, runConformance } from './run.ts';
export { type ParsedSubject, parseSubject, type Subject } from './subject.ts';
