import { describe, expect, it } from 'vitest';
import { formatCount, formatMs, formatRate, formatShare, shortId } from './numbers.ts';

describe('numbers on screen', () => {
  it('never call 99.99 % all of it', () => {
    expect(formatShare(0.99996)).toBe('99.9%');
    expect(formatShare(1)).toBe('100%');
    expect(formatShare(0)).toBe('0.0%');
    expect(formatShare(null)).toBe('—');
  });

  it('show a duration in the unit one reads', () => {
    expect([0.84, 8, 182.4, 1240].map(formatMs)).toEqual(['0.8 ms', '8 ms', '182 ms', '1.24 s']);
    expect(formatMs(null)).toBe('—');
  });

  it('show a rate with the digits it is worth', () => {
    expect([0, 0.03, 0.4, 12.34, 180.6, 12000].map(formatRate)).toEqual([
      '0',
      '0.03',
      '0.4',
      '12.3',
      '181',
      '12,000',
    ]);
  });

  it('separate thousands', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
  });

  it('shorten an identifier to its random end', () => {
    expect(shortId('pay_0193f1c2a4b07c3d8e9f0a1b2c3d4e5f')).toBe('pay_…3d4e5f');
    expect(shortId('evt_1')).toBe('evt_1');
  });
});
