import { decodeTlv, type TlvNode, tagName, toHex } from '@feiqian/emv';
import { cpmToPayCode, decodeCpm, decodeMpm, FEIQIAN_GUID, type MpmNode, mpmName } from '@feiqian/emvqr';
import { decodeMessage, type Message, type MessageProfile, maskMessage, profiles } from '@feiqian/iso8583';

/** What `feiqian decode` and `feiqian encode` know: merchant and consumer codes, BER-TLV in hexadecimal, bank messages. */
export const INPUT_KINDS = ['qr', 'cpm', 'tlv', 'iso8583'] as const;
export type InputKind = (typeof INPUT_KINDS)[number];

/** Why an input was refused. The offset counts characters of `qr`, else bytes (characters while base64 is read). */
export interface InputError {
  code: string;
  reason: string;
  offset: number;
}

export type DecodedInput = { ok: true; value: Json } | { ok: false; error: InputError };
export type Json = { [key: string]: unknown };

export interface DecodeSettings {
  /** Message profile, or the name of a built-in one; default `feiqianAscii`. */
  profile?: string | MessageProfile;
  /** Show card numbers, tracks, PIN and chip data of a bank message. */
  clear?: boolean;
}

/** Longer inputs are refused before they are read. */
export const INPUT_CHARACTERS_MAX = 200_000;

/**
 * Reads one input and gives its structure as values that JSON can carry. `encodeInput` turns them into the same
 * input again (a bank message only when it was decoded with `clear`). Takes any text, never throws.
 */
export function decodeInput(kind: InputKind, text: string, settings: DecodeSettings = {}): DecodedInput {
  if (text.length > INPUT_CHARACTERS_MAX) {
    return refuse(
      'too_long',
      `the input has more than ${INPUT_CHARACTERS_MAX} characters`,
      INPUT_CHARACTERS_MAX,
    );
  }
  if (text.trim() === '') return refuse('empty', 'the input is empty', 0);
  switch (kind) {
    case 'qr':
      return decodeQr(text);
    case 'cpm':
      return decodeConsumerCode(text.trim());
    case 'tlv':
      return decodeHexTlv(text);
    case 'iso8583':
      return decodeBankMessage(text, settings);
  }
}

function refuse(code: string, reason: string, offset: number): { ok: false; error: InputError } {
  return { ok: false, error: { code, reason, offset } };
}

function decodeQr(text: string): DecodedInput {
  const decoded = decodeMpm(text);
  if (!decoded.ok) return decoded;
  const ours = decoded.value.accounts.find((account) => 'guid' in account && account.guid === FEIQIAN_GUID);
  const feiqian =
    ours !== undefined && 'guid' in ours
      ? { feiqian: { merchant: ours.fields['01'] ?? null, payment: ours.fields['02'] ?? null } }
      : {};
  return { ok: true, value: { ...feiqian, value: decoded.value, tree: namedTree(decoded.tree, '') } };
}

function namedTree(nodes: readonly MpmNode[], parent: string): Json[] {
  return nodes.map((node) => {
    const name = mpmName(parent + node.id);
    return 'children' in node
      ? { id: node.id, name, children: namedTree(node.children, `${node.id}.`) }
      : { id: node.id, name, value: node.value };
  });
}

function decodeConsumerCode(text: string): DecodedInput {
  const decoded = decodeCpm(text);
  if (!decoded.ok) return decoded;
  const payCode = cpmToPayCode(text);
  return { ok: true, value: { ...(payCode === null ? {} : { payCode }), nodes: decoded.nodes.map(tlvJson) } };
}

function decodeHexTlv(text: string): DecodedInput {
  const bytes = readHex(text);
  if (!bytes.ok) return bytes;
  const decoded = decodeTlv(bytes.bytes);
  if (!decoded.ok) return decoded;
  return { ok: true, value: { nodes: decoded.nodes.map(tlvJson), ...letters(text) } };
}

/** Tags whose values are text. */
const TEXT_TAGS = new Set(['50', '5F20', '5F2D', '5F50', '85', '9F0B', '9F12', '9F16', '9F1C', '9F4E']);

function tlvJson(node: TlvNode): Json {
  if ('padding' in node) return { tag: node.tag, padding: node.padding };
  const name = tagName(node.tag);
  const head = { tag: node.tag, ...(name === undefined ? {} : { name }) };
  const form = node.lengthBytes === undefined ? {} : { lengthBytes: node.lengthBytes };
  if ('children' in node) return { ...head, children: node.children.map(tlvJson), ...form };
  return { ...head, value: toHex(node.value), ...textOf(node.tag, node.value), ...form };
}

