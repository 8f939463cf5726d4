import { encodeTlv, TlvFormatError, type TlvNode, toHex } from '@feiqian/emv';
import {
  encodeCpm,
  encodeMpm,
  encodeMpmTree,
  type MerchantPresented,
  MpmFormatError,
  type MpmNode,
} from '@feiqian/emvqr';
import { encodeMessage, type Message, MessageFormatError, type MessageProfile } from '@feiqian/iso8583';
import {
  errorLine,
  findProfile,
  INPUT_CHARACTERS_MAX,
  type InputError,
  type InputKind,
  type Json,
  type RunSettings,
  type ToolIo,
  unknownProfile,
} from './decode.ts';

export type EncodedInput = { ok: true; text: string } | { ok: false; error: InputError };

/** Nesting of data objects that is followed in JSON: one more than the decoders give. */
const DEPTH_MAX = 17;

/** Carries a refusal out of the readers below; `encodeInput` turns it into a value. */
class ShapeError extends Error {}

/**
 * The reverse of `decodeInput`: the text of a code, or the hexadecimal digits of data objects or of a bank message.
 * A merchant code is written from its `tree`, or without one from its `value` (by meaning). Takes any JSON value.
 */
export function encodeInput(
  kind: InputKind,
  json: unknown,
  settings: { profile?: string | MessageProfile } = {},
): EncodedInput {
  try {
    return { ok: true, text: written(kind, record(json, 'the input'), settings) };
  } catch (error) {
    if (error instanceof ShapeError) return refuse('bad_shape', error.message);
    const expected =
      error instanceof TlvFormatError ||
      error instanceof MpmFormatError ||
      error instanceof MessageFormatError;
    if (expected || (kind === 'cpm' && error instanceof RangeError))
      return refuse('bad_value', error.message);
    throw error;
  }
}

function written(kind: InputKind, json: Json, settings: { profile?: string | MessageProfile }): string {
  switch (kind) {
    case 'qr':
      if (json.tree !== undefined) return encodeMpmTree(mpmNodes(json.tree, 1));
      return encodeMpm(merchantPresented(json.value ?? json));
    case 'cpm':
      return encodeCpm(tlvNodes(json.nodes, 1));
    case 'tlv':
      return hexText(encodeTlv(tlvNodes(json.nodes, 1)), json);
    case 'iso8583': {
      const named = settings.profile ?? (typeof json.profile === 'string' ? json.profile : undefined);
      const profile = findProfile(named);
      if (profile === null) throw new ShapeError(unknownProfile(named));
      return hexText(encodeMessage(profile, bankMessage(json, profile)), json);
    }
  }
}

function refuse(code: string, reason: string): EncodedInput {
  return { ok: false, error: { code, reason, offset: 0 } };
}

function hexText(bytes: Uint8Array, json: Json): string {
  const digits = toHex(bytes);
  return json.hex === 'lower' ? digits.toLowerCase() : digits;
}

function record(value: unknown, place: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new ShapeError(`${place} must be an object`);
}

function list(value: unknown, place: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new ShapeError(`${place} must be a list`);
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  throw new ShapeError(`${place} must be text`);
}

