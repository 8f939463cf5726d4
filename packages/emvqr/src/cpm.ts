import { decodeTlv, encodeTlv, findValue, type TlvNode, toHex } from '@feiqian/emv';
import { fromBase64, toBase64 } from './base64.ts';

/** The version that the payload format indicator (85) must name. */
const CPV01 = Uint8Array.of(0x43, 0x50, 0x56, 0x30, 0x31);
/** Application identifier of the pay codes: proprietary without registration (category F of ISO/IEC 7816-5). */
export const FEIQIAN_AID = 'F04645495149414E';
const LABEL = Uint8Array.from('FEIQIAN', (character) => character.charCodeAt(0));
/** EMVCo CPM section 3: a payload of 512 characters at most. */
export const CPM_CHARACTERS_MAX = 512;

export interface CpmError {
  code: 'too_long' | 'bad_base64' | 'bad_tlv' | 'bad_format' | 'missing';
  reason: string;
  /** Characters of the text for `too_long` and `bad_base64`, else bytes of what it stands for. */
  offset: number;
}

export type DecodedCpm = { ok: true; nodes: TlvNode[] } | { ok: false; error: CpmError };

/**
 * Reads a consumer-presented payload (EMVCo QR Code Specification for Payment Systems, Consumer-Presented Mode 1.1):
 * base64 of BER-TLV with the format indicator CPV01 first and at least one application template (61). Never throws.
 */
export function decodeCpm(text: string): DecodedCpm {
  const refuse = (code: CpmError['code'], reason: string, offset: number): DecodedCpm => ({
    ok: false,
    error: { code, reason, offset },
  });
  if (text.length > CPM_CHARACTERS_MAX) {
    return refuse(
      'too_long',
      `${text.length} characters are more than ${CPM_CHARACTERS_MAX}`,
      CPM_CHARACTERS_MAX,
    );
  }
  const decoded = fromBase64(text);
  if (!decoded.ok) return refuse('bad_base64', 'the text is not base64', decoded.offset);
  const tlv = decodeTlv(decoded.bytes);
  if (!tlv.ok) return refuse('bad_tlv', tlv.error.reason, tlv.error.offset);
  const problem = shapeProblem(tlv.nodes);
  return problem === null
    ? { ok: true, nodes: tlv.nodes }
    : refuse(problem.code, problem.reason, problem.offset);
}

/** Writes a payload. Data objects that do not make one throw. */
export function encodeCpm(nodes: readonly TlvNode[]): string {
  const problem = shapeProblem(nodes);
  if (problem !== null) throw new RangeError(problem.reason);
  return toBase64(encodeTlv(nodes));
}

function shapeProblem(nodes: readonly TlvNode[]): CpmError | null {
  const first = nodes[0];
  if (first === undefined || first.tag !== '85' || !('value' in first)) {
    return { code: 'missing', reason: 'the payload format indicator (85) must be first', offset: 0 };
  }
  if (!same(first.value, CPV01))
    return { code: 'bad_format', reason: 'the payload format is not CPV01', offset: 2 };
  if (nodes.some((node) => node.tag === '61')) return null;
  return {
    code: 'missing',
    reason: 'an application template (61) is missing',
    offset: encodeTlv(nodes).length,
  };
}

/** A pay code as a QR payload: application template with our identifier and the digits as compressed numeric (5A). */
export function payCodeToCpm(digits: string): string {
  if (!/^[0-9]{19}$/.test(digits)) throw new RangeError('a pay code has 19 digits');
  const compressed = Uint8Array.from(`${digits}F`.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const children: TlvNode[] = [
    { tag: '4F', value: hexBytes(FEIQIAN_AID) },
    { tag: '50', value: LABEL },
    { tag: '5A', value: compressed },
  ];
  return encodeCpm([
    { tag: '85', value: CPV01 },
    { tag: '61', children },
  ]);
}

/** The pay code in a scanned payload, or null: another application, or none of this kind. */
export function cpmToPayCode(text: string): string | null {
  const decoded = decodeCpm(text.trim());
  if (!decoded.ok) return null;
  for (const node of decoded.nodes) {
    if (node.tag !== '61' || !('children' in node)) continue;
    const aid = findValue(node.children, '4F');
    const number = findValue(node.children, '5A');
    if (aid === undefined || number === undefined || toHex(aid) !== FEIQIAN_AID) continue;
    const digits = /^([0-9]{19})F$/.exec(toHex(number))?.[1];
    if (digits !== undefined) return digits;
  }
  return null;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
