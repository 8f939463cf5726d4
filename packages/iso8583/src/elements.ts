import { MessageFormatError } from './codec.ts';
import type { Message } from './profile.ts';

/**
 * Transaction types: the first two digits of field 3. 00–19 are debits, 20–29 credits, 30–39 inquiries and 40–49
 * transfer services (ISO 8583:1987, processing code, positions 1 and 2); 46 and 47 are not assigned by the standard
 * within the last, and are what this region's hosts use for the two legs of a transfer.
 */
export const TRANSACTION_TYPE = {
  purchase: '00',
  cash: '01',
  refund: '20',
  balanceEnquiry: '31',
  transferOut: '46',
  transferIn: '47',
} as const;

/** Account types: digits 3 and 4 of field 3 (debited) and 5 and 6 (credited). */
export const ACCOUNT_TYPE = { default: '00', savings: '10', current: '20', credit: '30' } as const;

/** Field 3: what is done, from which and to which kind of account (00 default, 10 savings, 20 current, 30 credit). */
export function processingCode(type: keyof typeof TRANSACTION_TYPE, from = '00', to = '00'): string {
  return `${TRANSACTION_TYPE[type]}${from}${to}`;
}

/** Field 70: what a 0800 asks for. */
export const NETWORK_MANAGEMENT = { signOn: '001', signOff: '002', keyChange: '101', echo: '301' } as const;

/**
 * Field 22: how the card's data came in (two digits), and whether a PIN could be entered (one digit, 0 unknown). 03 is
 * a read bar code, 10 a stored credential, 81 electronic commerce.
 */
export const ENTRY_MODE = {
  unknown: '000',
  manual: '010',
  qrConsumerPresented: '030',
  qrMerchantPresented: '100',
  checkout: '810',
} as const;

/** A number as digits of a fixed length; throws when it does not fit or is negative. */
export function digits(value: number | bigint, length: number): string {
  const text = String(value);
  if (!/^[0-9]+$/.test(text) || text.length > length) {
    throw new MessageFormatError(`${text} is no number of at most ${length} digits`);
  }
  return text.padStart(length, '0');
}

/** Field 4 and other amounts of twelve digits, in minor units. */
export function amount(minorUnits: bigint): string {
  return digits(minorUnits, 12);
}

/**
 * Text for a field of ASCII characters: what the field cannot hold becomes `?`, what is too long is cut. For names
 * of people's choice, which must never make a payment fail; field 62 carries the name as it is.
 */
export function asciiText(text: string, lengthMax: number): string {
  return Array.from(text, (character) => (/^[\x20-\x7e]$/.test(character) ? character : '?'))
    .join('')
    .slice(0, lengthMax)
    .trimEnd();
}

/** Text cut to a number of UTF-8 bytes between characters, without control characters (field 62). */
export function utf8Text(text: string, bytesMax: number): string {
  let out = '';
  let bytes = 0;
  for (const character of text) {
    if (/\p{Cc}|\p{Cs}/u.test(character)) continue;
    bytes += Buffer.byteLength(character, 'utf8');
    if (bytes > bytesMax) break;
    out += character;
  }
  return out.trimEnd();
}

/** Field 90: the message that a reversal takes back. */
export interface OriginalData {
  mti: string;
  /** Field 11 of the original. */
  stan: string;
  /** Field 7 of the original. */
  transmittedAt: string;
  /** Field 32 of the original. */
  acquirer: string;
  /** Field 33 of the original; zeros when it had none. */
  forwarder?: string;
}

/** The 42 digits of field 90. */
export function originalData(original: OriginalData): string {
  const text =
    original.mti +
    original.stan +
    original.transmittedAt +
    digits(BigInt(original.acquirer), 11) +
    digits(BigInt(original.forwarder ?? 0), 11);
  if (!/^[0-9]{42}$/.test(text)) throw new MessageFormatError('original data elements need 42 digits', 90);
  return text;
}

/** Takes field 90 apart; leading zeros of the institutions are taken off. Null when it is not 42 digits. */
export function readOriginalData(text: string): Required<OriginalData> | null {
  if (!/^[0-9]{42}$/.test(text)) return null;
  const institution = (from: number) => String(BigInt(text.slice(from, from + 11)));
  return {
    mti: text.slice(0, 4),
    stan: text.slice(4, 10),
    transmittedAt: text.slice(10, 20),
    acquirer: institution(20),
    forwarder: institution(31),
  };
}

/** Field 95 of a partial reversal: what the payment comes to now, in minor units; 0 is a full reversal. */
export function replacementAmounts(minorUnits: bigint): string {
  return `${amount(minorUnits)}${'0'.repeat(12)}C00000000C00000000`;
}

/** The first amount of field 95, or null when the field is malformed. */
export function readReplacementAmount(text: string): bigint | null {
  return /^[0-9]{24}([CD][0-9]{8}){2}$/.test(text) ? BigInt(text.slice(0, 12)) : null;
}

/** Field 48 of a key change: the wrapped key (RFC 3394) and the key check value of the key in it. */
export interface KeyChange {
  wrapped: Uint8Array;
  /** Six upper-case hexadecimal digits: `kcvCmac` of the new key. */
  kcv: string;
}

/** `MAK` + wrapped key in hexadecimal + key check value. */
export function keyChangeData(change: KeyChange): string {
  return `MAK${Buffer.from(change.wrapped).toString('hex').toUpperCase()}${change.kcv}`;
}

/** Takes field 48 of a key change apart (keys of 16, 24 or 32 bytes); null when it is malformed. */
export function readKeyChangeData(text: string): KeyChange | null {
  const match = /^MAK((?:[0-9A-F]{48}|[0-9A-F]{64}|[0-9A-F]{80}))([0-9A-F]{6})$/.exec(text);
  if (match === null) return null;
  return { wrapped: new Uint8Array(Buffer.from(match[1] ?? '', 'hex')), kcv: match[2] ?? '' };
}

/**
 * What a request and its answer have in common, for matching them on a connection with many messages in flight:
 * class, STAN (11), transmission time (7), acquirer (32) and terminal (41).
 */
export function matchKey(message: Message): string {
  const field = (number: number) => String(message.fields[number] ?? '');
  return `${message.mti.slice(0, 2)}|${field(11)}|${field(7)}|${field(32)}|${field(41)}`;
}

/**
 * The key by which an issuer knows a payment again: acquirer, retrieval reference (37), and STAN and date (month and
 * day of field 7) of the original. A reversal gives the key of the payment it takes back (field 90), so an issuer can
 * remember a reversal whose original it has not seen. Null when a part is missing.
 */
export function paymentKey(message: Message): string | null {
  const { 7: at, 11: stan, 32: acquirer, 37: reference, 90: original } = message.fields;
  if (typeof reference !== 'string' || reference === '') return null;
  if (message.mti[1] === '4') {
    const data = typeof original === 'string' ? readOriginalData(original) : null;
    return data && `${data.acquirer}|${reference}|${data.stan}|${data.transmittedAt.slice(0, 4)}`;
  }
  if (typeof at !== 'string' || typeof stan !== 'string' || typeof acquirer !== 'string') return null;
  return `${/^[0-9]+$/.test(acquirer) ? BigInt(acquirer) : acquirer}|${reference}|${stan}|${at.slice(0, 4)}`;
}