function bytes(value: unknown, place: string): Uint8Array {
  const digits = text(value, place);
  if (!/^([0-9A-Fa-f]{2})*$/.test(digits)) throw new ShapeError(`${place} must be bytes in hexadecimal`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function nested(depth: number): number {
  if (depth > DEPTH_MAX) throw new ShapeError(`data objects are nested deeper than ${DEPTH_MAX}`);
  return depth + 1;
}

function mpmNodes(value: unknown, depth: number): MpmNode[] {
  const inner = nested(depth);
  return list(value, 'a list of data objects').map((each) => {
    const node = record(each, 'a data object');
    const id = text(node.id, 'an id');
    if (node.children !== undefined) return { id, children: mpmNodes(node.children, inner) };
    return { id, value: text(node.value, `the value of id ${id}`) };
  });
}

/** Checks the shape only as far as the writer needs to be safe; what it says is checked by the writer. */
function merchantPresented(value: unknown): MerchantPresented {
  const input = record(value, 'value');
  for (const key of ['categoryCode', 'currency', 'country', 'name', 'city']) text(input[key], key);
  for (const key of ['initiation', 'amount', 'postalCode'])
    if (input[key] !== undefined) text(input[key], key);
  for (const account of list(input.accounts, 'accounts')) {
    if (record(account, 'an account').guid === undefined) texts(account, 'an account');
    else template(account);
  }
  for (const each of list(input.unreserved ?? [], 'unreserved')) template(each);
  for (const key of ['tip', 'language', 'reserved']) if (input[key] !== undefined) texts(input[key], key);
  if (input.additional !== undefined) {
    const { reserved, templates, ...plain } = record(input.additional, 'additional');
    texts(plain, 'additional');
    texts(reserved ?? {}, 'additional.reserved');
    for (const each of list(templates ?? [], 'additional.templates')) template(each);
  }
  return input as unknown as MerchantPresented;
}

function template(value: unknown): void {
  const { fields, ...rest } = record(value, 'a template');
  for (const key of ['id', 'guid']) text(rest[key], `${key} of a template`);
  texts(fields, 'fields of a template');
}

function texts(value: unknown, place: string): void {
  for (const [key, each] of Object.entries(record(value, place))) text(each, `${place}: ${key}`);
}

function tlvNodes(value: unknown, depth: number): TlvNode[] {
  const inner = nested(depth);
  return list(value, 'nodes').map((each): TlvNode => {
    const node = record(each, 'a data object');
    const tag = text(node.tag, 'a tag');
    if (tag === '00') {
      if (typeof node.padding !== 'number') throw new ShapeError('padding must be a number');
      return { tag: '00', padding: node.padding };
    }
    const form = typeof node.lengthBytes === 'number' ? { lengthBytes: node.lengthBytes } : {};
    if (node.children !== undefined) return { tag, children: tlvNodes(node.children, inner), ...form };
    return { tag, value: bytes(node.value, `the value of ${tag}`), ...form };
  });
}

function bankMessage(json: Json, profile: MessageProfile): Message {
  if (json.masked === true)
    throw new ShapeError('the message is masked: decode it with --clear to encode it again');
  const fields: Message['fields'] = {};
  for (const [key, value] of Object.entries(record(json.fields, 'fields'))) {
    const field = Number(key);
    const isBytes = profile.fields[field]?.type === 'b';
    fields[field] = isBytes ? bytes(value, `field ${key}`) : text(value, `field ${key}`);
  }
  const message = { mti: text(json.mti, 'mti'), fields };
  return json.header === undefined ? message : { ...message, header: bytes(json.header, 'header') };
}

/**
 * `feiqian encode`: prints the text and returns the exit code, 1 for a bad input. With `-` each line of JSON gives one
 * line of output, a refused one `{"error":{…}}`, and the code is 0.
 */
export async function runEncode(settings: RunSettings, io: ToolIo): Promise<number> {
  if (settings.input !== '-') {
    const encoded = encodeText(settings.input, settings);
    if (encoded.ok) io.out(`${encoded.text}\n`);
    else io.err(`${errorLine(encoded.error)}\n`);
    return encoded.ok ? 0 : 1;
  }
  for await (const line of io.lines) {
    const encoded = encodeText(line, settings);
    io.out(`${encoded.ok ? encoded.text : JSON.stringify({ error: encoded.error })}\n`);
  }
  return 0;
}

function encodeText(input: string, settings: RunSettings): EncodedInput {
  if (input.length > 10 * INPUT_CHARACTERS_MAX) return refuse('too_long', 'the input is too long');
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch (error) {
    return refuse('bad_json', error instanceof Error ? error.message : 'the input is not JSON');
  }
  return encodeInput(settings.kind, json, settings);
}
