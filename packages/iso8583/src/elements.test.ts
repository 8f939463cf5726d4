import { describe, expect, test } from 'vitest';
import {
  amount,
  asciiText,
  describe as describeMessage,
  digits,
  feiqianAscii,
  isRepeat,
  isRequest,
  keyChangeData,
  MESSAGE_RULES,
  type Message,
  MTI,
  maskMessage,
  matchKey,
  messageClass,
  missingFields,
  originalData,
  paymentKey,
  processingCode,
  RESPONSE_CODES,
  readKeyChangeData,
  readOriginalData,
  readReplacementAmount,
  repeatMti,
  replacementAmounts,
  responseCode,
  responseMti,
  utf8Text,
} from './index.ts';

const purchase: Message = {
  mti: '0200',
  fields: {
    2: '9156001234567890',
    7: '1122010203',
    11: '000042',
    32: '915699',
    37: 'R00000000042',
    41: 'T1',
  },
};

describe('message types', () => {
  test('requests and advices have their answers, answers have none', () => {
    expect(['0100', '0200', '0220', '0221', '0400', '0420', '0421', '0800'].map(responseMti)).toEqual([
      '0110',
      '0210',
      '0230',
      '0230',
      '0410',
      '0430',
      '0430',
      '0810',
    ]);
    for (const mti of ['0110', '0210', '0230', '0810', '0900', '1200', 'abcd', ''])
      expect(responseMti(mti)).toBeNull();
  });

  test('a repeat has an odd last digit and the class of what it repeats', () => {
    expect([MTI.financialAdvice, MTI.reversalAdvice, '0421'].map(repeatMti)).toEqual([
      '0221',
      '0421',
      '0421',
    ]);
    expect(['0421', '0420', '421'].map(isRepeat)).toEqual([true, false, false]);
    expect(['0421', '0110', '0810', '0700'].map(messageClass)).toEqual([
      'reversal',
      'authorisation',
      'network',
      null,
    ]);
    expect(['0200', '0221', '0210', 'x'].map(isRequest)).toEqual([true, true, false, false]);
  });
});

describe('fields', () => {
  test('numbers get their full length or throw', () => {
    expect(amount(1800n)).toBe('000000001800');
    expect(digits(42, 6)).toBe('000042');
    expect(processingCode('refund')).toBe('200000');
    for (const bad of [
      () => amount(-1n),
      () => digits(1e21, 30),
      () => digits(1.5, 6),
      () => amount(10n ** 12n),
    ]) {
      expect(bad).toThrow('digits');
    }
  });

  test('people’s names are cut and cleaned, never refused', () => {
    expect(asciiText('Café 湖', 40)).toBe('Caf? ?');
    expect(asciiText('a'.repeat(50), 40)).toHaveLength(40);
    expect(utf8Text('湖畔面馆\n', 10)).toBe('湖畔面');
    expect(utf8Text('𠮷', 3)).toBe('');
  });

  test('field 90 names the original and is taken apart again', () => {
    const original = {
      mti: '0200',
      stan: '000042',
      transmittedAt: '1122010203',
      acquirer: '915699',
      forwarder: '7',
    };
    const text = originalData(original);
    expect(text).toBe('02000000421122010203' + '00000915699' + '00000000007');
    expect(readOriginalData(text)).toEqual(original);
    expect(readOriginalData(text.slice(1))).toBeNull();
    expect(() => originalData({ ...original, stan: '42' })).toThrow('42 digits');
  });

  test('field 95 says what is left of a partly reversed payment', () => {
    expect(readReplacementAmount(replacementAmounts(500n))).toBe(500n);
    expect(replacementAmounts(500n)).toHaveLength(42);
    expect(readReplacementAmount('500')).toBeNull();
  });

  test('field 48 carries a wrapped key with its check value', () => {
    for (const length of [24, 32, 40]) {
      const change = { wrapped: new Uint8Array(length).fill(0xa1), kcv: '0A1B2C' };
      expect(readKeyChangeData(keyChangeData(change))).toEqual(change);
    }
    for (const text of [
      '',
      'MAK',
      `MAK${'A'.repeat(48)}0A1B2`,
      `MAK${'a'.repeat(48)}0A1B2C`,
      `MAK${'A'.repeat(50)}0A1B2C`,
    ]) {
      expect(readKeyChangeData(text)).toBeNull();
    }
  });
});

