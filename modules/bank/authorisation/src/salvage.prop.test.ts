import { decodeMessage, encodeMessage, feiqianAscii, feiqianBcd, type Message } from '@feiqian/iso8583';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { salvage } from './salvage.ts';

const sale: Message = {
  mti: '0200',
  fields: {
    2: '9156000000000000',
    3: '000000',
    4: '000000001280',
    7: '0105010000',
    11: '000017',
    32: '00000099',
    37: '0A1B2C3D4E5F',
    41: 'TILL0001',
    49: '156',
    62: '云州面馆',
    90: '0'.repeat(42),
  },
};

describe.each([feiqianAscii, feiqianBcd])('$name', (profile) => {
  const bytes = encodeMessage(profile, sale);

  test('however much of a message is missing, what was readable has the sender’s own values', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        const frame = bytes.slice(0, length);
        const decoded = decodeMessage(profile, frame);
        if (decoded.ok) return;
        const found = salvage(profile, frame, decoded.error);
        if (!found) return;
        expect(found.mti).toBe('0200');
        expect(found.fields[11]).toBe('000017');
        for (const [field, value] of Object.entries(found.fields)) {
          expect(value).toEqual(sale.fields[Number(field)]);
        }
      }),
    );
  });

  test('a message cut after its STAN can be answered', () => {
    const frame = bytes.slice(0, bytes.length - 4);
    const decoded = decodeMessage(profile, frame);
    expect(decoded.ok).toBe(false);
    expect(!decoded.ok && salvage(profile, frame, decoded.error)?.fields[41]).toBe('TILL0001');
  });

  test('a message with bytes after its end can be answered', () => {
    const frame = new Uint8Array([...bytes, 0x30, 0x31]);
    const decoded = decodeMessage(profile, frame);
    expect(!decoded.ok && salvage(profile, frame, decoded.error)?.fields[90]).toBe('0'.repeat(42));
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (frame) => {
        const decoded = decodeMessage(profile, frame);
        if (!decoded.ok) salvage(profile, frame, decoded.error);
      }),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const frame = Uint8Array.from(bytes);
        frame[at] = value;
        const decoded = decodeMessage(profile, frame);
        if (!decoded.ok) salvage(profile, frame, decoded.error);
      }),
    );
  });
});
