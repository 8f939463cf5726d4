import { type CompiledProfile, compiled } from './compiled.ts';

import {
  byteAt,
  type DecodeErrorCode,
  FieldValueError,
  fail,
  hexDigit,
  type Reader,
  take,
  type Writer,
} from './cursor.ts';
import { FIELD_MAX, type Message, type MessageProfile } from './profile.ts';

/** Why bytes are not a message of the profile; `offset` counts from the first byte after the length header. */
export interface DecodeError {
  code: DecodeErrorCode;
  reason: string;
  offset: number;
  field?: number;
}

export type Decoded = { ok: true; message: Message } | { ok: false; error: DecodeError };

/** A message that the profile cannot carry: a bug of whoever built it, or bad input of an engineer's tool. */
export class MessageFormatError extends Error {
  override readonly name = 'MessageFormatError';
  readonly field: number | undefined;

  constructor(message: string, field?: number) {
    super(message);
    this.field = field;
  }
}

const HEX_DIGITS = '0123456789ABCDEF';

/** One scratch buffer for all profiles: encoding is synchronous, and the result is copied out of it. */
const scratch: Writer = { bytes: Buffer.alloc(0), at: 0 };

/**
 * The wire form of a message (ISO 8583:1987 section 4), without the length header (see `frameMessage`).
 * Numbers must have their full length (`amount`, `digits` help); text shorter than a fixed field is filled with
 * blanks. Values that the profile cannot carry throw a {@link MessageFormatError} that names the field.
 */
export function encodeMessage(profile: MessageProfile, message: Message): Uint8Array {
  const length = writeMessage(profile, message);
  return copyOut(length);
}

/** Encodes and lets `finish` change the bytes in place (the MAC) before they are copied out. */
export function encodeAndFinish(
  profile: MessageProfile,
  message: Message,
  finish: (bytes: Uint8Array) => void,
): Uint8Array {
  const out = copyOut(writeMessage(profile, message));
  finish(out);
  return out;
}

/** The scratch buffer held a card number: it is wiped as soon as the message is out. */
function copyOut(length: number): Uint8Array {
  const out = new Uint8Array(scratch.bytes.subarray(0, length));
  scratch.bytes.fill(0, 0, length);
  return out;
}

function writeMessage(profile: MessageProfile, message: Message): number {
  const plan = compiled(profile);
  if (scratch.bytes.length < plan.messageBytesMax) scratch.bytes = Buffer.alloc(plan.messageBytesMax);
  try {
    return writeInto(scratch, plan, message);
  } catch (error) {
    scratch.bytes.fill(0);
    throw error;
  }
}

function writeInto(writer: Writer, plan: CompiledProfile, message: Message): number {
  const header = message.header ?? plan.header;
  if (header.length !== plan.header.length)
    throw new MessageFormatError(`the header has ${plan.header.length} bytes`);
  writer.bytes.set(header, 0);
  writer.at = header.length;
  writeMti(plan, writer, message.mti);
  writeFields(plan, writer, message.fields);
  return writer.at;
}

function writeMti(plan: CompiledProfile, writer: Writer, mti: string): void {
  if (!/^[0-9]{4}$/.test(mti)) throw new MessageFormatError('the message type has four digits');
  plan.mti.write(writer, mti);
}

function writeFields(plan: CompiledProfile, writer: Writer, fields: Message['fields']): void {
  const bitmapAt = writer.at;
  let second = false;
  let given = 0;
  for (const key in fields) {
    if (fields[key as unknown as number] === undefined) continue;
    given++;
    const field = Number(key);
    if (plan.fields[field] === undefined)
      throw new MessageFormatError(`field ${key} is not in the profile`, field);
    if (field > 64) second = true;
  }
  if (given === 0) throw new MessageFormatError('a message has at least one field');
  const bitmap = new Uint8Array(second ? 16 : 8);
  if (second) bitmap[0] = 0x80;
  writer.at += plan.bitmapHex ? bitmap.length * 2 : bitmap.length;
  for (let field = 2; given > 0 && field <= FIELD_MAX; field++) {
    const value = fields[field];
    if (value === undefined) continue;
    given--;
    const at = (field - 1) >> 3;
    bitmap[at] = byteAt(bitmap, at) | (0x80 >> ((field - 1) & 7));
    try {
      plan.fields[field]?.write(writer, value);
    } catch (error) {
      if (error instanceof FieldValueError)
        throw new MessageFormatError(`field ${field} ${error.message}`, field);
      throw error;
    }
  }
  if (given > 0) throw new MessageFormatError('a field number is written with leading zeros');
  writeBitmap(plan, writer.bytes, bitmapAt, bitmap);
}

