import { crc16 } from './crc.ts';

/** One data object: a value, or the data objects of a template. */
export type MpmNode = { id: string; value: string } | { id: string; children: MpmNode[] };

export type MpmErrorCode =
  | 'too_long'
  | 'truncated'
  | 'bad_id'
  | 'bad_length'
  | 'bad_character'
  | 'bad_crc'
  | 'bad_value'
  | 'duplicate'
  | 'misplaced'
  | 'missing';

export interface MpmError {
  code: MpmErrorCode;
  reason: string;
  /** Counted in characters (Unicode code points) from the beginning. */
  offset: number;
}

/** A code that cannot be written: a bug of whoever built it, or bad input of an engineer's tool. */
export class MpmFormatError extends Error {
  override readonly name = 'MpmFormatError';
}

/** EMVCo MPM section 3.3: a payload of at most 512 characters can still be scanned comfortably. */
export const PAYLOAD_CHARACTERS_MAX = 512;
export const VALUE_CHARACTERS_MAX = 99;
const FORMAT = '00';
const CRC = '63';

/** A data object with its place, while it is read. */
export interface Placed {
  id: string;
  offset: number;
  text: string;
  children?: Placed[];
}

/** Templates at the first level: merchant accounts 26–51, additional data, language and unreserved templates. */
export function isTemplate(id: string): boolean {
  const number = Number(id);
  return (number >= 26 && number <= 51) || number === 62 || number === 64 || number >= 80;
}

/** In the additional data template, 50–99 are templates of payment systems. */
function isInnerTemplate(parent: string, id: string): boolean {
  return parent === '62' && Number(id) >= 50;
}

/**
 * Splits a payload into its data objects (EMVCo MPM section 4.1): two digits of id, two of length, the value. A length
 * counts characters, that is Unicode code points, not bytes. The format indicator must be first, the CRC last and right.
 */
export function readTree(text: string): { ok: true; nodes: Placed[] } | { ok: false; error: MpmError } {
  if (text.length > 2 * PAYLOAD_CHARACTERS_MAX)
    return refuse('too_long', tooLong(text.length), PAYLOAD_CHARACTERS_MAX);
  const characters = Array.from(text);
  if (characters.length > PAYLOAD_CHARACTERS_MAX) {
    return refuse('too_long', tooLong(characters.length), PAYLOAD_CHARACTERS_MAX);
  }
  const bad = characters.findIndex((character) => /\p{Cc}|\p{Cs}/u.test(character));
  if (bad >= 0) return refuse('bad_character', 'control characters are not allowed', bad);
  const nodes = readLevel(characters, 0, characters.length, null);
  if (!Array.isArray(nodes)) return { ok: false, error: nodes };
  const error = checkEnds(text, nodes, characters.length);
  return error === null ? { ok: true, nodes } : { ok: false, error };
}

function tooLong(length: number): string {
  return `${length} characters are more than ${PAYLOAD_CHARACTERS_MAX}`;
}

function refuse(code: MpmErrorCode, reason: string, offset: number): { ok: false; error: MpmError } {
  return { ok: false, error: { code, reason, offset } };
}

function readLevel(
  characters: string[],
  from: number,
  to: number,
  parent: string | null,
): Placed[] | MpmError {
  const nodes: Placed[] = [];
  const seen = new Set<string>();
  let at = from;
  while (at < to) {
    const id = characters.slice(at, Math.min(at + 2, to)).join('');
    if (!/^[0-9]{1,2}$/.test(id))
      return { code: 'bad_id', reason: `"${id}" is not an id of two digits`, offset: at };
    if (to - at < 4) return { code: 'truncated', reason: 'an id or a length is cut short', offset: to };
    const digits = characters.slice(at + 2, at + 4).join('');
    const length = /^[0-9]{2}$/.test(digits) ? Number(digits) : 0;
    if (length === 0)
      return { code: 'bad_length', reason: `"${digits}" is not a length of 01 to 99`, offset: at + 2 };
    const start = at + 4;
    if (length > to - start) {
      const reason = `id ${id} has a length of ${length}, but ${to - start} characters follow`;
      return { code: 'truncated', reason, offset: to };
    }
    if (seen.has(id)) return { code: 'duplicate', reason: `id ${id} is there twice`, offset: at };
    seen.add(id);
    const node = readNode(characters, { id, at, start, end: start + length, parent });
    if ('code' in node) return node;
    nodes.push(node);
    at = start + length;
  }
  return nodes;
}

