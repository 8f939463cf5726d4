/**
 * A PostgreSQL array in text form, for a parameter such as `$1::uuid[]`. Only for values that need no quotes:
 * UUIDs and numbers. Drivers quote and escape every element, which on the hot path costs both sides more than
 * the rows themselves.
 */
export function arrayOf<T>(
  items: readonly T[],
  textOf: (item: T) => string | number | bigint | null,
): string {
  let text = '{';
  for (let i = 0; i < items.length; i++) {
    if (i > 0) text += ',';
    text += textOf(items[i] as T) ?? 'NULL';
  }
  return `${text}}`;
}

/** An array of UUIDs. */
export function arrayOfIds(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}
