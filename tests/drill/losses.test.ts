import { expect, test } from 'vitest';
import type { Sample } from '../overload/purchases.ts';
import { compare } from './losses.ts';

const uuid = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
const told = (n: number, end: string) =>
  ({ id: `pay_${uuid(n).replaceAll('-', '')}`, end }) as unknown as Sample;

test('an acknowledged payment that is not stored, or stored as something else, is a loss', () => {
  const rows = [
    { id: uuid(1), state: 'captured' },
    { id: uuid(2), state: 'reversed' },
    { id: uuid(3), state: 'captured' },
  ];
  const found = compare(
    [
      told(1, 'captured'),
      told(2, 'captured'),
      told(3, 'unknown'),
      told(4, 'captured'),
      told(5, 'refused 503'),
    ],
    rows,
  );
  expect(found).toMatchObject({ orders: 5, paid: 3 });
  expect(found.lost).toEqual([4, 5].map((n) => told(n, '').id));
  expect(found.different).toEqual([`${told(2, '').id} captured: reversed`]);
});
