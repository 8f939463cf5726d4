import { expect, test } from 'vitest';
import vectors from '../../../vectors/iso8583/messages.json' with { type: 'json' };
import {
  applyMac,
  type Decoded,
  decodeMessage,
  encodeMessage,
  feiqianAscii,
  feiqianBcd,
  type Message,
  MessageFormatError,
  profiles,
  verifyMac,
} from './index.ts';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const ascii = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

interface Vector {
  profile: string;
  mti: string;
  fields: Record<string, string | undefined>;
  binaryFields: string[];
}

function messageOf(vector: Vector): Message {
  const fields: Message['fields'] = {};
  for (const [field, value = ''] of Object.entries(vector.fields)) {
    fields[Number(field)] = vector.binaryFields.includes(field) ? bytesOf(value) : value;
  }
  return { mti: vector.mti, fields };
}

function profileOf(vector: Vector) {
  const profile = profiles[vector.profile];
  if (profile === undefined) throw new Error(vector.profile);
  return profile;
}

test.for(vectors.cases)('$name in $profile is written and read', (vector) => {
  const profile = profileOf(vector);
  const message = messageOf(vector);
  expect(Buffer.from(encodeMessage(profile, message)).toString('hex').toUpperCase()).toBe(vector.hex);
  expect(decodeMessage(profile, bytesOf(vector.hex))).toEqual({ ok: true, message });
});

test.for(vectors.cases.filter((vector) => vector.macKey !== undefined))(
  'the MAC of $name in $profile is put on and checked',
  (vector) => {
    const profile = profileOf(vector);
    const key = bytesOf(vector.macKey ?? '');
    const message = messageOf(vector);
    expect(
      Buffer.from(applyMac(profile, message, key))
        .toString('hex')
        .toUpperCase(),
    ).toBe(vector.hex);
    expect(verifyMac(profile, bytesOf(vector.hex), key)).toBe(true);
  },
);

test('the bitmap announces the fields that the published example says', () => {
  const all: Message = { mti: '0800', fields: {} };
  for (const field of vectors.bitmaps.fields) {
    const format = feiqianAscii.fields[field];
    const zeros = (length: number) =>
      format?.type === 'x+n' ? `C${'0'.repeat(length)}` : '0'.repeat(length);
    all.fields[field] = typeof format?.length === 'number' ? zeros(format.length) : '0';
  }
  const text = Buffer.from(encodeMessage(feiqianAscii, all)).toString('latin1');
  expect(text.slice(4, 20)).toBe(vectors.bitmaps.hex);
});

test('text shorter than its field is filled with blanks on the wire and comes back without them', () => {
  const message: Message = { mti: '0200', fields: { 41: 'T1', 43: '' } };
  const bytes = encodeMessage(feiqianAscii, message);
  expect(Buffer.from(bytes).toString('latin1').slice(20)).toBe(`T1      ${' '.repeat(40)}`);
  expect(decodeMessage(feiqianAscii, bytes)).toEqual({ ok: true, message });
});

test('what was decoded does not change when the connection reuses its buffer', () => {
  const bytes = encodeMessage(feiqianBcd, {
    mti: '0200',
    fields: { 11: '000042', 52: new Uint8Array(8).fill(7) },
  });
  const decoded = decodeMessage(feiqianBcd, bytes) as Decoded & { ok: true };
  bytes.fill(0);
  expect(decoded.message.fields).toEqual({ 11: '000042', 52: new Uint8Array(8).fill(7) });
});

test('a TPDU other than the profile’s is kept, so an answer can go back the way it came', () => {
  const bytes = encodeMessage(feiqianBcd, { mti: '0800', fields: { 11: '000001' } });
  bytes[2] = 0x12;
  const header = bytesOf('6000120000');
  expect(decodeMessage(feiqianBcd, bytes)).toEqual({
    ok: true,
    message: { mti: '0800', fields: { 11: '000001' }, header },
  });
  expect(encodeMessage(feiqianBcd, { mti: '0800', fields: { 11: '000001' }, header })).toEqual(bytes);
  expect(() =>
    encodeMessage(feiqianBcd, { mti: '0800', fields: { 11: '000001' }, header: new Uint8Array(3) }),
  ).toThrow('5 bytes');
});

