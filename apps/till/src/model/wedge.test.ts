import { describe, expect, it } from 'vitest';
import { idleWedge, readKey, readSilence, type WedgeRead, wedgeGapMsMax } from './wedge.ts';

function feed(keys: readonly string[], gapMs: number, from = idleWedge): WedgeRead[] {
  let wedge = from;
  return keys.map((key, i) => {
    const read = readKey(wedge, key, 1000 + i * gapMs);
    wedge = read.wedge;
    return read;
  });
}
const digits = '6212345678901234567';

describe('a hand scanner that types', () => {
  it('is heard when digits come fast and end with Enter', () => {
    const last = feed([...digits, 'Enter'], 8).at(-1);
    expect(last).toMatchObject({ kind: 'scan', scanned: digits });
  });

  it('is heard at the speed of a slow wireless scanner, and with Tab as its last key', () => {
    expect(feed([...digits, 'Tab'], wedgeGapMsMax).at(-1)?.scanned).toBe(digits);
  });

  it('is heard with capital letters, for which the scanner presses Shift', () => {
    const keys = ['h', 'Shift', 'Q', 'V', 'Shift', 'D', 'U', 'F', 'Y', 'w', 'M', 'W', 'E', 'T', 'Enter'];
    expect(feed(keys, 8).at(-1)?.scanned).toBe('hQVDUFYwMWET');
  });

  it('is known before its end, so that its keys can be kept from the page', () => {
    const kinds = feed([...digits], 8).map((r) => r.kind);
    expect(kinds[0]).toBe('first');
    expect(kinds.at(-1)).toBe('burst');
  });

  it('is not confused with a person who types an amount and presses Enter', () => {
    const kinds = feed(['1', '8', '.', '5', 'Enter'], 140).map((r) => r.kind);
    expect(kinds).toEqual(['first', 'first', 'first', 'first', 'none']);
  });

  it('is not confused with the longest amount, however quick the hand', () => {
    expect(feed([...'9999999.99', 'Enter'], 30).at(-1)?.kind).toBe('none');
  });

  it('does not join what was typed before a pause to the scan after it', () => {
    const typed = readKey(idleWedge, '9', 0).wedge;
    expect(feed([...digits, 'Enter'], 8, typed).at(-1)?.scanned).toBe(digits);
  });

  it('forgets a scan that stops half way', () => {
    const half = feed([...digits.slice(0, 12)], 8).at(-1)?.wedge ?? idleWedge;
    expect(readKey(half, 'Enter', 9000).kind).toBe('none');
  });

  it('is heard without a last key, after a silence', () => {
    const last = feed([...digits], 8).at(-1)?.wedge ?? idleWedge;
    expect(readSilence(last)).toBe(digits);
    expect(readSilence(feed(['1', '8'], 8).at(-1)?.wedge ?? idleWedge)).toBeNull();
  });

  it('is broken off by an arrow key', () => {
    expect(feed([...digits, 'ArrowLeft', 'Enter'], 8).at(-1)?.kind).toBe('none');
  });
});
