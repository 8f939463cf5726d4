/** A data object as read: a value, or the data objects inside it (a template), or zero bytes between objects. */
export type TlvNode = TlvPrimitive | TlvConstructed | TlvPadding;

export interface TlvPrimitive {
  /** Tag in upper-case hexadecimal, such as `9F26`. */
  tag: string;
  value: Uint8Array;
  /** Bytes of the length after its first one; only given where the shortest form was not used. */
  lengthBytes?: number;
}

export interface TlvConstructed {
  tag: string;
  children: TlvNode[];
  lengthBytes?: number;
}

/** Zero bytes before, between or after data objects, which mean nothing (EMV Book 3 annex B1). */
export interface TlvPadding {
  tag: '00';
  padding: number;
}

export type TlvErrorCode = 'truncated' | 'bad_tag' | 'bad_length' | 'too_long' | 'too_deep' | 'too_many';

export interface TlvError {
  code: TlvErrorCode;
  reason: string;
  /** Counted in bytes from the beginning. */
  offset: number;
}

export type DecodedTlv = { ok: true; nodes: TlvNode[] } | { ok: false; error: TlvError };

/** Bounds of what is read from outside. */
export interface TlvLimits {
  bytesMax: number;
  depthMax: number;
  objectsMax: number;
}

export const TLV_LIMITS: TlvLimits = { bytesMax: 65_536, depthMax: 16, objectsMax: 4096 };
const TAG_BYTES_MAX = 4;
const LENGTH_BYTES_MAX = 4;

/** A data object that cannot be written: a bug of whoever built it, or bad input of an engineer's tool. */
export class TlvFormatError extends Error {
  override readonly name = 'TlvFormatError';
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly limits: TlvLimits;
  at: number;
  objects: number;
  error: TlvError | null;
}

/**
 * Reads BER-TLV data objects (ISO/IEC 8825-1 with definite lengths, EMV Book 3 annex B): tags up to four bytes,
 * lengths up to four bytes after the first. Takes any bytes, never throws, and does no more work than the limits
 * allow. What it takes, `encodeTlv` turns into the same bytes again.
 */
export function decodeTlv(bytes: Uint8Array, limits: TlvLimits = TLV_LIMITS): DecodedTlv {
  const reader: Reader = { bytes, limits, at: 0, objects: 0, error: null };
  if (bytes.length > limits.bytesMax) {
    fail(reader, 'too_long', `${bytes.length} bytes are more than ${limits.bytesMax}`, limits.bytesMax);
  }
  const nodes = reader.error === null ? readObjects(reader, bytes.length, 1) : null;
  if (nodes !== null) return { ok: true, nodes };
  return { ok: false, error: reader.error ?? { code: 'truncated', reason: 'unreadable', offset: reader.at } };
}

function readObjects(reader: Reader, end: number, depth: number): TlvNode[] | null {
  if (depth > reader.limits.depthMax) {
    return fail(reader, 'too_deep', `templates are nested deeper than ${reader.limits.depthMax}`, reader.at);
  }
  const nodes: TlvNode[] = [];
  while (reader.at < end) {
    if (++reader.objects > reader.limits.objectsMax) {
      return fail(reader, 'too_many', `there are more than ${reader.limits.objectsMax} objects`, reader.at);
    }
    const node = reader.bytes[reader.at] === 0 ? readPadding(reader, end) : readObject(reader, end, depth);
    if (node === null) return null;
    nodes.push(node);
  }
  return nodes;
}

function readPadding(reader: Reader, end: number): TlvPadding {
  const start = reader.at;
  while (reader.at < end && reader.bytes[reader.at] === 0) reader.at++;
  return { tag: '00', padding: reader.at - start };
}

function readObject(reader: Reader, end: number, depth: number): TlvNode | null {
  const tag = readTag(reader, end);
  if (tag === null) return null;
  const length = readLength(reader, end);
  if (length === null) return null;
  const from = reader.at;
  if (length.value > end - from) {
    return fail(
      reader,
      'truncated',
      `${tag} has a length of ${length.value}, but ${end - from} bytes follow`,
      end,
    );
  }
  const form = length.bytes === shortestLengthBytes(length.value) ? {} : { lengthBytes: length.bytes };
  if (!isConstructed(tag)) {
    reader.at = from + length.value;
    return { tag, value: reader.bytes.slice(from, reader.at), ...form };
  }
  const children = readObjects(reader, from + length.value, depth + 1);
  return children === null ? null : { tag, children, ...form };
}

