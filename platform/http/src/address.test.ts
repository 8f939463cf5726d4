import { expect, test } from 'vitest';
import { isLoopbackAddress, isPublicAddress } from './address.ts';

test('addresses of the public internet, and no others', () => {
  for (const open of [
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:4700::1111',
    '240e::1',
  ])
    expect([open, isPublicAddress(open)]).toEqual([open, true]);
  for (const shut of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'localhost',
    '',
    '1.1.1',
  ])
    expect([shut, isPublicAddress(shut)]).toEqual([shut, false]);
});

test('this machine', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].map(isLoopbackAddress)).toEqual([true, true, true]);
  expect(['10.0.0.1', '::2', 'localhost', '128.0.0.1'].map(isLoopbackAddress)).toEqual(Array(4).fill(false));
});
