import { toHex } from '@feiqian/emv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import vectors from '../../../vectors/emvqr/cpm.json' with { type: 'json' };
import { fromBase64, toBase64 } from './base64.ts';
import { cpmToPayCode, decodeCpm, encodeCpm, FEIQIAN_AID, payCodeToCpm } from './index.ts';

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

test.for(vectors.valid)('the published example $base64 is read and written again', ({ base64, hex }) => {
  const decoded = decodeCpm(base64);
  if (!decoded.ok) throw new Error(decoded.error.reason);
  expect(encodeCpm(decoded.nodes)).toBe(base64);
  const bytes = fromBase64(base64);
  expect(bytes.ok && toHex(bytes.bytes)).toBe(hex);
});

test.for(vectors.payCodes)('pay code $digits becomes a QR payload and back', ({ digits, hex }) => {
  expect(payCodeToCpm(digits)).toBe(base64(hex));
  expect(cpmToPayCode(` ${payCodeToCpm(digits)}\r\n`)).toBe(digits);
});

test('a payload of another application holds no pay code of ours', () => {
  for (const { base64 } of vectors.valid) expect(cpmToPayCode(base64)).toBeNull();
  const ours = base64(`8505435056303161164F08${FEIQIAN_AID}5A0A9112345678318490431F`);
  expect(cpmToPayCode(ours)).toBe('9112345678318490431');
  expect(cpmToPayCode(base64(`8505435056303161164F08${FEIQIAN_AID}5A0A91123456783184904312`))).toBeNull();
  expect(cpmToPayCode('9112345678318490431')).toBeNull();
});

test('what is no payload is refused with its reason and place', () => {
  const refusal = (text: string) => {
    const decoded = decodeCpm(text);
    return decoded.ok ? 'taken' : [decoded.error.code, decoded.error.offset];
  };
  expect(refusal('')).toEqual(['missing', 0]);
  expect(refusal('hQVD!')).toEqual(['bad_base64', 4]);
  expect(refusal('hQVDU')).toEqual(['bad_base64', 5]);
  expect(refusal(`${'A'.repeat(513)}`)).toEqual(['too_long', 512]);
  expect(refusal(base64('8505435056'))).toEqual(['bad_tlv', 5]);
  expect(refusal(base64('61004F00'))).toEqual(['missing', 0]);
  expect(refusal(base64('85054350563032'))).toEqual(['bad_format', 2]);
  expect(refusal(base64('85054350563031'))).toEqual(['missing', 7]);
  expect(() => encodeCpm([])).toThrow('85');
  expect(() => payCodeToCpm('123')).toThrow('19');
});

test('base64 is that of Node, and only the canonical form is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(fromBase64(toBase64(bytes))).toEqual({ ok: true, bytes });
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'AQgw+/=-_ '), maxLength: 12 }), (text) => {
      const read = fromBase64(text);
      if (read.ok) expect(toBase64(read.bytes)).toBe(text);
      else expect(read.offset).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('no text crashes the reader, and what it takes is written again the same', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...vectors.valid.map((each) => each.hex)),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
    )
    .map(([hex, at, byte]) => {
      const bytes = Buffer.from(hex, 'hex');
      bytes[at % bytes.length] = byte;
      return bytes.toString('base64');
    });
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), mutated), (text) => {
      const decoded = decodeCpm(text);
      if (decoded.ok) expect(encodeCpm(decoded.nodes)).toBe(text);
      expect(cpmToPayCode(text)).toBeNull();
    }),
    { numRuns: 400 },
  );
});
