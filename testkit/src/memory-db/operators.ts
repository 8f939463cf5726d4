import { compare, type Value } from './types.ts';

/** A comparison of two values, neither null; null for an operator that is none. */
export function comparison(op: string): ((a: Value, b: Value) => boolean) | null {
  switch (op) {
    case '=':
      return (a, b) => a === b || (typeof a === 'object' && compare(a, b) === 0);
    case '<>':
      return (a, b) => compare(a, b) !== 0;
    case '<':
      return (a, b) => compare(a, b) < 0;
    case '<=':
      return (a, b) => compare(a, b) <= 0;
    case '>':
      return (a, b) => compare(a, b) > 0;
    case '>=':
      return (a, b) => compare(a, b) >= 0;
    default:
      return null;
  }
}

const patterns = new Map<string, RegExp>();
function patternOf(text: string): RegExp {
  const known = patterns.get(text) ?? new RegExp(text);
  patterns.set(text, known);
  return known;
}

/** Numbers of one size on both sides: `int4` and `float8` are number, `int8` bigint. */
export function arithmetic(op: string): ((a: never, b: never) => Value) | null {
  switch (op) {
    case '+':
      return (a: number, b: number) => a + b;
    case '-':
      return (a: number, b: number) => a - b;
    case '*':
      return (a: number, b: number) => a * b;
    case '/':
      return (a: number | bigint, b: number | bigint) =>
        typeof a === 'bigint' ? a / (b as bigint) : Math.trunc(a / (b as number));
    case '%':
      return (a: number, b: number) => a % b;
    case '&':
      return (a: number, b: number) => a & b;
    case '|':
      return (a: number, b: number) => a | b;
    case '~':
      return (a: string, b: string) => patternOf(b).test(a);
    default:
      return null;
  }
}
