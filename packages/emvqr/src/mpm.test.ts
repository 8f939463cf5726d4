import { expect, test } from 'vitest';
import vectors from '../../../vectors/emvqr/mpm.json' with { type: 'json' };
import {
  crc16,
  decodeMpm,
  encodeMpm,
  encodeMpmTree,
  type MerchantPresented,
  PAYLOAD_CHARACTERS_MAX,
} from './index.ts';

const sample = vectors.valid[0]?.text ?? '';
const minimal: MerchantPresented = {
  accounts: [{ id: '26', guid: 'org.feiqian.pay', fields: { '01': 'mer_1' } }],
  categoryCode: '5411',
  currency: '156',
  country: 'CN',
  name: 'LAKESIDE NOODLES',
  city: 'YUNZHOU',
};

/** A payload of these data objects with a right CRC. */
function sealed(body: string): string {
  return `${body}6304${crc16(`${body}6304`)}`;
}

function refusal(text: string): { code: string; offset: number } | 'taken' {
  const decoded = decodeMpm(text);
  return decoded.ok ? 'taken' : { code: decoded.error.code, offset: decoded.error.offset };
}

test.for(vectors.crc)('the CRC of "$text" is $crc', ({ text, crc }) => {
  expect(crc16(text)).toBe(crc);
});

test.for(vectors.valid)('the published example is read by meaning and written again', ({ text, value }) => {
  const decoded = decodeMpm(text);
  expect(decoded).toMatchObject({ ok: true, value });
  if (decoded.ok) expect(encodeMpmTree(decoded.tree)).toBe(text);
});

test('lengths count characters, not bytes, also outside the basic plane', () => {
  const value = { ...minimal, language: { language: 'ZH', name: '𠮷野家🍜' } };
  const text = encodeMpm(value);
  expect(text).toContain('64140002ZH0104𠮷野家🍜');
  expect(decodeMpm(text)).toMatchObject({ ok: true, value });
});

test('a changed character anywhere in the example is noticed', () => {
  const characters = Array.from(sample);
  for (let at = 0; at < characters.length; at++) {
    const changed = characters
      .map((character, i) => (i === at ? (character === '7' ? '8' : '7') : character))
      .join('');
    expect(refusal(changed)).not.toBe('taken');
  }
});

test('the example cut short is refused at every place', () => {
  const characters = Array.from(sample);
  for (let length = 0; length < characters.length; length++) {
    expect(refusal(characters.slice(0, length).join(''))).not.toBe('taken');
  }
});

test('what is no payload is refused with its reason and place', () => {
  expect(refusal('')).toEqual({ code: 'missing', offset: 0 });
  expect(refusal('https://example.com/pay')).toEqual({ code: 'bad_id', offset: 0 });
  expect(refusal('000')).toEqual({ code: 'truncated', offset: 3 });
  expect(refusal('0002')).toEqual({ code: 'truncated', offset: 4 });
  expect(refusal('00xx01')).toEqual({ code: 'bad_length', offset: 2 });
  expect(refusal('000001')).toEqual({ code: 'bad_length', offset: 2 });
  expect(refusal('０００２０１')).toEqual({ code: 'bad_id', offset: 0 });
  expect(refusal('000201')).toEqual({ code: 'missing', offset: 6 });
  expect(refusal('00020100020163040000')).toEqual({ code: 'duplicate', offset: 6 });
  expect(refusal('000201\u00006304')).toEqual({ code: 'bad_character', offset: 6 });
  expect(refusal('000201\ud8006304')).toEqual({ code: 'bad_character', offset: 6 });
  expect(refusal('63040000')).toEqual({ code: 'misplaced', offset: 0 });
  expect(refusal(sealed('000201').replace(/....$/, '0000'))).toEqual({ code: 'bad_crc', offset: 10 });
  expect(refusal(`${sealed('000201')}5802CN`)).toEqual({ code: 'misplaced', offset: 6 });
  expect(refusal('9'.repeat(5000))).toEqual({ code: 'too_long', offset: PAYLOAD_CHARACTERS_MAX });
});

test('a CRC in lower case is refused, because it would not be written so again', () => {
  expect(refusal(sample.replace('A13A', 'a13a'))).toMatchObject({ code: 'bad_crc' });
});

const body = '000201010211021645678901234567895204541153031565802CN5908LAKESIDE6007YUNZHOU';

test('each wrong value is refused at its place', () => {
  expect(refusal(sealed(body))).toBe('taken');
  const cases: [from: string, to: string, code: string][] = [
    ['000201', '000202', 'bad_value'],
    ['010211', '010213', 'bad_value'],
    ['52045411', '5204541x', 'bad_value'],
    ['5303156', '5303CNY', 'bad_value'],
    ['5802CN', '5802cn', 'bad_value'],
    ['5908LAKESIDE', `5926${'L'.repeat(26)}`, 'bad_value'],
    ['6007YUNZHOU', `6016${'Y'.repeat(16)}`, 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU54040.00', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU54051.2.3', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU550204', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU550202', 'missing'],
    ['6007YUNZHOU', '6007YUNZHOU56011', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU5502025703100', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU5502015701 5', 'truncated'],
    ['6007YUNZHOU', '6007YUNZHOU62050001A', 'bad_id'],
    ['6007YUNZHOU', '6007YUNZHOU62050901X', 'bad_value'],
    ['6007YUNZHOU', '6007YUNZHOU64060002ZH', 'missing'],
    ['6007YUNZHOU', '6007YUNZHOU80050101A', 'missing'],
    ['6007YUNZHOU', '6007YUNZHOU26041234', 'truncated'],
    ['02164567890123456789', '', 'missing'],
    ['52045411', '', 'missing'],
    ['5303156', '', 'missing'],
    ['5802CN', '', 'missing'],
    ['5908LAKESIDE', '', 'missing'],
    ['6007YUNZHOU', '', 'missing'],
  ];
  for (const [from, to, code] of cases) {
    expect(body).toContain(from);
    expect([to, refusal(sealed(body.replace(from, to)))]).toMatchObject([to, { code }]);
  }
});

test('tips are read and written in their three kinds', () => {
  for (const tip of [
    { kind: 'prompt' },
    { kind: 'fixed', amount: '2' },
    { kind: 'percentage', percent: '7.5' },
  ] as const) {
    expect(decodeMpm(encodeMpm({ ...minimal, tip }))).toMatchObject({ ok: true, value: { tip } });
  }
});

test('what the specification does not allow is a bug of the writer and throws', () => {
  const wrong: Partial<MerchantPresented>[] = [
    { accounts: [] },
    { amount: '1,20' },
    { amount: '0.00' },
    { name: '' },
    { name: 'N'.repeat(26) },
    { country: 'CHN' },
    { accounts: [{ id: '26', value: 'no template' }] },
    { accounts: [{ id: '02', guid: 'x', fields: {} }] },
    { accounts: [{ id: '2', value: 'x' }] },
    { accounts: [{ id: '52', value: 'x' }] },
    { accounts: [{ id: '26', guid: 'g'.repeat(33), fields: {} }] },
    { additional: {} },
    { city: 'a\nb' },
  ];
  for (const change of wrong)
    expect(() => encodeMpm({ ...minimal, ...change }), JSON.stringify(change)).toThrow();
  const templates = ['80', '81', '82', '83', '84', '85', '86'].map((id) => ({
    id,
    guid: 'g',
    fields: { '01': 'x'.repeat(90) },
  }));
  expect(() => encodeMpm({ ...minimal, unreserved: templates })).toThrow(String(PAYLOAD_CHARACTERS_MAX));
});
