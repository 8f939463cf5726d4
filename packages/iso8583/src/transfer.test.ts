import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  AMOUNT_TYPE,
  accountIdentification,
  additionalAmounts,
  decodeMessage,
  encodeMessage,
  feiqianAscii,
  feiqianBcd,
  LIMIT_MARKS,
  limitNotice,
  MessageFormatError,
  maskMessage,
  readAccountIdentification,
  readAdditionalAmounts,
  readLimitNotice,
} from './index.ts';

const from = { institution: '915600', number: '9156001000000012' };
const to = { institution: '91560103', number: '9156011000000011' };

test('both ends of a transfer fit into fields 102 and 103 of both profiles', () => {
  const fields = { 102: accountIdentification(from), 103: accountIdentification(to) };
  for (const profile of [feiqianAscii, feiqianBcd]) {
    const decoded = decodeMessage(profile, encodeMessage(profile, { mti: '0200', fields }));
    expect(decoded.ok && decoded.message.fields).toEqual(fields);
    expect(decoded.ok && JSON.stringify(maskMessage(profile, decoded.message))).not.toMatch(/100000001/);
  }
  expect(readAccountIdentification(fields[103])).toEqual(to);
});

test.each(['', '915600', '915600/', '0915600/9156001000000012', '915600/91560010000x0012', 'a/b'])(
  '%j is no account',
  (text) => {
    expect(readAccountIdentification(text)).toBeNull();
    const [institution = '', number = ''] = text.split('/');
    expect(() => accountIdentification({ institution, number })).toThrow(MessageFormatError);
  },
);

test('a limit is named with its end, to the second', () => {
  const untilMs = Date.UTC(2026, 0, 5, 16);
  expect(limitNotice({ limit: 'out_day', untilMs })).toBe('LOD20260105160000');
  expect(limitNotice({ limit: 'balance', untilMs: null })).toBe('LBA00000000000000');
  for (const limit of Object.keys(LIMIT_MARKS) as (keyof typeof LIMIT_MARKS)[]) {
    for (const at of [untilMs, null]) {
      const text = limitNotice({ limit, untilMs: at });
      expect(text.length).toBeLessThanOrEqual(25);
      expect(readLimitNotice(text)).toEqual({ limit, untilMs: at });
    }
  }
  for (const text of ['', 'LXX20260105160000', 'something else']) expect(readLimitNotice(text)).toBeNull();
});

test('additional amounts come out as they went in, and no text at all makes their reader throw', () => {
  const type = fc.constantFrom(...(Object.keys(AMOUNT_TYPE) as (keyof typeof AMOUNT_TYPE)[]));
  const one = fc.record({
    accountType: fc.constantFrom('00', '10', '30'),
    type,
    currency: fc.constant('156'),
    amount: fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (amounts) => {
      expect(readAdditionalAmounts(additionalAmounts(amounts))).toEqual(amounts);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void readAdditionalAmounts(text)));
  expect(additionalAmounts([{ accountType: '30', type: 'owing', currency: '156', amount: -1234n }])).toBe(
    '3003156D000000001234',
  );
});
