import { byteAt, FieldValueError, fail, HEX, hexDigit, type Reader, take, type Writer } from './cursor.ts';
import { lengthPrefix } from './lengthPrefix.ts';
import type { FieldFormat } from './profile.ts';

/** One field, compiled. `write` throws a {@link FieldValueError} on a value that the format cannot carry. */
export interface FieldCodec {
  read(reader: Reader): string | Uint8Array | undefined;
  write(writer: Writer, value: string | Uint8Array): void;
  /** The most bytes the field can take, its length prefix included. */
  readonly bytesMax: number;
}

const DIGIT = 1;
const LETTER = 2;
const BLANK = 4;
const SPECIAL = 8;
const TRACK = 16;
const CLASS = characterClasses();
const ALLOWED = {
  n: DIGIT,
  a: LETTER | BLANK,
  an: DIGIT | LETTER | BLANK,
  ans: DIGIT | LETTER | BLANK | SPECIAL,
  z: TRACK,
} as const;
const MEANING = {
  n: 'decimal digits',
  a: 'letters and blanks',
  an: 'letters, digits and blanks',
  ans: 'printable ASCII characters',
  z: 'the characters 0 to ?',
} as const;

/** Track characters are 0x30 plus the nibble, so that 0xD is the separator `=`. */
const NIBBLES = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(0x30 + (byte >> 4), 0x30 + (byte & 15)),
);
const CONTROL = /\p{Cc}|\p{Cs}/u;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Builds the codec of a field whose format has passed `parseProfile` or is built in. */
export function compileField(format: FieldFormat): FieldCodec {
  const body = compileBody(format);
  if (typeof format.length === 'number') return fixed(format.length, body);
  const prefix = lengthPrefix(format.length.var, format.lengthEncoding ?? 'ascii');
  const max = format.length.max;
  return {
    bytesMax: prefix.bytes + body.bytesFor(max),
    read(reader) {
      const start = reader.at;
      const length = prefix.read(reader);
      if (length < 0) return undefined;
      if (length > max) return fail(reader, 'bad_length', `length ${length} is more than ${max}`, start);
      return body.read(reader, length);
    },
    write(writer, value) {
      const length = body.measure(value);
      if (length > max) throw new FieldValueError(`is ${length} long, at most ${max} are allowed`);
      prefix.write(writer, length);
      body.write(writer, value, length);
    },
  };
}

/** The value without its length prefix; lengths in the unit of the format. */
interface Body {
  /** Whether a shorter value is filled with blanks on the right; the reader takes them off again. */
  padded: boolean;
  bytesFor(length: number): number;
  measure(value: string | Uint8Array): number;
  read(reader: Reader, length: number): string | Uint8Array | undefined;
  write(writer: Writer, value: string | Uint8Array, length: number): void;
}

function fixed(length: number, body: Body): FieldCodec {
  return {
    bytesMax: body.bytesFor(length),
    read(reader) {
      const value = body.read(reader, length);
      return body.padded && typeof value === 'string' ? trimRight(value) : value;
    },
    write(writer, value) {
      const actual = body.measure(value);
      if (actual > length || (actual < length && !body.padded)) {
        throw new FieldValueError(`is ${actual} long, ${length} are needed`);
      }
      body.write(writer, value, actual);
      if (actual < length) {
        writer.bytes.fill(0x20, writer.at, writer.at + length - actual);
        writer.at += length - actual;
      }
    },
  };
}

function trimRight(value: string): string {
  let end = value.length;
  while (end > 0 && value.charCodeAt(end - 1) === 0x20) end--;
  return end === value.length ? value : value.slice(0, end);
}

