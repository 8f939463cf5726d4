import type { ConsolePrincipal } from '@feiqian/access';
import { expect, test } from 'vitest';
import { scopeOf, sees } from './scope.ts';

const user = (
  role: ConsolePrincipal['role'],
  tenant: ConsolePrincipal['tenant'] = null,
): ConsolePrincipal => ({
  kind: 'console',
  operatorId: 'o1',
  name: 'x',
  role,
  tenant,
});
const bank = (id: string) => ({ kind: 'bank' as const, id, name: 'b' });
const merchant = (id: string) => ({ kind: 'merchant' as const, id, name: 'm' });

const payments = ['m1', 'm2'].flatMap((merchantId) =>
  ['b1', 'b2', null].map((issuerId) => ({ merchantId, issuerId })),
);
const seen = (p: ConsolePrincipal) =>
  payments.filter((payment) => sees(scopeOf(p), payment)).map((x) => `${x.merchantId} ${x.issuerId}`);

test('the network’s people see everything', () => {
  for (const role of ['operator', 'read_only'] as const)
    expect(seen(user(role))).toHaveLength(payments.length);
});

test('a bank sees payments with its own cards, and none that nobody has paid yet', () => {
  expect(seen(user('bank', bank('b1')))).toEqual(['m1 b1', 'm2 b1']);
});

test('a merchant sees its own sales', () => {
  expect(seen(user('merchant', merchant('m2')))).toEqual(['m2 b1', 'm2 b2', 'm2 null']);
});

test('a bank’s or merchant’s user without a bank or merchant sees nothing', () => {
  expect(seen(user('bank'))).toEqual([]);
  expect(seen(user('merchant'))).toEqual([]);
});
