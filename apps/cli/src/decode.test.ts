import fc from 'fast-check';
import { expect, test } from 'vitest';
import tlvVectors from '../../../vectors/emv/tlv.json' with { type: 'json' };
import cpmVectors from '../../../vectors/emvqr/cpm.json' with { type: 'json' };
import mpmVectors from '../../../vectors/emvqr/mpm.json' with { type: 'json' };
import isoVectors from '../../../vectors/iso8583/messages.json' with { type: 'json' };
import { decodeInput, INPUT_KINDS, type InputKind, type RunSettings, runDecode } from './decode.ts';
import { encodeInput, runEncode } from './encode.ts';

const qr = mpmVectors.valid[0]?.text ?? '';
const inputs: [InputKind, string, string?][] = [
  ['qr', qr],
  ...cpmVectors.valid.map(({ base64 }): [InputKind, string] => ['cpm', base64]),
  ...tlvVectors.valid
    .filter(({ hex }) => hex !== '')
    .map(({ hex }): [InputKind, string] => ['tlv', hex.replaceAll(' ', '')]),
  ...isoVectors.cases.map(({ hex, profile }): [InputKind, string, string] => ['iso8583', hex, profile]),
];

/** Runs a tool as the shell would. */
async function run(tool: typeof runDecode, settings: RunSettings, lines: string[] = []) {
  let [out, err] = ['', ''];
  const io = {
    lines: (async function* () {
      yield* lines;
    })(),
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
  };
  return { code: await tool(settings, io), out, err };
}

test.for(inputs)(
  '%s %s: what was decoded is encoded to the identical input',
  async ([kind, input, profile]) => {
    const settings = { kind, clear: true, ...(profile === undefined ? {} : { profile }) };
    const decoded = await run(runDecode, { ...settings, input });
    expect(decoded).toMatchObject({ code: 0, err: '' });
    expect(await run(runEncode, { ...settings, input: decoded.out })).toEqual({
      code: 0,
      out: `${input}\n`,
      err: '',
    });
    const pretty = await run(runDecode, { ...settings, input, pretty: true });
    expect(JSON.parse(pretty.out)).toEqual(JSON.parse(decoded.out));
  },
);

test('small letters come back as small letters, and blanks between bytes do not matter', () => {
  for (const kind of ['tlv', 'iso8583'] as const) {
    const hex = kind === 'tlv' ? '9f360200ab' : (isoVectors.cases[0]?.hex ?? '').toLowerCase();
    const decoded = decodeInput(kind, hex, { clear: true });
    const spaced = decodeInput(kind, hex.replace(/(..)/g, '$1 \t'), { clear: true });
    expect(decoded).toMatchObject({ ok: true });
    expect(spaced).toEqual(decoded);
    if (decoded.ok) expect(encodeInput(kind, decoded.value)).toEqual({ ok: true, text: hex });
  }
});

test('a bank message shows no card number unless it is asked to', () => {
  const purchase = isoVectors.cases.find((vector) => vector.name === 'purchase');
  const masked = decodeInput('iso8583', purchase?.hex ?? '');
  expect(JSON.stringify(masked)).not.toMatch(/9156001234567890|0123456789ABCDEF/);
  expect(masked).toMatchObject({
    ok: true,
    value: {
      profile: 'feiqianAscii',
      mti: '0200',
      masked: true,
      fields: { 2: '915600******7890', 4: '000000001800' },
    },
  });
  expect(masked.ok && encodeInput('iso8583', masked.value)).toMatchObject({
    ok: false,
    error: { code: 'bad_shape' },
  });
  expect(decodeInput('iso8583', purchase?.hex ?? '', { clear: true })).toMatchObject({
    value: { fields: { 2: '9156001234567890' }, names: { 2: 'Primary account number' } },
  });
});

test('codes are shown by meaning: references of ours, the pay code, names and text', () => {
  const decoded = decodeInput('qr', qr);
  expect(decoded).toMatchObject({
    value: {
      value: { name: 'BEST TRANSPORT', amount: '23.72' },
      tree: expect.arrayContaining([{ id: '00', name: 'Payload format indicator', value: '01' }]),
    },
  });
  const payCode = cpmVectors.payCodes[0];
  expect(decodeInput('cpm', Buffer.from(payCode?.hex ?? '', 'hex').toString('base64'))).toMatchObject({
    value: {
      payCode: payCode?.digits,
      nodes: [
        { tag: '85', text: 'CPV01' },
        { tag: '61', name: 'Application template' },
      ],
    },
  });
});

test('a merchant code is also written by meaning, without its tree', () => {
  const decoded = decodeInput('qr', qr);
  const value = decoded.ok ? decoded.value.value : {};
  const written = encodeInput('qr', { value });
  expect(written).toMatchObject({ ok: true });
  expect(written.ok && decodeInput('qr', written.text)).toMatchObject({ ok: true, value: { value } });
});