function readNode(
  characters: string[],
  object: { id: string; at: number; start: number; end: number; parent: string | null },
): Placed | MpmError {
  const { id, at, start, end, parent } = object;
  const text = characters.slice(start, end).join('');
  const template = parent === null ? isTemplate(id) : isInnerTemplate(parent, id);
  if (!template) return { id, offset: at, text };
  const children = readLevel(characters, start, end, parent === null ? id : `${parent}.${id}`);
  return Array.isArray(children) ? { id, offset: at, text, children } : children;
}

function checkEnds(text: string, nodes: Placed[], length: number): MpmError | null {
  const first = nodes[0];
  if (first === undefined) return { code: 'missing', reason: 'there is no data', offset: 0 };
  if (first.id !== FORMAT)
    return { code: 'misplaced', reason: 'the format indicator (00) must be first', offset: 0 };
  const last = nodes.find((node) => node.id === CRC);
  if (last === undefined) return { code: 'missing', reason: 'the CRC (63) is missing', offset: length };
  if (last !== nodes.at(-1))
    return { code: 'misplaced', reason: 'the CRC (63) must be last', offset: last.offset };
  const expected = crc16(text.slice(0, text.length - last.text.length));
  if (last.text === expected) return null;
  return {
    code: 'bad_crc',
    reason: `the CRC is ${last.text}, but ${expected} was computed`,
    offset: last.offset + 4,
  };
}

/** The tree without places, as `decodeMpm` gives it and `encodeMpmTree` takes it. */
export function plainTree(nodes: readonly Placed[]): MpmNode[] {
  return nodes.map((node) =>
    node.children ? { id: node.id, children: plainTree(node.children) } : { id: node.id, value: node.text },
  );
}

/**
 * Writes a payload from its data objects, in their order, and puts the CRC last; a CRC in the tree is replaced. What a
 * payload was read to gives the same payload again.
 */
export function encodeMpmTree(nodes: readonly MpmNode[]): string {
  const body = writeLevel(
    nodes.filter((node) => node.id !== CRC),
    null,
  );
  if (!body.text.startsWith(FORMAT)) throw new MpmFormatError('the format indicator (00) must be first');
  const length = body.characters + crcCharacters;
  if (length > PAYLOAD_CHARACTERS_MAX) throw new MpmFormatError(tooLong(length));
  const payload = `${body.text}${CRC}04`;
  return payload + crc16(payload);
}

/** A text and its length in characters, which is counted where the text is made: counting it again costs more. */
interface Written {
  text: string;
  characters: number;
}

const idAndLengthCharacters = 4;
const crcCharacters = 8;

function writeLevel(nodes: readonly MpmNode[], parent: string | null): Written {
  const seen = new Set<string>();
  let text = '';
  let characters = 0;
  for (const node of nodes) {
    if (!/^[0-9]{2}$/.test(node.id)) throw new MpmFormatError(`"${node.id}" is not an id of two digits`);
    if (seen.has(node.id)) throw new MpmFormatError(`id ${node.id} is given twice`);
    seen.add(node.id);
    const template = parent === null ? isTemplate(node.id) : isInnerTemplate(parent, node.id);
    if (template !== 'children' in node) {
      throw new MpmFormatError(`id ${node.id} holds ${template ? 'data objects' : 'a value'}`);
    }
    const path = parent === null ? node.id : `${parent}.${node.id}`;
    const value = 'children' in node ? writeLevel(node.children, path) : writeValue(node.value, path);
    if (value.characters < 1 || value.characters > VALUE_CHARACTERS_MAX) {
      throw new MpmFormatError(
        `id ${path} has ${value.characters} characters, 1 to ${VALUE_CHARACTERS_MAX} are allowed`,
      );
    }
    text += node.id + String(value.characters).padStart(2, '0') + value.text;
    characters += idAndLengthCharacters + value.characters;
  }
  return { text, characters };
}

/** Most values: one unit of a string is one character, and none is a control character. */
const printable = /^[ -~]*$/;

function writeValue(text: string, path: string): Written {
  if (printable.test(text)) return { text, characters: text.length };
  if (/\p{Cc}|\p{Cs}/u.test(text)) throw new MpmFormatError(`id ${path} has a control character`);
  return { text, characters: Array.from(text).length };
}
