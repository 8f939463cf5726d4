import type { Type } from './ast.ts';
import type { Compiled, Run } from './expression.ts';
import { compare, scalar, type Value } from './types.ts';

/** How a group is summed up. */
export interface AggregateFunction {
  type: (arg: Type) => Type;
  over: (values: Value[]) => Value;
}

const known = (values: Value[]) => values.filter((v) => v !== null);
/** Nothing of nothing. */
const ofSome = (values: Value[], of: (all: Value[]) => Value): Value => {
  const all = known(values);
  return all.length === 0 ? null : of(all);
};
const extreme = (sign: number) => (values: Value[]) =>
  known(values).reduce<Value>((best, v) => (best === null || compare(v, best) * sign > 0 ? v : best), null);

export const aggregates: Record<string, AggregateFunction> = {
  // A count over rows gets true for each of them.
  count: { type: () => scalar('int8'), over: (values) => BigInt(known(values).length) },
  min: { type: (arg) => arg, over: extreme(-1) },
  max: { type: (arg) => arg, over: extreme(1) },
  sum: {
    type: () => scalar('int8'),
    over: (values) => {
      const all = known(values);
      return all.length === 0 ? null : all.reduce<bigint>((sum, v) => sum + BigInt(v as bigint), 0n);
    },
  },
  bool_or: { type: () => scalar('bool'), over: (values) => ofSome(values, (all) => all.includes(true)) },
  bool_and: { type: () => scalar('bool'), over: (values) => ofSome(values, (all) => !all.includes(false)) },
  array_agg: { type: (arg) => ({ base: arg.base, array: true }), over: (values) => values },
};

/** A function of one row; undefined when there is none of this name. */
export function call(name: string, args: readonly Compiled[]): Compiled | undefined {
  const slot = args.reduce((s, a) => Math.max(s, a.slot), -1);
  const typed = (type: Type, of: (run: Run) => Value): Compiled => ({ type, slot, of });
  const first = args[0];
  const strict = (type: Type, of: (...values: never[]) => Value): Compiled =>
    typed(type, (run) => {
      const values = args.map((a) => a.of(run));
      return values.includes(null) ? null : of(...(values as never[]));
    });
  const common = args.find((a) => a.type.base !== 'unknown')?.type ?? scalar('text');
  switch (name) {
    case 'coalesce':
      return typed(common, (run) => {
        for (const arg of args) {
          const value = arg.of(run);
          if (value !== null) return value;
        }
        return null;
      });
    case 'greatest':
      return typed(common, (run) => aggregates.max?.over(args.map((a) => a.of(run))) ?? null);
    case 'least':
      return typed(common, (run) => aggregates.min?.over(args.map((a) => a.of(run))) ?? null);
    case 'length':
      return strict(scalar('int4'), (text: string) => text.length);
    case 'lower':
      return strict(scalar('text'), (text: string) => text.toLowerCase());
    case 'upper':
      return strict(scalar('text'), (text: string) => text.toUpperCase());
    case 'cardinality':
      return strict(scalar('int4'), (array: Value[]) => array.length);
    case 'to_char':
      if (first?.type.base !== 'date') return undefined;
      return strict(scalar('text'), (day: string) => day);
    case 'string_to_array':
      return typed({ base: 'text', array: true }, (run) => {
        const [text, separator, none] = args.map((a) => a.of(run)) as [
          string | null,
          string,
          string | undefined,
        ];
        if (text === null) return null;
        if (text === '') return [];
        return text.split(separator).map((one) => (one === none ? null : one));
      });
    // Whoever migrates is alone here.
    case 'pg_advisory_xact_lock':
      return typed(scalar('text'), () => null);
    case 'pg_current_xact_id':
      return typed(scalar('xid8'), (run) => run.tx.id);
    case 'pg_current_snapshot':
      return typed(scalar('snapshot'), (run) => run.database.snapshotMin());
    case 'pg_snapshot_xmin':
      return first && typed(scalar('xid8'), first.of);
    default:
      return undefined;
  }
}
