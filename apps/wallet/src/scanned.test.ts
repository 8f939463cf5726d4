import { payCodeToCpm } from '@feiqian/emvqr';
import { payCode } from '@feiqian/keys';
import { expect, test } from 'vitest';
import { sortScanned } from './scanned.ts';

const paymentId = `pay_${'0123456789abcdef'.repeat(2)}`;

test('a payment link leads to its payment, whatever host it names', () => {
  expect(sortScanned(`https://pay.example.org/wallet/pay/${paymentId}`)).toEqual({
    kind: 'payment',
    paymentId,
  });
  expect(sortScanned(` http://localhost:8080/wallet/pay/${paymentId}?from=x \n`)).toEqual({
    kind: 'payment',
    paymentId,
  });
});

test('a receive code leads to its person, and an address with more in it to the network', () => {
  const code = `rcv_${'0123456789abcdef'.repeat(2)}`;
  expect(sortScanned(`http://localhost:8080/wallet/send?code=${code}`)).toEqual({ kind: 'receive', code });
  const more = `http://localhost:8080/wallet/send?code=${code}&amount=1`;
  expect(sortScanned(more)).toEqual({ kind: 'code', text: more });
});

test('an address that only looks like one goes to the network as text', () => {
  for (const text of [
    `https://pay.example.org/wallet/pay/${paymentId}/../x`,
    `javascript:alert(1)//wallet/pay/${paymentId}`,
    'https://example.org/wallet/pay/pay_1',
  ]) {
    expect(sortScanned(text)).toEqual({ kind: 'code', text });
  }
});

test("a payer's own code is told from a merchant's, as digits and as QR text", () => {
  const digits = payCode({
    secret: new Uint8Array(32),
    handle: '12345678',
    slot: 0,
    atMs: 1_800_000_000_000,
  });
  expect(sortScanned(digits)).toEqual({ kind: 'pay_code' });
  expect(sortScanned(payCodeToCpm(digits))).toEqual({ kind: 'pay_code' });
  expect(sortScanned('00020101021126')).toEqual({ kind: 'code', text: '00020101021126' });
});

test('a text beyond what the network reads is cut', () => {
  expect(sortScanned('0'.repeat(5000))).toEqual({ kind: 'code', text: '0'.repeat(1000) });
});
