import { byteAt, fail, HEX, type Reader, take, type Writer } from './cursor.ts';

/** The two or three digits before a variable field. */
export interface LengthPrefix {
  bytes: number;
  /** The length, or -1 after a failure. */
  read(reader: Reader): number;
  write(writer: Writer, length: number): void;
}

export function lengthPrefix(kind: 'LL' | 'LLL', encoding: 'ascii' | 'bcd'): LengthPrefix {
  const digits = kind === 'LL' ? 2 : 3;
  const bytes = encoding === 'ascii' ? digits : kind === 'LL' ? 1 : 2;
  const highestMax = kind === 'LLL' && encoding === 'bcd' ? 0 : 9;
  return {
    bytes,
    read(reader) {
      const start = reader.at;
      if (!take(reader, bytes)) return -1;
      let length = 0;
      for (let i = 0; i < bytes; i++) {
        const byte = byteAt(reader.bytes, start + i);
        const high = encoding === 'ascii' ? 0 : byte >> 4;
        const low = encoding === 'ascii' ? byte - 0x30 : byte & 15;
        if (low < 0 || low > 9 || high > (i === 0 ? highestMax : 9)) {
          fail(reader, 'bad_length', `${HEX[byte]} is not part of a ${kind} length`, start + i);
          return -1;
        }
        length = encoding === 'ascii' ? length * 10 + low : length * 100 + high * 10 + low;
      }
      return length;
    },
    write(writer, length) {
      let rest = length;
      for (let i = bytes - 1; i >= 0; i--) {
        const base = encoding === 'ascii' ? 10 : 100;
        const part = rest % base;
        writer.bytes[writer.at + i] =
          encoding === 'ascii' ? 0x30 + part : (Math.floor(part / 10) << 4) | (part % 10);
        rest = Math.floor(rest / base);
      }
      writer.at += bytes;
    },
  };
}
