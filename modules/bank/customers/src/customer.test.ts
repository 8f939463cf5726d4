import { expect, test } from 'vitest';
import { isNameOf, maskedName } from './customer.ts';

const customer = { id: '', name: '陈晓云', nameLatin: 'Chen Xiaoyun', mobile: '13800000001', createdAtMs: 0 };

test('a name is shown as its first character and stars', () => {
  expect(maskedName('陈晓云')).toBe('陈**');
  expect(maskedName('王盐')).toBe('王*');
  expect(maskedName('李')).toBe('李*');
});

test('a customer is known by the name in either script, whatever the blanks and case', () => {
  expect(isNameOf(customer, ' 陈 晓云')).toBe(true);
  expect(isNameOf(customer, 'CHEN XIAO YUN')).toBe(true);
  expect(isNameOf(customer, 'Chen')).toBe(false);
  expect(isNameOf(customer, '  ')).toBe(false);
});
