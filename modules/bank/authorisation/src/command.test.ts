import { feiqianAscii, feiqianBcd, type Message, originalData } from '@feiqian/iso8583';
import { describe, expect, test } from 'vitest';
import { type Command, readCommand } from './command.ts';

const nowMs = Date.UTC(2026, 0, 5, 1, 0, 0);
const message = (mti: string, change: Record<number, string | undefined> = {}): Message => ({
  mti,
  fields: Object.fromEntries(
    Object.entries({
      2: '9156000000000000',
      3: '000000',
      4: '000000001280',
      7: '0105010000',
      11: '000017',
      12: '090000',
      13: '0105',
      14: '3112',
      18: '5411',
      22: '030',
      25: '00',
      32: '00000099',
      33: '00000099',
      37: '0A1B2C3D4E5F',
      41: 'TILL0001',
      42: 'M00000000000001',
      43: 'NOODLE HOUSE',
      49: '156',
      ...change,
    }).filter(([, value]) => value !== undefined),
  ) as Message['fields'],
});
const original = originalData({
  mti: '0200',
  stan: '000017',
  transmittedAt: '0105010000',
  acquirer: '99',
  forwarder: '99',
});
const read = (m: Message) => readCommand(m, (digits) => `hash(${digits.length})`, nowMs);
function command(m: Message): Command {
  const result = read(m);
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.reason}`);
  return result.command;
}
function refusal(m: Message): string {
  const result = read(m);
  return result.ok ? 'none' : result.refusal.code;
}

describe('what a message asks for', () => {
  test.each([
    ['0100', '000000', undefined, 'hold'],
    ['0200', '000000', undefined, 'purchase'],
    ['0200', '200000', original, 'refund'],
    ['0220', '000000', original, 'completion'],
    ['0221', '000000', original, 'completion'],
    ['0220', '200000', original, 'refund'],
    ['0400', '000000', original, 'reversal'],
    ['0421', '200000', original, 'reversal'],
  ])('%s with processing code %s is a %s', (mti, processing, elements, kind) => {
    const more = mti.startsWith('022') ? { 39: '00' } : {};
    expect(command(message(mti, { 3: processing, 90: elements, ...more })).kind).toBe(kind);
  });

  test.each([
    ['0100', '200000'],
    ['0200', '010000'],
    ['0200', '310000'],
    ['0220', '010000'],
    ['0300', '000000'],
    ['0500', '000000'],
    ['1200', '000000'],
  ])('%s with processing code %s is an invalid transaction', (mti, processing) => {
    expect(refusal(message(mti, { 3: processing }))).toBe('12');
  });
});

describe('how a message is known again', () => {
  test('a repeat has the key of the first, another STAN, RRN, day, acquirer or type has another', () => {
    const advice = (change: Record<number, string | undefined> = {}, mti = '0220') =>
      command(message(mti, { 39: '00', 90: original, ...change })).key;
    const first = advice();
    expect(advice({}, '0221')).toBe(first);
    expect(advice({ 32: '99' })).toBe(first);
    expect(advice({ 7: '0105235959' })).toBe(first);
    expect(advice({ 7: '0106010000' })).not.toBe(first);
    expect(advice({ 11: '000018' })).not.toBe(first);
    expect(advice({ 37: '0A1B2C3D4E5G' })).not.toBe(first);
    expect(advice({ 32: '98' })).not.toBe(first);
    expect(command(message('0420', { 90: original })).key).not.toBe(first);
  });

  test('the same key with another amount, card or terminal is told apart', () => {
    const fingerprint = (change: Record<number, string>) => command(message('0200', change)).fingerprint;
    const first = fingerprint({});
    expect(fingerprint({ 4: '000000001281' })).not.toBe(first);
    expect(fingerprint({ 2: '91560000000000' })).not.toBe(first);
    expect(fingerprint({ 41: 'TILL0002' })).not.toBe(first);
  });

  test('a reversal names its original as the original names itself', () => {
    const sale = command(message('0200'));
    const reversal = command(message('0400', { 11: '000099', 7: '0105010009', 90: original }));
    expect(reversal.original?.reference).toBe(sale.reference);
    expect(reversal.reference).not.toBe(sale.reference);
  });

  test('the year is the nearest one, so that a repeat after midnight of new year is the same message', () => {
    const newYear = Date.UTC(2027, 0, 1, 0, 0, 30);
    const at = (now: number) => readCommand(message('0200', { 7: '1231235959' }), () => '', now);
    const before = at(newYear - 60_000);
    const after = at(newYear);
    expect(before.ok && after.ok && before.command.key === after.command.key).toBe(true);
    expect(before.ok && before.command.key.startsWith('20261231/')).toBe(true);
  });
});

describe('what is not a message', () => {
  test.each([3, 4, 7, 11, 32, 33, 37, 41, 42, 49])('without field %i it is a format error', (field) => {
    expect(refusal(message('0200', { [field]: undefined }))).toBe('30');
    expect(refusal(message('0101', { [field]: undefined }))).toBe('30');
  });

  test.each(['1305010000', '0230010000', '0100010000', '0105240000', '0105016000'])(
    'with %s as its time it is a format error',
    (at) => {
      expect(refusal(message('0200', { 7: at }))).toBe('30');
    },
  );

  test('a leap day is a day', () => {
    expect(refusal(message('0200', { 7: '0229120000' }))).toBe('none');
  });

  test('a reversal that names nothing is a format error, one that is partial an invalid transaction', () => {
    expect(refusal(message('0400'))).toBe('30');
    expect(refusal(message('0400', { 90: original.replace('0105', '1305') }))).toBe('30');
    const partial = `000000000100${'0'.repeat(12)}C00000000C00000000`;
    expect(refusal(message('0400', { 90: original, 95: partial }))).toBe('12');
  });

  test('a card number that is none is no such card', () => {
    expect(refusal(message('0200', { 2: '91560000000' }))).toBe('14');
  });
});

test('the built-in profiles can carry all that is read', () => {
  for (const profile of [feiqianAscii, feiqianBcd]) {
    for (const field of [2, 3, 4, 7, 11, 32, 37, 41, 43, 49, 62, 90, 95]) {
      expect(profile.fields[field]).toBeDefined();
    }
  }
});
