import { describe, expect, it } from 'vitest';
import { sentenceOf, spokenNumber, tuneOf } from './announce.ts';

const cny = (minor: number) => ({ minor, currency: 'CNY', exponent: 2 });

describe('what the till says aloud', () => {
  it.each([
    [1800, '18'],
    [1850, '18.5'],
    [1805, '18.05'],
    [5, '0.05'],
    [123456700, '1234567'],
  ])('says %i fen as %s', (minor, said) => {
    expect(spokenNumber(minor, 2)).toBe(said);
  });

  it('speaks of money only when it arrived', () => {
    expect(sentenceOf('paid', cny(1800), 'zh-CN')).toBe('到账 18 元');
    expect(sentenceOf('paid', cny(1850), 'en')).toBe('Received 18.5 yuan');
    for (const phase of ['declined', 'reversed', 'refused'] as const) {
      expect(sentenceOf(phase, cny(1800), 'zh-CN')).not.toContain('18');
      expect(tuneOf(phase)).toBe('not_paid');
    }
  });

  it('is silent while nothing is known', () => {
    for (const phase of ['opening', 'showing', 'collecting', 'checking', 'cancelled', 'expired'] as const) {
      expect(sentenceOf(phase, cny(1800), 'zh-CN')).toBeNull();
      expect(tuneOf(phase)).toBeNull();
    }
  });
});