function textOf(tag: string, value: Uint8Array): { text?: string } {
  if (!TEXT_TAGS.has(tag) || !value.every((byte) => byte >= 0x20 && byte < 0x7f)) return {};
  return { text: String.fromCharCode(...value) };
}

function decodeBankMessage(text: string, settings: DecodeSettings): DecodedInput {
  const profile = findProfile(settings.profile);
  if (profile === null) return refuse('unknown_profile', unknownProfile(settings.profile), 0);
  const bytes = readHex(text);
  if (!bytes.ok) return bytes;
  const decoded = decodeMessage(profile, bytes.bytes);
  if (!decoded.ok) {
    const { code, reason, offset, field } = decoded.error;
    return refuse(code, field === undefined ? reason : `field ${field}: ${reason}`, offset);
  }
  const { message } = decoded;
  const fields = settings.clear ? clearFields(message) : maskMessage(profile, message).fields;
  const names = Object.keys(fields).map((field) => [field, profile.fields[Number(field)]?.name]);
  const value = {
    profile: profile.name,
    ...(message.header === undefined ? {} : { header: toHex(message.header) }),
    mti: message.mti,
    fields,
    names: Object.fromEntries(names),
    ...(settings.clear ? {} : { masked: true }),
    ...letters(text),
  };
  return { ok: true, value };
}

function clearFields(message: Message): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [field, value] of Object.entries(message.fields)) {
    out[field] = typeof value === 'string' ? value : toHex(value);
  }
  return out;
}

/** A built-in profile by its name, or the profile itself; null for an unknown name. */
export function findProfile(profile: string | MessageProfile = 'feiqianAscii'): MessageProfile | null {
  if (typeof profile !== 'string') return profile;
  return Object.hasOwn(profiles, profile) ? (profiles[profile] ?? null) : null;
}

export function unknownProfile(profile: DecodeSettings['profile']): string {
  return `there is no profile ${String(profile)}; there are ${Object.keys(profiles).join(', ')}`;
}

/** Hexadecimal digits in either case, with white space anywhere. */
function readHex(text: string): { ok: true; bytes: Uint8Array } | { ok: false; error: InputError } {
  const digits = text.replace(/\s/g, '');
  const bad = digits.search(/[^0-9A-Fa-f]/);
  if (bad >= 0) return refuse('bad_hex', 'the input is not hexadecimal', bad >> 1);
  if (digits.length % 2 === 1) return refuse('bad_hex', 'half a byte is left over', digits.length >> 1);
  return { ok: true, bytes: new Uint8Array(Buffer.from(digits, 'hex')) };
}

/** Remembers small letters, so that encoding gives the input as it was. */
function letters(text: string): { hex?: 'lower' } {
  return /[a-f]/.test(text) && !/[A-F]/.test(text) ? { hex: 'lower' } : {};
}

/** Where a tool reads and writes: handed in, so that it can be tested without a process. */
export interface ToolIo {
  /** Standard input by lines, without their ends; read only for the input `-`. */
  lines: AsyncIterable<string>;
  out(text: string): void;
  err(text: string): void;
}

export interface RunSettings extends DecodeSettings {
  kind: InputKind;
  /** The input itself, or `-` for one a line from standard input. */
  input: string;
  /** Indent the output, for people at a terminal. */
  pretty?: boolean;
}

/**
 * `feiqian decode`: prints the structure as JSON and returns the exit code. One bad input goes to standard error with
 * its code, offset and reason, and the code is 1. With `-` each line of input gives one line of output, a refused one
 * `{"error":{…}}`, and the code is 0: every line has been answered.
 */
export async function runDecode(settings: RunSettings, io: ToolIo): Promise<number> {
  if (settings.input !== '-') {
    const decoded = decodeInput(settings.kind, settings.input, settings);
    if (decoded.ok) io.out(`${JSON.stringify(decoded.value, null, settings.pretty ? 2 : undefined)}\n`);
    else io.err(`${errorLine(decoded.error)}\n`);
    return decoded.ok ? 0 : 1;
  }
  for await (const line of io.lines) {
    const decoded = decodeInput(settings.kind, line, settings);
    io.out(`${JSON.stringify(decoded.ok ? decoded.value : { error: decoded.error })}\n`);
  }
  return 0;
}

/** One line for people: `bad_crc at 214: the CRC is …`. */
export function errorLine(error: InputError): string {
  return `${error.code} at ${error.offset}: ${error.reason}`;
}