function readTag(reader: Reader, end: number): string | null {
  const start = reader.at;
  let byte = reader.bytes[reader.at++] ?? 0;
  if ((byte & 0x1f) === 0x1f) {
    do {
      if (reader.at >= end) return fail(reader, 'truncated', 'the tag goes on after the end', end);
      if (reader.at - start >= TAG_BYTES_MAX) {
        return fail(reader, 'bad_tag', `the tag has more than ${TAG_BYTES_MAX} bytes`, start);
      }
      byte = reader.bytes[reader.at++] ?? 0;
      if (byte === 0x80 && reader.at - start === 2) {
        return fail(reader, 'bad_tag', 'the tag number begins with zeros', start);
      }
    } while (byte & 0x80);
  }
  return toHex(reader.bytes.subarray(start, reader.at));
}

function readLength(reader: Reader, end: number): { value: number; bytes: number } | null {
  const start = reader.at;
  if (start >= end) return fail(reader, 'truncated', 'a length is missing', end);
  const first = reader.bytes[reader.at++] ?? 0;
  if (first < 0x80) return { value: first, bytes: 0 };
  const bytes = first & 0x7f;
  if (bytes === 0) return fail(reader, 'bad_length', 'indefinite lengths are not used', start);
  if (bytes > LENGTH_BYTES_MAX) {
    return fail(reader, 'bad_length', `a length has at most ${LENGTH_BYTES_MAX} bytes, not ${bytes}`, start);
  }
  if (reader.at + bytes > end) return fail(reader, 'truncated', 'the length goes on after the end', end);
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + (reader.bytes[reader.at++] ?? 0);
  return { value, bytes };
}

function fail(reader: Reader, code: TlvErrorCode, reason: string, offset: number): null {
  reader.error = { code, reason, offset };
  return null;
}

/** The bytes of data objects. Malformed tags and lengths that do not fit throw a {@link TlvFormatError}. */
export function encodeTlv(nodes: readonly TlvNode[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const node of nodes) parts.push(...encodeObject(node));
  return join(parts);
}

function encodeObject(node: TlvNode): Uint8Array[] {
  if ('padding' in node) {
    if (!Number.isInteger(node.padding) || node.padding < 1 || node.padding > TLV_LIMITS.bytesMax) {
      throw new TlvFormatError(`padding of ${node.padding} bytes`);
    }
    return [new Uint8Array(node.padding)];
  }
  const tag = tagBytes(node.tag);
  if (isConstructed(node.tag) !== 'children' in node) {
    throw new TlvFormatError(`tag ${node.tag} holds ${isConstructed(node.tag) ? 'data objects' : 'a value'}`);
  }
  const value = 'children' in node ? encodeTlv(node.children) : node.value;
  return [tag, encodeLength(value.length, node.lengthBytes), value];
}

function tagBytes(tag: string): Uint8Array {
  if (/^([0-9A-F]{2}){1,4}$/.test(tag)) {
    const bytes = Uint8Array.from(tag.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const reader: Reader = { bytes, limits: TLV_LIMITS, at: 0, objects: 0, error: null };
    if (bytes[0] !== 0 && readTag(reader, bytes.length) !== null && reader.at === bytes.length) return bytes;
  }
  throw new TlvFormatError(`${tag} is not a tag in upper-case hexadecimal`);
}

function encodeLength(length: number, lengthBytes = shortestLengthBytes(length)): Uint8Array {
  const fits = Number.isInteger(lengthBytes) && lengthBytes >= shortestLengthBytes(length);
  if (!fits || lengthBytes > LENGTH_BYTES_MAX) {
    throw new TlvFormatError(`a length of ${length} does not fit in ${lengthBytes} bytes`);
  }
  if (lengthBytes === 0) return Uint8Array.of(length);
  const out = new Uint8Array(1 + lengthBytes);
  out[0] = 0x80 | lengthBytes;
  let rest = length;
  for (let i = lengthBytes; i > 0; i--) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}

function shortestLengthBytes(length: number): number {
  if (length < 0x80) return 0;
  return length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
}

/** Whether a tag names a template: bit 6 of its first byte (ISO/IEC 8825-1 section 8.1.2.5). */
export function isConstructed(tag: string): boolean {
  return (Number.parseInt(tag.slice(0, 2), 16) & 0x20) !== 0;
}

/** The first data object with this tag, in depth; undefined when there is none. */
export function findTag(nodes: readonly TlvNode[], tag: string): TlvNode | undefined {
  for (const node of nodes) {
    if (node.tag === tag) return node;
    const inside = 'children' in node ? findTag(node.children, tag) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** The value of the first primitive data object with this tag, in depth. */
export function findValue(nodes: readonly TlvNode[], tag: string): Uint8Array | undefined {
  const node = findTag(nodes, tag);
  return node !== undefined && 'value' in node ? node.value : undefined;
}

/** Bytes as upper-case hexadecimal digits. */
export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).toUpperCase().padStart(2, '0');
  return out;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