test('malformed bytes are refused with code, place and field', () => {
  const refusal = (text: string) => {
    const decoded = decodeMessage(feiqianAscii, ascii(text));
    return decoded.ok ? 'taken' : decoded.error;
  };
  const stan = '00200000000000000';
  expect(refusal('')).toMatchObject({ code: 'truncated', offset: 0 });
  expect(refusal('08x0')).toMatchObject({ code: 'bad_mti', offset: 0 });
  expect(refusal('0800002000000000000g')).toMatchObject({ code: 'bad_bitmap', offset: 19 });
  expect(refusal(`0800${'a'.repeat(16)}`)).toMatchObject({ code: 'bad_bitmap', offset: 4 });
  expect(refusal(`0800${'0'.repeat(16)}`)).toMatchObject({ code: 'bad_bitmap', offset: 4 });
  expect(refusal(`0800${`8${stan}`.slice(0, 16)}${'0'.repeat(16)}`)).toMatchObject({
    code: 'bad_bitmap',
    offset: 20,
  });
  expect(refusal(`0800${stan.slice(0, 16)}00000`)).toMatchObject({
    code: 'truncated',
    offset: 25,
    field: 11,
  });
  expect(refusal(`0800${stan.slice(0, 16)}00000x`)).toMatchObject({
    code: 'bad_content',
    offset: 25,
    field: 11,
  });
  expect(refusal(`0800${stan.slice(0, 16)}0000010`)).toMatchObject({ code: 'trailing_bytes', offset: 26 });
  expect(refusal(`0800400000000000000020${'1'.repeat(20)}`)).toMatchObject({
    code: 'bad_length',
    offset: 20,
    field: 2,
  });
  expect(refusal('080040000000000000001x1')).toMatchObject({ code: 'bad_length', offset: 21, field: 2 });
  expect(refusal('0800000000100000000' + '0X00000000')).toMatchObject({ code: 'bad_content', field: 28 });
  expect(refusal('0800800000000000000080000000000000000')).toMatchObject({
    code: 'unknown_field',
    field: 65,
  });
  expect(refusal('0800000000000000000400' + '3\xe6\xb9x')).toMatchObject({
    code: 'bad_content',
    offset: 23,
    field: 62,
  });
  expect(refusal('080000000000000000040' + '03a\nb')).toMatchObject({ code: 'bad_content', field: 62 });
  expect(refusal('08000000000000000001' + '000000000000000G')).toMatchObject({
    code: 'bad_content',
    offset: 35,
    field: 64,
  });
});

test('packed digits must be digits, and the filler the profile’s', () => {
  const refusal = (hex: string) => {
    const decoded = decodeMessage(feiqianBcd, bytesOf(`60000000000800${hex}`));
    return decoded.ok ? decoded.message.fields : [decoded.error.code, decoded.error.offset];
  };
  expect(refusal('0020000000000000' + '00000A')).toEqual(['bad_content', 17]);
  expect(refusal('4000000000000000' + '03' + '1234')).toEqual(['bad_content', 16]);
  expect(refusal('4000000000000000' + '03' + '0234')).toEqual({ 2: '234' });
  expect(refusal('4000000000000000' + '2A' + '0234')).toEqual(['bad_length', 15]);
  expect(refusal('0000000020000000' + '05' + '12D45F')).toEqual({ 35: '12=45' });
  expect(refusal('0000000020000000' + '05' + '12D450')).toEqual(['bad_content', 18]);
  expect(refusal('0000000000010000' + '1001')).toEqual(['bad_length', 15]);
});

test('values that a profile cannot carry name their field', () => {
  const field = (fields: Message['fields']) => {
    try {
      encodeMessage(feiqianAscii, { mti: '0200', fields });
    } catch (error) {
      return error instanceof MessageFormatError ? error.field : error;
    }
    return 'written';
  };
  expect(field({ 4: '1800' })).toBe(4);
  expect(field({ 4: '0000000018.0' })).toBe(4);
  expect(field({ 2: '1'.repeat(20) })).toBe(2);
  expect(field({ 41: '123456789' })).toBe(41);
  expect(field({ 43: '湖畔面馆' })).toBe(43);
  expect(field({ 52: '0123456789ABCDEF' })).toBe(52);
  expect(field({ 52: new Uint8Array(7) })).toBe(52);
  expect(field({ 11: new Uint8Array(6) })).toBe(11);
  expect(field({ 28: '00000001' })).toBe(28);
  expect(field({ 62: 'a\nb' })).toBe(62);
  expect(field({ 1: '0' })).toBe(1);
  expect(field({ 65: '0' })).toBe(65);
  expect(field({ 129: '0' })).toBe(129);
  expect(() => encodeMessage(feiqianAscii, { mti: '0200', fields: {} })).toThrow('at least one');
  expect(() => encodeMessage(feiqianAscii, { mti: '200', fields: { 11: '000001' } })).toThrow('four digits');
  expect(() =>
    encodeMessage(feiqianAscii, { mti: '0200', fields: { 11: '000001', '011': '000001' } as never }),
  ).toThrow('leading zeros');
});