function compileBody(format: FieldFormat): Body {
  switch (format.type) {
    case 'b':
      return format.encoding === 'ascii' ? hexBody : bytesBody;
    case 'x+n':
      return signedBody(
        format.encoding === 'bcd' ? packedBody('n', format.filler ?? 'left0') : textBody('n'),
      );
    case 'n':
      return format.encoding === 'bcd' ? packedBody('n', format.filler ?? 'left0') : textBody('n');
    case 'z':
      return format.encoding === 'bcd' ? packedBody('z', format.filler ?? 'rightF') : textBody('z');
    default:
      return format.encoding === 'utf8' ? utf8Body : textBody(format.type);
  }
}

function textBody(type: keyof typeof ALLOWED): Body {
  const allowed = ALLOWED[type];
  return {
    padded: type === 'a' || type === 'an' || type === 'ans',
    bytesFor: (length) => length,
    measure: (value) => text(value).length,
    read(reader, length) {
      const start = reader.at;
      if (!take(reader, length)) return undefined;
      for (let i = start; i < start + length; i++) {
        if (!(byteAt(CLASS, byteAt(reader.bytes, i)) & allowed)) {
          return fail(reader, 'bad_content', `only ${MEANING[type]} are allowed`, i);
        }
      }
      return reader.text.slice(start, start + length);
    },
    write(writer, value, length) {
      const from = text(value);
      const { bytes } = writer;
      let at = writer.at;
      for (let i = 0; i < length; i++) {
        const code = from.charCodeAt(i);
        if (code > 0x7e || !(byteAt(CLASS, code) & allowed)) {
          throw new FieldValueError(`may hold only ${MEANING[type]} (position ${i + 1})`);
        }
        bytes[at++] = code;
      }
      writer.at = at;
    },
  };
}

/** Two digits a byte; `z` may use all sixteen nibbles. A filler nibble must be what the profile says. */
function packedBody(type: 'n' | 'z', filler: 'left0' | 'right0' | 'rightF'): Body {
  const fillerNibble = filler === 'rightF' ? 15 : 0;
  const nibbleMax = type === 'n' ? 9 : 15;
  const left = filler === 'left0';
  return {
    padded: false,
    bytesFor: (length) => (length + 1) >> 1,
    measure: (value) => text(value).length,
    read(reader, length) {
      const start = reader.at;
      const count = (length + 1) >> 1;
      if (!take(reader, count)) return undefined;
      const odd = (length & 1) === 1;
      let out = '';
      for (let i = 0; i < count; i++) {
        const byte = byteAt(reader.bytes, start + i);
        const fillHigh = odd && left && i === 0;
        const fillLow = odd && !left && i === count - 1;
        const badFill = (fillHigh && byte >> 4 !== fillerNibble) || (fillLow && (byte & 15) !== fillerNibble);
        const high = fillHigh ? 0 : byte >> 4;
        const low = fillLow ? 0 : byte & 15;
        if (badFill || high > nibbleMax || low > nibbleMax) {
          return fail(reader, 'bad_content', `${HEX[byte]} is not a pair of packed digits here`, start + i);
        }
        const pair = NIBBLES[byte] ?? '';
        out += fillHigh ? pair.charAt(1) : fillLow ? pair.charAt(0) : pair;
      }
      return out;
    },
    write(writer, value, length) {
      const from = text(value);
      const odd = (length & 1) === 1;
      const { bytes } = writer;
      let at = writer.at;
      let i = 0;
      if (odd && left) bytes[at++] = (fillerNibble << 4) | nibble(from, i++, type);
      while (i + 1 < length) bytes[at++] = (nibble(from, i++, type) << 4) | nibble(from, i++, type);
      if (i < length) bytes[at++] = (nibble(from, i, type) << 4) | fillerNibble;
      writer.at = at;
    },
  };
}

function nibble(from: string, index: number, type: 'n' | 'z'): number {
  const code = from.charCodeAt(index);
  if (code > 0x7e || !(byteAt(CLASS, code) & ALLOWED[type])) {
    throw new FieldValueError(`may hold only ${MEANING[type]} (position ${index + 1})`);
  }
  return code - 0x30;
}

