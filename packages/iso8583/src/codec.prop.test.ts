import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messages, otherBank } from './arbitraries.testing.ts';
import {
  decodeMessage,
  encodeMessage,
  feiqianAscii,
  feiqianBcd,
  type Message,
  parseProfile,
} from './index.ts';

const parsed = parseProfile(otherBank);
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
const dialects = [feiqianAscii, feiqianBcd, parsed.profile];

test.for(dialects)('what $name encodes it decodes to the same message', (profile) => {
  fc.assert(
    fc.property(messages(profile), (message) => {
      expect(decodeMessage(profile, encodeMessage(profile, message))).toEqual({ ok: true, message });
    }),
    { numRuns: 100 },
  );
});

test.for(dialects)(
  'what $name decodes it encodes to the same bytes, also after a changed byte',
  (profile) => {
    fc.assert(
      fc.property(messages(profile), fc.nat(), fc.integer({ min: 0, max: 255 }), (message, at, byte) => {
        const bytes = encodeMessage(profile, message);
        bytes[at % bytes.length] = byte;
        const decoded = decodeMessage(profile, bytes);
        if (decoded.ok) expect(encodeMessage(profile, decoded.message)).toEqual(bytes);
        else expect(decoded.error.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 200 },
    );
  },
);

test.for(dialects)('$name carries every field at its longest, all in one message', (profile) => {
  const fields: Message['fields'] = {};
  for (const [number, format] of Object.entries(profile.fields)) {
    const length = typeof format.length === 'object' ? format.length.max : format.length;
    const digits = (format.type === 'x+n' ? 'D' : '') + '7'.repeat(length);
    fields[Number(number)] = format.type === 'b' ? new Uint8Array(length).fill(0xa5) : digits;
  }
  const message: Message = { mti: '0200', fields };
  expect(decodeMessage(profile, encodeMessage(profile, message))).toEqual({ ok: true, message });
});

test.for(dialects)('$name takes any bytes without a crash', (profile) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const decoded = decodeMessage(profile, bytes);
      if (decoded.ok) expect(encodeMessage(profile, decoded.message)).toEqual(bytes);
      else expect(decoded.error.reason).not.toBe('');
    }),
    { numRuns: 200 },
  );
});

test.for(dialects)('$name refuses a message cut short at any place', (profile) => {
  fc.assert(
    fc.property(messages(profile), (message) => {
      const bytes = encodeMessage(profile, message);
      const step = Math.max(1, Math.floor(bytes.length / 100));
      for (let length = 0; length < bytes.length; length += step) {
        const decoded = decodeMessage(profile, bytes.subarray(0, length));
        expect(decoded).toMatchObject({ ok: false, error: { code: 'truncated', offset: length } });
      }
    }),
    { numRuns: 20 },
  );
});
