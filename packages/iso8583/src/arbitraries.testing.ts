import fc from 'fast-check';
import { FIELDS_1987 } from './fields1987.ts';
import type { FieldFormat, Message, MessageProfile } from './profile.ts';

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SPECIAL = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join('');

function textOf(alphabet: string, min: number, max: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength: min, maxLength: max });
}

/** Any value that a format can carry, in the form the decoder gives (without filling blanks). */
export function fieldValue(format: FieldFormat): fc.Arbitrary<string | Uint8Array> {
  const variable = typeof format.length === 'object';
  // Long values are slow to make and prove nothing more; one test writes each field at its longest.
  const max = typeof format.length === 'object' ? Math.min(format.length.max, 40) : format.length;
  const min = variable ? 0 : max;
  const filled = (value: string) => variable || !value.endsWith(' ');
  switch (format.type) {
    case 'b':
      return fc.uint8Array({ minLength: min, maxLength: max });
    case 'n':
      return textOf(DIGITS, min, max);
    case 'z':
      return textOf('0123456789:;<=>?', min, max);
    case 'x+n':
      return fc.tuple(fc.constantFrom('C', 'D'), textOf(DIGITS, min, max)).map(([sign, rest]) => sign + rest);
    case 'a':
      return textOf(`${LETTERS} `, 0, max).filter(filled);
    case 'an':
      return textOf(`${LETTERS}${DIGITS} `, 0, max).filter(filled);
    default:
      if (format.encoding !== 'utf8') return textOf(SPECIAL, 0, max).filter(filled);
      return fc
        .string({ unit: 'grapheme', maxLength: 6 })
        .filter((value) => filled(value) && !/\p{Cc}|\p{Cs}/u.test(value) && Buffer.byteLength(value) <= max);
  }
}

/** Messages with one to twenty of the profile's fields. */
export function messages(profile: MessageProfile): fc.Arbitrary<Message> {
  const numbers = Object.keys(profile.fields).map(Number);
  return fc
    .tuple(textOf(DIGITS, 4, 4), fc.subarray(numbers, { minLength: 1, maxLength: 20 }))
    .chain(([mti, present]) => {
      const fields: Record<string, fc.Arbitrary<string | Uint8Array>> = {};
      for (const field of present) fields[field] = fieldValue(profile.fields[field] as FieldFormat);
      return fc
        .record(fields)
        .map((values): Message => ({ mti, fields: { ...values } as Message['fields'] }));
    });
}

/** A dialect unlike the built-in ones, as a bank would hand it in. */
export const otherBank: unknown = {
  name: 'otherBank',
  lengthHeader: { bytes: 4, encoding: 'ascii', includesItself: true },
  header: { hex: '49534F303236303030303030', check: 'exact' },
  mti: 'bcd',
  bitmap: 'hex',
  mac: { algorithm: 'aes-cmac', bytes: 8, fields: [64, 128] },
  fields: Object.fromEntries(
    Object.entries(FIELDS_1987).map(([number, field]) => [
      number,
      {
        ...field,
        encoding: { n: 'bcd', 'x+n': 'ascii', z: 'bcd', b: 'binary', a: 'ascii', an: 'ascii', ans: 'utf8' }[
          field.type
        ],
        lengthEncoding: Number(number) % 2 === 0 ? 'bcd' : 'ascii',
        ...(field.type === 'n' || field.type === 'z' ? { filler: 'right0' } : {}),
      },
    ]),
  ),
};