describe('keys', () => {
  test('an answer matches its request, and another STAN, time, acquirer or terminal does not', () => {
    const answer = { mti: '0210', fields: { ...purchase.fields, 39: '00' } };
    expect(matchKey(answer)).toBe(matchKey(purchase));
    for (const [field, value] of [
      [11, '000043'],
      [7, '1122010204'],
      [32, '1'],
      [41, 'T2'],
    ] as const) {
      expect(matchKey({ ...purchase, fields: { ...purchase.fields, [field]: value } })).not.toBe(
        matchKey(purchase),
      );
    }
  });

  test('a reversal has the key of the payment it takes back', () => {
    const reversal: Message = {
      mti: '0421',
      fields: {
        7: '1123235959',
        11: '000099',
        32: '915699',
        37: 'R00000000042',
        90: originalData({ mti: '0200', stan: '000042', transmittedAt: '1122010203', acquirer: '915699' }),
      },
    };
    expect(paymentKey(reversal)).toBe(paymentKey(purchase));
    expect(paymentKey({ ...purchase, fields: { ...purchase.fields, 32: '00000915699' } })).toBe(
      paymentKey(purchase),
    );
    expect(paymentKey({ ...reversal, fields: { ...reversal.fields, 90: '1' } })).toBeNull();
    for (const field of [7, 11, 32, 37]) {
      const { [field]: _, ...fields } = purchase.fields;
      expect(paymentKey({ mti: '0200', fields: fields as Message['fields'] })).toBeNull();
    }
  });
});

describe('presence rules', () => {
  test('missing mandatory fields are named, also in a repeat', () => {
    expect(missingFields({ mti: '0800', fields: { 7: '', 11: '' } })).toEqual([33, 70]);
    expect(missingFields({ mti: '0421', fields: {} })).toEqual(missingFields({ mti: '0420', fields: {} }));
    expect(missingFields({ mti: '0201', fields: {} })).toEqual(missingFields({ mti: '0200', fields: {} }));
    expect(missingFields({ mti: '0600', fields: {} })).toBeNull();
    expect(missingFields({ mti: 'toString', fields: {} })).toBeNull();
  });

  test('every field of the rules is in the profile, and answers have a response code', () => {
    for (const [mti, rules] of Object.entries(MESSAGE_RULES)) {
      for (const field of Object.keys(rules)) expect(feiqianAscii.fields[Number(field)]).toBeDefined();
      if (!isRequest(mti)) expect(rules[39]).toBe('M');
    }
  });
});

test('what may be logged shows no full card number, track, PIN or chip data', () => {
  const message: Message = {
    mti: '0200',
    fields: {
      2: '9156001234567890',
      35: '9156001234567890=2912',
      41: 'T1',
      45: 'B9156001234567890^A/B^2912',
      52: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      55: Uint8Array.of(0x5a, 1, 0x91),
      61: '123',
      64: Uint8Array.of(0xab, 0, 0, 0, 0, 0, 0, 1),
      65: '9156001234567890',
      102: '6222021234567890123',
    },
  };
  const masked = maskMessage(feiqianAscii, message);
  expect(masked.fields).toMatchObject({
    2: '915600******7890',
    41: 'T1',
    64: 'AB00000000000001',
    65: '[removed]',
  });
  expect(JSON.stringify([masked, describeMessage(feiqianAscii, message)])).not.toMatch(
    /9156001234|0102030405|"123"|5A0191|2912/,
  );
  expect(describeMessage(feiqianAscii, message)[0]).toEqual({
    field: 2,
    name: 'Primary account number',
    value: '915600******7890',
  });
});

test('response codes have a meaning in both languages, and an unknown one is a decline', () => {
  for (const code of [
    '00',
    '03',
    '05',
    '12',
    '13',
    '14',
    '30',
    '41',
    '43',
    '51',
    '54',
    '55',
    '57',
    '61',
    '62',
    '63',
    '68',
    '91',
    '94',
    '96',
  ]) {
    expect(RESPONSE_CODES[code]).toMatchObject({ code });
  }
  const approving = Object.values(RESPONSE_CODES).filter((entry) => entry.outcome === 'approved');
  expect(approving.map((entry) => entry.code)).toEqual(['00']);
  expect(new Set(Object.values(RESPONSE_CODES).map((entry) => entry.name)).size).toBe(
    Object.keys(RESPONSE_CODES).length,
  );
  expect(responseCode('51')).toMatchObject({ name: 'insufficient_funds', zh: '余额不足' });
  expect(responseCode('Z9')).toMatchObject({ code: 'Z9', name: 'other', outcome: 'declined' });
  expect(responseCode('constructor')).toMatchObject({ name: 'other' });
});
