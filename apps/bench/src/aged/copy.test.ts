import { expect, test } from 'vitest';
import { type ColumnFacts, treatmentOf } from './copy.ts';

const column = (type: string, more: Partial<ColumnFacts> = {}, filled = false): ColumnFacts => ({
  column: { name: 'c', type, filled },
  indexed: false,
  distinct: 0,
  max: null,
  mentions: [],
  follows: false,
  names: 0,
  ...more,
});

test('a column is treated by its type, its indexes and its values, and by no name', () => {
  expect(treatmentOf(column('uuid'))).toBe('identifier');
  expect(treatmentOf(column('timestamp with time zone'))).toBe('instant');
  expect(treatmentOf(column('bigint', { max: 1_790_000_000_000_000_000n }))).toBe('nanoseconds');
  expect(treatmentOf(column('bigint', { max: 9_007_199_254_740_991n }))).toBe('keep');
  expect(treatmentOf(column('bigint', {}, true))).toBe('leave out');
  expect(treatmentOf(column('uuid[]'))).toBe('keep');
});

test('text that names rows in an index gets a new name, and text that only sorts them keeps its own', () => {
  const indexed = { indexed: true };
  expect(treatmentOf(column('character(12)', { ...indexed, distinct: 1 }))).toBe('name');
  expect(treatmentOf(column('text', { ...indexed, distinct: 0.9 }))).toBe('name');
  expect(treatmentOf(column('text', { ...indexed, distinct: 0.01 }))).toBe('keep');
  expect(treatmentOf(column('text', { distinct: 1 }))).toBe('keep');
  expect(treatmentOf(column('text', { follows: true }))).toBe('name');
});

test('text in which identifiers of its row stand has them replaced', () => {
  expect(treatmentOf(column('text', { mentions: ['object_id'] }))).toBe('text');
  expect(treatmentOf(column('jsonb', { mentions: ['group_id'] }))).toBe('text');
  expect(treatmentOf(column('jsonb', { names: 2 }))).toBe('text');
  expect(treatmentOf(column('jsonb'))).toBe('keep');
});
