import { FIELDS_1987, type StandardField } from './fields1987.ts';
import type { FieldFormat, MacRule, MessageProfile } from './profile.ts';

const CMAC_8: MacRule = { algorithm: 'aes-cmac', bytes: 8, fields: [64, 128] };

/** All characters printable but 62, which carries the merchant's name as people read it. */
function asciiField(number: number, field: StandardField): FieldFormat {
  if (number === 62) return { ...field, encoding: 'utf8', lengthEncoding: 'ascii' };
  const variable = typeof field.length === 'object';
  return { ...field, encoding: 'ascii', ...(variable ? { lengthEncoding: 'ascii' as const } : {}) };
}

function packedField(number: number, field: StandardField): FieldFormat {
  const variable = typeof field.length === 'object';
  const prefix = variable ? { lengthEncoding: 'bcd' as const } : {};
  switch (field.type) {
    case 'n':
    case 'x+n':
      return { ...field, encoding: 'bcd', ...prefix, filler: 'left0' };
    case 'z':
      return { ...field, encoding: 'bcd', ...prefix, filler: 'rightF' };
    case 'b':
      return { ...field, encoding: 'binary', ...prefix };
    default:
      return { ...field, encoding: number === 62 ? 'utf8' : 'ascii', ...prefix };
  }
}

function each(format: (number: number, field: StandardField) => FieldFormat): Record<number, FieldFormat> {
  const fields: Record<number, FieldFormat> = {};
  for (const [key, field] of Object.entries(FIELDS_1987)) fields[Number(key)] = format(Number(key), field);
  return fields;
}

/**
 * The default for a bank: everything in ASCII, bitmaps and binary fields in hexadecimal, so that a message can
 * be read in a log or typed by hand.
 */
export const feiqianAscii: MessageProfile = {
  name: 'feiqianAscii',
  lengthHeader: { bytes: 2, encoding: 'binary', includesItself: false },
  mti: 'ascii',
  bitmap: 'hex',
  fields: each(asciiField),
  mac: CMAC_8,
};

/** Packed digits, binary bitmaps and a TPDU: the shape most acquiring hosts of the region speak. */
export const feiqianBcd: MessageProfile = {
  name: 'feiqianBcd',
  lengthHeader: { bytes: 2, encoding: 'bcd', includesItself: false },
  header: { hex: '6000000000', check: 'any' },
  mti: 'bcd',
  bitmap: 'binary',
  fields: each(packedField),
  mac: CMAC_8,
};

/** The built-in profiles by name. */
export const profiles: Readonly<Record<string, MessageProfile>> = { feiqianAscii, feiqianBcd };
