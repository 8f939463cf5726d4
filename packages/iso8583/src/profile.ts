/** What a field may hold, in the letters of ISO 8583:1987 (`z`: track data; `x+n`: C or D, then digits). */
export type FieldType = 'n' | 'a' | 'an' | 'ans' | 'b' | 'z' | 'x+n';

/** `LL` and `LLL`: a length prefix of two or three digits before the value. */
export interface VariableLength {
  readonly var: 'LL' | 'LLL';
  readonly max: number;
}

/** How one field looks on the wire. A length counts digits, characters or, in `b` and `utf8` fields, bytes. */
export interface FieldFormat {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number | VariableLength;
  /**
   * - `ascii`: one byte a character; a `b` field as upper-case hexadecimal, two characters a byte.
   * - `bcd`: two digits a byte (`n`, `z`, and the digits of `x+n`).
   * - `binary`: the bytes themselves (`b`).
   * - `utf8`: text in UTF-8 (`ans`).
   */
  readonly encoding: 'ascii' | 'bcd' | 'binary' | 'utf8';
  /** Encoding of the length prefix; in `bcd`, LL takes one byte and LLL two. Default `ascii`. */
  readonly lengthEncoding?: 'ascii' | 'bcd';
  /** Where an odd number of BCD digits gets its filler: `left0` (default), `right0` or `rightF` (default of `z`). */
  readonly filler?: 'left0' | 'right0' | 'rightF';
  /** What the value is, if it must not be shown: a card number is masked, the rest is removed. */
  readonly sensitive?: 'pan' | 'track' | 'pin' | 'cvv';
}

/** The length before each message on a connection. */
export interface LengthHeader {
  /** 2 for `binary` and `bcd`, 2 to 4 for `ascii`. */
  readonly bytes: number;
  readonly encoding: 'binary' | 'bcd' | 'ascii';
  /** Whether the number counts the header itself. */
  readonly includesItself: boolean;
}

/**
 * A bank's dialect of ISO 8583:1987, as data: it can be written in JSON (see `parseProfile`), and a bank with
 * other formats is another profile, not other code. Treat a profile as frozen: it is compiled once.
 */
export interface MessageProfile {
  readonly name: string;
  readonly lengthHeader: LengthHeader;
  /** Bytes before the message type, such as a TPDU; `any` takes what comes and keeps it in the message. */
  readonly header?: { readonly hex: string; readonly check: 'exact' | 'any' };
  readonly mti: 'ascii' | 'bcd';
  readonly bitmap: 'binary' | 'hex';
  /** Fields 2 to 128 without 65; field 1 is the second bitmap and follows from the others. */
  readonly fields: Readonly<Record<number, FieldFormat>>;
  /** Message authentication: in the first field of the pair, or in the second if there is a second bitmap. */
  readonly mac: MacRule | null;
}

export interface MacRule {
  readonly algorithm: 'aes-cmac';
  /** Leftmost bytes of the CMAC that are sent. */
  readonly bytes: 8;
  readonly fields: readonly [64, 128];
}

/** One message: digits and text as strings, `b` fields as bytes. Field 1 is never given: it follows. */
export interface Message {
  /** Message type identifier, four digits. */
  mti: string;
  fields: Record<number, string | Uint8Array>;
  /** Only when the profile's header check is `any` and the bytes were not the profile's. */
  header?: Uint8Array;
}

/** Fields a message can hold: 2 to 128 without 65, which would announce a third bitmap. */
export function isFieldNumber(field: number): boolean {
  return Number.isInteger(field) && field >= 2 && field <= FIELD_MAX && field !== 65;
}

export const FIELD_MAX = 128;
/** Longest value of a variable field: what three digits can say. */
export const FIELD_LENGTH_MAX = 999;
