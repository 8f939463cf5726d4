import { describe, expect, it } from 'vitest';
import { en, fill, zh } from './words.ts';

const blanks = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe('the words of the landing page', () => {
  it('have the same blanks in both languages', () => {
    for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
      expect(blanks(en[key]), key).toEqual(blanks(zh[key]));
    }
  });

  it('have no exclamation marks, and no Chinese in the English but the way back to it', () => {
    for (const [key, text] of Object.entries(en)) {
      expect(text, key).not.toMatch(/[!！]/);
      if (key !== 'language') expect(text, key).not.toMatch(/[\u3400-\u9fff]/);
    }
  });
});

describe('filling a sentence', () => {
  it('puts values in their places and shows a blank that has none', () => {
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });
});