function writeBitmap(plan: CompiledProfile, bytes: Uint8Array, at: number, bitmap: Uint8Array): void {
  for (let i = 0; i < bitmap.length; i++) {
    const byte = byteAt(bitmap, i);
    if (plan.bitmapHex) {
      bytes[at + 2 * i] = HEX_DIGITS.charCodeAt(byte >> 4);
      bytes[at + 2 * i + 1] = HEX_DIGITS.charCodeAt(byte & 15);
    } else bytes[at + i] = byte;
  }
}

/**
 * Reads the wire form (without the length header). Takes any bytes and never throws; what it takes, `encodeMessage`
 * turns into the same bytes again. Blanks that fill a fixed text field are taken off.
 */
export function decodeMessage(profile: MessageProfile, bytes: Uint8Array): Decoded {
  const plan = compiled(profile);
  const reader: Reader = {
    bytes,
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
    at: 0,
    failure: null,
  };
  const header = readHeader(plan, reader);
  const mti = header === undefined ? undefined : readMti(plan, reader);
  const bitmap = mti === undefined ? undefined : readBitmap(plan, reader);
  if (header === undefined || mti === undefined || bitmap === undefined) return refused(reader);
  const fields: Message['fields'] = {};
  for (let field = 2; field <= bitmap.length * 8; field++) {
    if (!isSet(bitmap, field)) continue;
    const codec = plan.fields[field];
    if (codec === undefined) {
      fail(reader, 'unknown_field', `field ${field} is not in profile ${profile.name}`, reader.at);
      return refused(reader, field);
    }
    const value = codec.read(reader);
    if (value === undefined) return refused(reader, field);
    fields[field] = value;
  }
  if (reader.at < bytes.length) {
    fail(reader, 'trailing_bytes', `${bytes.length - reader.at} bytes after the last field`, reader.at);
    return refused(reader);
  }
  return { ok: true, message: header === null ? { mti, fields } : { mti, fields, header } };
}

function refused(reader: Reader, field?: number): Decoded {
  const error: DecodeError = reader.failure ?? {
    code: 'bad_content',
    reason: 'unreadable',
    offset: reader.at,
  };
  return { ok: false, error: field === undefined ? error : { ...error, field } };
}

/** null: the profile's own header; undefined: a failure. */
function readHeader(plan: CompiledProfile, reader: Reader): Uint8Array | null | undefined {
  const expected = plan.header;
  if (expected.length === 0) return null;
  if (!take(reader, expected.length)) return undefined;
  const actual = reader.bytes.subarray(0, expected.length);
  if (actual.every((byte, i) => byte === expected[i])) return null;
  if (plan.headerCheck === 'any') return new Uint8Array(actual);
  return fail(reader, 'bad_header', 'the header is not the one of the profile', 0);
}

function readMti(plan: CompiledProfile, reader: Reader): string | undefined {
  const start = reader.at;
  const mti = plan.mti.read(reader);
  if (mti === undefined && reader.failure?.code === 'bad_content') {
    return fail(reader, 'bad_mti', 'the message type is not four digits', start);
  }
  return mti as string | undefined;
}

function readBitmap(plan: CompiledProfile, reader: Reader): Uint8Array | undefined {
  const start = reader.at;
  const first = readBitmapPart(plan, reader);
  if (first === undefined) return undefined;
  if (!isSet(first, 1)) {
    return first.some((byte) => byte !== 0)
      ? first
      : fail(reader, 'bad_bitmap', 'no field is present', start);
  }
  const secondAt = reader.at;
  const second = readBitmapPart(plan, reader);
  if (second === undefined) return undefined;
  if (!second.some((byte) => byte !== 0)) {
    return fail(reader, 'bad_bitmap', 'the second bitmap is announced but empty', secondAt);
  }
  const both = new Uint8Array(16);
  both.set(first);
  both.set(second, 8);
  return both;
}

function readBitmapPart(plan: CompiledProfile, reader: Reader): Uint8Array | undefined {
  const start = reader.at;
  if (!take(reader, plan.bitmapHex ? 16 : 8)) return undefined;
  if (!plan.bitmapHex) return reader.bytes.subarray(start, start + 8);
  const out = new Uint8Array(8);
  for (let i = 0; i < 16; i++) {
    const digit = hexDigit(byteAt(reader.bytes, start + i));
    if (digit < 0) return fail(reader, 'bad_bitmap', 'the bitmap is not upper-case hexadecimal', start + i);
    out[i >> 1] = byteAt(out, i >> 1) | (i % 2 === 0 ? digit << 4 : digit);
  }
  return out;
}

function isSet(bitmap: Uint8Array, field: number): boolean {
  return (byteAt(bitmap, (field - 1) >> 3) & (0x80 >> ((field - 1) & 7))) !== 0;
}