/** C or D, one byte, before the digits; the length counts the digits. */
function signedBody(digits: Body): Body {
  return {
    padded: false,
    bytesFor: (length) => 1 + digits.bytesFor(length),
    measure: (value) => text(value).length - 1,
    read(reader, length) {
      const start = reader.at;
      if (!take(reader, 1)) return undefined;
      const sign = reader.bytes[start];
      if (sign !== 0x43 && sign !== 0x44)
        return fail(reader, 'bad_content', 'an amount begins with C or D', start);
      const rest = digits.read(reader, length);
      return rest === undefined ? undefined : (sign === 0x43 ? 'C' : 'D') + text(rest);
    },
    write(writer, value, length) {
      const from = text(value);
      if (from[0] !== 'C' && from[0] !== 'D') throw new FieldValueError('must begin with C or D');
      writer.bytes[writer.at++] = from.charCodeAt(0);
      digits.write(writer, from.slice(1), length);
    },
  };
}

const bytesBody: Body = {
  padded: false,
  bytesFor: (length) => length,
  measure: (value) => binary(value).length,
  read(reader, length) {
    const start = reader.at;
    return take(reader, length) ? new Uint8Array(reader.bytes.subarray(start, start + length)) : undefined;
  },
  write(writer, value, length) {
    writer.bytes.set(binary(value), writer.at);
    writer.at += length;
  },
};

const hexBody: Body = {
  padded: false,
  bytesFor: (length) => 2 * length,
  measure: (value) => binary(value).length,
  read(reader, length) {
    const start = reader.at;
    if (!take(reader, 2 * length)) return undefined;
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      const high = hexDigit(byteAt(reader.bytes, start + 2 * i));
      const low = hexDigit(byteAt(reader.bytes, start + 2 * i + 1));
      if (high < 0 || low < 0) {
        const offset = start + 2 * i + (high < 0 ? 0 : 1);
        return fail(reader, 'bad_content', 'only upper-case hexadecimal digits are allowed', offset);
      }
      out[i] = (high << 4) | low;
    }
    return out;
  },
  write(writer, value) {
    for (const byte of binary(value)) {
      const pair = HEX[byte] ?? '';
      writer.bytes[writer.at++] = pair.charCodeAt(0);
      writer.bytes[writer.at++] = pair.charCodeAt(1);
    }
  },
};

const utf8Body: Body = {
  padded: true,
  bytesFor: (length) => length,
  measure: (value) => Buffer.byteLength(text(value), 'utf8'),
  read(reader, length) {
    const start = reader.at;
    if (!take(reader, length)) return undefined;
    try {
      const value = UTF8.decode(reader.bytes.subarray(start, start + length));
      if (!CONTROL.test(value)) return value;
    } catch {
      // Not UTF-8: the same refusal as for a control character.
    }
    return fail(reader, 'bad_content', 'only text in UTF-8 without control characters is allowed', start);
  },
  write(writer, value) {
    const from = text(value);
    if (CONTROL.test(from)) throw new FieldValueError('may hold only text without control characters');
    writer.at += writer.bytes.write(from, writer.at, 'utf8');
  },
};

function text(value: string | Uint8Array): string {
  if (typeof value !== 'string') throw new FieldValueError('must be text, not bytes');
  return value;
}

function binary(value: string | Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new FieldValueError('must be bytes, not text');
  return value;
}

function characterClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  for (let code = 0x20; code < 0x7f; code++) {
    const character = String.fromCharCode(code);
    if (/[0-9]/.test(character)) classes[code] = DIGIT;
    else if (/[A-Za-z]/.test(character)) classes[code] = LETTER;
    else classes[code] = code === 0x20 ? BLANK : SPECIAL;
    if (code >= 0x30 && code <= 0x3f) classes[code] = (classes[code] ?? 0) | TRACK;
  }
  return classes;
}
