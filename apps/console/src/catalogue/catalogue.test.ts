import { describe, expect, it } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

type Words = { [key: string]: string | Words };

function flat(words: Words, prefix = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe('the words of the console', () => {
  const english = new Map(flat(en as Words));

  it('say the same things in both languages, with the same blanks to fill', () => {
    for (const [key, chinese] of flat(zh as unknown as Words)) {
      // "Sent once" needs no number.
      if (key.endsWith('_one')) continue;
      expect(placeholders(english.get(key) ?? ''), key).toEqual(placeholders(chinese));
    }
    expect(english.size).toBe(flat(zh as unknown as Words).length);
  });

  it('have no exclamation marks, and no Chinese left in the English', () => {
    for (const [key, text] of english) expect(text, key).not.toMatch(/[!！\u3400-\u9fff]/);
    for (const [key, text] of flat(zh as unknown as Words)) expect(text, key).not.toMatch(/[!！]/);
  });
});
