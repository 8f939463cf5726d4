import { describe, expect, it } from 'vitest';
import { readCode } from './pay-code.ts';

describe('what was scanned', () => {
  it.each([
    ['6212345678901234567', 'pay_code'],
    ['6212 3456 7890 1234 567', 'pay_code'],
    [' 6212345678901234567\n', 'pay_code'],
    ['hQVDUFYwMWETTwegAAAABVVZ', 'pay_code'],
    ['6212345678901234', 'incomplete'],
    ['6901234567892', 'foreign'],
    ['000201010212290012cn.feiqian', 'merchant_code'],
    ['62123456789', 'incomplete'],
    ['62123456789012345678', 'foreign'],
    ['https://example.org', 'foreign'],
    ['', 'foreign'],
  ])('knows %s as %s', (text, kind) => {
    expect(readCode(text).kind).toBe(kind);
  });

  it('gives the digits bare', () => {
    expect(readCode('6212 3456 7890 1234 567')).toEqual({ kind: 'pay_code', text: '6212345678901234567' });
  });

  it('refuses a text longer than the network takes', () => {
    expect(readCode(`hQVDUFYwMW${'A'.repeat(600)}`).kind).toBe('foreign');
  });
});
