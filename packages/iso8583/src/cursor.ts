/** Why a message could not be read. A closed set: the connector maps each to an answer or a closed connection. */
export type DecodeErrorCode =
  | 'truncated'
  | 'trailing_bytes'
  | 'bad_header'
  | 'bad_mti'
  | 'bad_bitmap'
  | 'unknown_field'
  | 'bad_length'
  | 'bad_content';

/** Reads forward over one message. The first failure stays; nothing throws. */
export interface Reader {
  readonly bytes: Uint8Array;
  /** The same bytes as Latin-1 text: one conversion for the whole message, of which fields are slices. */
  readonly text: string;
  at: number;
  failure: { code: DecodeErrorCode; reason: string; offset: number } | null;
}

/** Writes forward into a scratch buffer that is always big enough for one message of the profile. */
export interface Writer {
  bytes: Buffer;
  at: number;
}

export class FieldValueError extends Error {
  override readonly name = 'FieldValueError';
}

/** Two upper-case hexadecimal digits for each byte. */
export const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** Moves on by `count` bytes, or fails with `truncated` at the end of what there is. */
export function take(reader: Reader, count: number): boolean {
  if (reader.at + count > reader.bytes.length) {
    const missing = reader.at + count - reader.bytes.length;
    fail(
      reader,
      'truncated',
      `${missing} more ${missing === 1 ? 'byte is' : 'bytes are'} needed`,
      reader.bytes.length,
    );
    return false;
  }
  reader.at += count;
  return true;
}

export function fail(reader: Reader, code: DecodeErrorCode, reason: string, offset: number): undefined {
  reader.failure = { code, reason, offset };
  return undefined;
}

/** The value of an upper-case hexadecimal digit, or -1. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  return -1;
}

/** The byte at an index that is known to be inside. */
export function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
