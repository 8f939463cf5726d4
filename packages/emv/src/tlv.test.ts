import fc from 'fast-check';
import { expect, test } from 'vitest';
import vectors from '../../../vectors/emv/tlv.json' with { type: 'json' };
import {
  decodeTlv,
  encodeTlv,
  findTag,
  findValue,
  TLV_LIMITS,
  type TlvNode,
  tagName,
  toHex,
} from './index.ts';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

interface JsonNode {
  tag: string;
  value?: string;
  children?: JsonNode[];
  padding?: number;
  lengthBytes?: number;
}

function fromJson(node: JsonNode): TlvNode {
  const { tag, value, children, padding, ...rest } = node;
  if (padding !== undefined) return { tag: '00', padding };
  return children
    ? { tag, children: children.map(fromJson), ...rest }
    : { tag, value: bytesOf(value ?? ''), ...rest };
}

test.for(vectors.valid)('$hex is read and written', ({ hex, nodes }) => {
  const expected = (nodes as JsonNode[]).map(fromJson);
  expect(decodeTlv(bytesOf(hex))).toEqual({ ok: true, nodes: expected });
  expect(encodeTlv(expected)).toEqual(bytesOf(hex));
});

test.for(vectors.invalid)('$hex is refused: $code at $offset', ({ hex, code, offset }) => {
  expect(decodeTlv(bytesOf(hex))).toMatchObject({ ok: false, error: { code, offset } });
});

test('any bytes are refused, or read and written to the same bytes', () => {
  const shortish = fc.array(
    fc.constantFrom(0x00, 0x01, 0x02, 0x5a, 0x61, 0x9f, 0x1f, 0x80, 0x81, 0x82, 0xff),
    {
      maxLength: 24,
    },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        shortish.map((list) => Uint8Array.from(list)),
      ),
      (bytes) => {
        const decoded = decodeTlv(bytes);
        if (decoded.ok) expect(encodeTlv(decoded.nodes)).toEqual(bytes);
        else expect(decoded.error.offset).toBeLessThanOrEqual(bytes.length);
      },
    ),
    { numRuns: 2000 },
  );
});

const nodes = fc.letrec<{ list: TlvNode[]; node: TlvNode }>((tie) => ({
  list: fc.array(tie('node'), { maxLength: 4, depthIdentifier: 'tlv' }),
  node: fc.oneof(
    { depthIdentifier: 'tlv', maxDepth: 4 },
    fc.record({
      tag: fc.constantFrom('5A', '9F26', '81', 'DF8101'),
      value: fc.uint8Array({ maxLength: 300 }),
    }),
    fc.record({ tag: fc.constantFrom('61', '6F', 'BF0C'), children: tie('list') }),
  ),
})).list;

test('data objects written are read again as they were', () => {
  fc.assert(
    fc.property(nodes, (list) => {
      expect(decodeTlv(encodeTlv(list))).toEqual({ ok: true, nodes: list });
    }),
  );
});

test('a data object cut short is refused at every place', () => {
  const bytes = encodeTlv([{ tag: '6F', children: [{ tag: '9F26', value: new Uint8Array(200) }] }]);
  for (let length = 1; length < bytes.length; length++) {
    expect(decodeTlv(bytes.subarray(0, length))).toMatchObject({ ok: false, error: { code: 'truncated' } });
  }
});

test('depth, size and number of objects are bounded', () => {
  const code = (bytes: Uint8Array) => {
    const decoded = decodeTlv(bytes);
    return decoded.ok ? 'ok' : decoded.error.code;
  };
  let nested: TlvNode = { tag: '61', children: [] };
  for (let depth = 1; depth < TLV_LIMITS.depthMax - 1; depth++) nested = { tag: '61', children: [nested] };
  expect(code(encodeTlv([nested]))).toBe('ok');
  expect(code(encodeTlv([{ tag: '61', children: [nested] }]))).toBe('too_deep');
  expect(code(new Uint8Array(TLV_LIMITS.bytesMax))).toBe('ok');
  expect(code(new Uint8Array(TLV_LIMITS.bytesMax + 1))).toBe('too_long');
  const empty = (count: number) => Uint8Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 0x81 : 0));
  expect(code(empty(TLV_LIMITS.objectsMax))).toBe('ok');
  expect(code(empty(TLV_LIMITS.objectsMax + 1))).toBe('too_many');
});

test('what is no data object is a bug and throws', () => {
  const value = new Uint8Array(0);
  for (const tag of ['', '5', '5a', '00', '9F', '5A5A', '9F8001', 'xx']) {
    expect(() => encodeTlv([{ tag, value }])).toThrow('tag');
  }
  expect(() => encodeTlv([{ tag: '61', value }])).toThrow('data objects');
  expect(() => encodeTlv([{ tag: '5A', children: [] }])).toThrow('a value');
  expect(() => encodeTlv([{ tag: '5A', value: new Uint8Array(300), lengthBytes: 1 }])).toThrow('300');
  expect(() => encodeTlv([{ tag: '00', padding: 0 }])).toThrow('padding');
});

test('objects are found in depth, and common tags have names', () => {
  const list: TlvNode[] = [{ tag: '61', children: [{ tag: '4F', value: Uint8Array.of(0xa0) }] }];
  expect(findTag(list, '61')).toBe(list[0]);
  expect(toHex(findValue(list, '4F') ?? new Uint8Array(0))).toBe('A0');
  expect(findValue(list, '61')).toBeUndefined();
  expect(findTag(list, '5A')).toBeUndefined();
  expect(tagName('9F26')).toBe('Application cryptogram');
  expect(tagName('constructor')).toBeUndefined();
});