test.for<[InputKind, string, string, number]>([
  ['qr', qr.replace('A13A', '0000'), 'bad_crc', 244],
  ['qr', '  ', 'empty', 0],
  ['qr', 'x'.repeat(200_001), 'too_long', 200_000],
  ['cpm', 'hQVD!', 'bad_base64', 4],
  ['tlv', '5A03AABB', 'truncated', 4],
  ['tlv', '5A 0G', 'bad_hex', 1],
  ['tlv', '5A0', 'bad_hex', 1],
  ['iso8583', '30383030', 'truncated', 4],
  ['iso8583', 'hello', 'bad_hex', 0],
])('decode %s of a bad input exits 1 with %3$s', async ([kind, input, code, offset]) => {
  const result = await run(runDecode, { kind, input });
  expect(result).toMatchObject({ code: 1, out: '' });
  expect(result.err).toMatch(new RegExp(`^${code} at ${offset}: .+\\n$`));
});

test('an unknown profile is refused and the known ones are named', async () => {
  const settings = { kind: 'iso8583' as const, input: '00', profile: 'toString' };
  expect((await run(runDecode, settings)).err).toContain('feiqianAscii, feiqianBcd');
  expect((await run(runEncode, { ...settings, input: '{}' })).err).toContain('feiqianAscii, feiqianBcd');
});

test('with - each line gives one JSON object, errors included, and encode turns them back', async () => {
  const lines = [qr, 'garbage', '', `${qr}0`, qr];
  const decoded = await run(runDecode, { kind: 'qr', input: '-' }, lines);
  const printed = decoded.out.trimEnd().split('\n');
  const objects = printed.map((line) => JSON.parse(line));
  expect(decoded).toMatchObject({ code: 0, err: '' });
  expect(objects.map((object) => object.error?.code ?? 'ok')).toEqual([
    'ok',
    'bad_id',
    'empty',
    'truncated',
    'ok',
  ]);
  expect(objects[1].error).toEqual({ code: 'bad_id', reason: expect.any(String), offset: 0 });
  const encoded = (await run(runEncode, { kind: 'qr', input: '-' }, printed)).out.trimEnd().split('\n');
  expect([encoded[0], encoded[4]]).toEqual([qr, qr]);
  expect(JSON.parse(encoded[1] ?? '')).toMatchObject({ error: { code: 'bad_shape' } });
});

test('no text crashes decode, and no JSON crashes encode', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  );
  fc.assert(
    fc.property(fc.constantFrom(...INPUT_KINDS), text, (kind, text) => {
      const decoded = decodeInput(kind, text, { clear: true });
      if (decoded.ok) expect(encodeInput(kind, decoded.value).ok).toBe(true);
      else expect(decoded.error.reason).not.toBe('');
    }),
    { numRuns: 400 },
  );
  const key = fc.constantFrom(
    'tree',
    'nodes',
    'value',
    'id',
    'tag',
    'children',
    'fields',
    'mti',
    'accounts',
    'header',
    'name',
    '2',
  );
  const json = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthIdentifier: 'json', maxDepth: 4 },
      fc.constantFrom(null, true, 0, 1e9, '', '00', '5A', '61', 'AB', '0200', '26'),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(key, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.constantFrom(...INPUT_KINDS), json, (kind, json) => {
      const encoded = encodeInput(kind, json);
      if (!encoded.ok) expect(encoded.error.reason).not.toBe('');
    }),
    { numRuns: 400 },
  );
});

test('each malformed part of a JSON input is refused by its place', () => {
  const minimal = {
    accounts: [],
    categoryCode: '5411',
    currency: '156',
    country: 'CN',
    name: 'N',
    city: 'C',
  };
  const reason = (kind: InputKind, json: unknown) => {
    const encoded = encodeInput(kind, json);
    return encoded.ok ? 'written' : encoded.error.reason;
  };
  expect(reason('qr', { value: minimal })).toContain('merchant account');
  expect(reason('qr', { value: { ...minimal, name: 5 } })).toContain('name');
  expect(
    reason('qr', { value: { ...minimal, accounts: [{ id: '26', guid: 'g', fields: { '01': 1 } }] } }),
  ).toContain('fields');
  expect(reason('qr', { value: { ...minimal, additional: { templates: [{}] } } })).toContain('template');
  expect(
    reason('qr', {
      tree: [
        { id: '00', value: '01' },
        { id: '26', value: 'x' },
      ],
    }),
  ).toContain('26');
  expect(reason('tlv', { nodes: [{ tag: '5A', value: 'XY' }] })).toContain('5A');
  expect(reason('tlv', { nodes: [{ tag: '00' }] })).toContain('padding');
  expect(reason('cpm', { nodes: [] })).toContain('85');
  expect(reason('iso8583', { mti: '0200', fields: { 4: '1' } })).toContain('field 4');
  expect(reason('iso8583', { mti: '0200', fields: { 64: '0' } })).toContain('field 64');
  expect(reason('iso8583', { mti: '0200', fields: { __proto__x: '0' } })).toContain('field');
  let deep: unknown = [];
  for (let i = 0; i < 100; i++) deep = [{ tag: '61', children: deep }];
  expect(reason('tlv', { nodes: deep })).toContain('deeper');
});
