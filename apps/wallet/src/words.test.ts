import { type Catalogue, catalogueDifference } from '@feiqian/ui';
import { expect, test } from 'vitest';
import { paymentIn } from './live.ts';
import { deviceName } from './session.ts';
import { accountsEn } from './words/accounts-en.ts';
import { accountsZh } from './words/accounts-zh.ts';
import { cardNumberEn } from './words/card-number-en.ts';
import { cardNumberZh } from './words/card-number-zh.ts';
import { creditEn } from './words/credit-en.ts';
import { creditZh } from './words/credit-zh.ts';
import { en } from './words/en.ts';
import { identityEn } from './words/identity-en.ts';
import { identityZh } from './words/identity-zh.ts';
import { pushEn } from './words/push-en.ts';
import { pushZh } from './words/push-zh.ts';
import { requestsEn } from './words/requests-en.ts';
import { requestsZh } from './words/requests-zh.ts';
import { securityEn } from './words/security-en.ts';
import { securityZh } from './words/security-zh.ts';
import { spendingEn } from './words/spending-en.ts';
import { spendingZh } from './words/spending-zh.ts';
import { transfersEn } from './words/transfers-en.ts';
import { transfersZh } from './words/transfers-zh.ts';
import { zh } from './words/zh.ts';

test('the wallet says the same in both languages', () => {
  expect(catalogueDifference(cardNumberZh, cardNumberEn as Catalogue)).toEqual([]);
  expect(catalogueDifference(pushZh, pushEn as Catalogue)).toEqual([]);
  expect(catalogueDifference(securityZh, securityEn as Catalogue)).toEqual([]);
  expect(catalogueDifference(identityZh, identityEn as Catalogue)).toEqual([]);
  expect(catalogueDifference(zh, en as unknown as Catalogue)).toEqual([]);
  expect(catalogueDifference(transfersZh, transfersEn as unknown as Catalogue)).toEqual([]);
  expect(catalogueDifference(requestsZh, requestsEn as unknown as Catalogue)).toEqual([]);
  expect(catalogueDifference(spendingZh, spendingEn as unknown as Catalogue)).toEqual([]);
  expect(catalogueDifference(accountsZh, accountsEn as unknown as Catalogue)).toEqual([]);
  expect(catalogueDifference(creditZh, creditEn as unknown as Catalogue)).toEqual([]);
});

test('a device is named by its browser and system', () => {
  expect(deviceName('Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1')).toBe(
    'iPhone · Safari',
  );
  expect(
    deviceName('Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36'),
  ).toBe('Android · Chrome');
  expect(deviceName('Windows NT 10.0 Chrome/140 Safari/537.36 Edg/140')).toBe('Windows · Edge');
  expect(deviceName('curl/8')).toBe('Web');
});

test('a payment is found in the stream bare and inside its event', () => {
  const payment = { id: 'pay_1', state: 'captured' };
  expect(paymentIn(payment)).toBe(payment);
  expect(paymentIn({ id: 'evt_1', type: 'payment.captured', data: payment })).toBe(payment);
  expect(paymentIn({ id: 'evt_1', data: { payment } })).toBe(payment);
  expect(paymentIn('keep-alive')).toBeNull();
  expect(paymentIn(null)).toBeNull();
});
