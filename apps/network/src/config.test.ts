import { expect, test } from 'vitest';
import { parseConfig, redacted } from './config.ts';

const key = '11'.repeat(32);
const contact = 'mailto:operator@example.org';
const problemsOf = (env: Record<string, string>) => {
  const parsed = parseConfig(env);
  return parsed.ok ? [] : parsed.problems.map((p) => p.name);
};

test('push messages need a key on P-256 and somebody to reach, both or neither', () => {
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ FEIQIAN_PUSH_KEY: key, FEIQIAN_PUSH_CONTACT: contact })).toEqual([]);
  expect(problemsOf({ FEIQIAN_PUSH_KEY: key, FEIQIAN_PUSH_CONTACT: 'https://example.org/push' })).toEqual([]);
  expect(problemsOf({ FEIQIAN_PUSH_KEY: key })).toEqual(['FEIQIAN_PUSH_KEY']);
  expect(problemsOf({ FEIQIAN_PUSH_CONTACT: contact })).toEqual(['FEIQIAN_PUSH_KEY']);
  for (const wrong of ['00'.repeat(32), 'ff'.repeat(32), key.slice(2), 'secret'])
    expect(problemsOf({ FEIQIAN_PUSH_KEY: wrong, FEIQIAN_PUSH_CONTACT: contact })).toEqual([
      'FEIQIAN_PUSH_KEY',
    ]);
  for (const wrong of ['operator@example.org', 'mailto:', 'http://example.org'])
    expect(problemsOf({ FEIQIAN_PUSH_KEY: key, FEIQIAN_PUSH_CONTACT: wrong })).toEqual([
      'FEIQIAN_PUSH_CONTACT',
    ]);
});

test('a key is never shown', () => {
  const parsed = parseConfig({ FEIQIAN_PUSH_KEY: key, FEIQIAN_PUSH_CONTACT: contact });
  if (!parsed.ok) throw new Error('refused');
  expect(JSON.stringify(redacted(parsed.config))).not.toContain(key);
});
