import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createFramer,
  feiqianAscii,
  feiqianBcd,
  frameMessage,
  type LengthHeader,
  type MessageProfile,
} from './index.ts';

const headers: LengthHeader[] = [
  { bytes: 2, encoding: 'binary', includesItself: false },
  { bytes: 2, encoding: 'binary', includesItself: true },
  { bytes: 2, encoding: 'bcd', includesItself: false },
  { bytes: 4, encoding: 'ascii', includesItself: false },
  { bytes: 4, encoding: 'ascii', includesItself: true },
];
const framing = headers.map((lengthHeader): MessageProfile => ({ ...feiqianAscii, lengthHeader }));
const frameBytesMax = 1000;

function join(parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test.for(framing)('messages come out whole however the bytes arrive: $lengthHeader', (profile) => {
  const sizes = fc.array(fc.integer({ min: 1, max: frameBytesMax }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sizes, cuts) => {
      const sent = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
      const stream = join(sent.map((message) => frameMessage(profile, message)));
      const framer = createFramer(profile, { frameBytesMax });
      const got: Uint8Array[] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const length = cuts[i % cuts.length] ?? 1;
        const { frames, error } = framer.push(stream.slice(at, at + length));
        expect(error).toBeUndefined();
        got.push(...frames);
        at += length;
      }
      expect(got).toEqual(sent);
      expect(framer.pendingBytes).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a message dripped byte by byte comes out with its last byte', () => {
  const framer = createFramer(feiqianAscii, { frameBytesMax });
  const stream = frameMessage(feiqianAscii, Uint8Array.of(7, 8, 9));
  const counts = Array.from(stream, (byte) => framer.push(Uint8Array.of(byte)).frames.length);
  expect(counts).toEqual([0, 0, 0, 0, 1]);
});

test('a frame keeps its bytes when the caller reuses the chunk', () => {
  const framer = createFramer(feiqianAscii, { frameBytesMax });
  const chunk = frameMessage(feiqianAscii, Uint8Array.of(7, 8, 9));
  const [frame] = framer.push(chunk).frames;
  chunk.fill(0);
  expect(frame).toEqual(Uint8Array.of(7, 8, 9));
});

test('the length header ends the connection when it is too long, zero or no number', () => {
  const after = (profile: MessageProfile, ...bytes: number[]) =>
    createFramer(profile, { frameBytesMax }).push(Uint8Array.from(bytes)).error?.code;
  const [binary, inclusive, bcd, ascii] = framing as [
    MessageProfile,
    MessageProfile,
    MessageProfile,
    MessageProfile,
  ];
  expect(after(binary, 0x03, 0xe8)).toBeUndefined();
  expect(after(binary, 0x03, 0xe9)).toBe('oversize');
  expect(after(binary, 0xff, 0xff)).toBe('oversize');
  expect(after(binary, 0, 0)).toBe('zero_length');
  expect(after(inclusive, 0, 2)).toBe('zero_length');
  expect(after(inclusive, 0, 1)).toBe('bad_length');
  expect(after(bcd, 0x1a, 0x00)).toBe('bad_length');
  expect(after(bcd, 0x10, 0x00)).toBeUndefined();
  expect(after(bcd, 0x10, 0x01)).toBe('oversize');
  expect(after(ascii, 0x30, 0x30, 0x47, 0x45)).toBe('bad_length');
  expect(after(ascii, 0x30, 0x30, 0x30, 0x30)).toBe('zero_length');
});

test('messages before a bad length still come out, and nothing after it does', () => {
  const framer = createFramer(feiqianAscii, { frameBytesMax });
  const good = frameMessage(feiqianAscii, Uint8Array.of(1));
  const pushed = framer.push(join([good, Uint8Array.of(0, 0), good]));
  expect(pushed).toMatchObject({ frames: [Uint8Array.of(1)], error: { code: 'zero_length' } });
  expect(framer.push(good)).toMatchObject({ frames: [], error: { code: 'zero_length' } });
  expect(framer.pendingBytes).toBe(0);
});

test('no bytes crash the framer or make it keep more than one message', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 }), (chunks) => {
      for (const profile of framing) {
        const framer = createFramer(profile, { frameBytesMax: 300 });
        for (const chunk of chunks) framer.push(chunk);
        expect(framer.pendingBytes).toBeLessThanOrEqual(304);
      }
    }),
  );
});

test('a message that the header cannot announce is a bug and throws', () => {
  expect(() => frameMessage(feiqianAscii, new Uint8Array(0))).toThrow('0 bytes');
  expect(() => frameMessage(feiqianAscii, new Uint8Array(65_536))).toThrow('65536');
  expect(() => frameMessage(feiqianBcd, new Uint8Array(10_000))).toThrow('10000');
});
