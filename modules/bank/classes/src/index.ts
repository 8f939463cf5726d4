export {
  type Classes,
  type ClassesDeps,
  type ClassState,
  classesMigrations,
  createClasses,
  type Use,
} from './classes.ts';
export {
  breachOf,
  type ClassLimit,
  type ClassRules,
  type ClassTable,
  classLimits,
  type Direction,
  type LimitCode,
  type LimitState,
  stateOf,
  tableInForce,
} from './classRules.ts';
export type { Binding } from './store.ts';
export { firstTables } from './tables.ts';
