import { expect, test } from 'vitest';
import { arrayLiteral, readInstant } from './wire.ts';

test('elements are quoted only where the array form needs it', () => {
  expect(arrayLiteral(['a', 'b c', '', 'NULL', null, 'q"\\{}', 5n, 7, true])).toBe(
    '{a,"b c","","NULL",NULL,"q\\"\\\\{}",5,7,true}',
  );
  expect(arrayLiteral([new Uint8Array([1, 255])])).toBe('{"\\\\x01ff"}');
});

test('instants are read to the millisecond', () => {
  expect(readInstant('2026-11-22 02:13:05+00').toISOString()).toBe('2026-11-22T02:13:05.000Z');
  expect(readInstant('2026-11-22 02:13:05.1+00').toISOString()).toBe('2026-11-22T02:13:05.100Z');
  expect(readInstant('2026-11-22 02:13:05.123987+00').toISOString()).toBe('2026-11-22T02:13:05.123Z');
});
