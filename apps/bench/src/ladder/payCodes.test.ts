import { verifyPayCode } from '@feiqian/keys';
import { expect, test } from 'vitest';
import { createPayCodeSource } from './payCodes.ts';

const secret = new Uint8Array(32).fill(7);
const cards = [0, 1, 2].map((slot) => ({ secret, handle: '12345678', slot }));
const nowMs = 1_800_000_000_000;

test('every code is new, current and of a card, until all are used up', () => {
  const next = createPayCodeSource(cards);
  const codes: string[] = [];
  for (let code = next(nowMs); code !== null; code = next(nowMs)) codes.push(code);
  // Three cards in this step and in the three before it.
  expect(codes).toHaveLength(12);
  expect(new Set(codes).size).toBe(12);
  for (const digits of codes) expect(verifyPayCode({ secret, digits, nowMs })).toMatchObject({ ok: true });
});

test('with the next step every card has a new code', () => {
  const next = createPayCodeSource(cards);
  while (next(nowMs) !== null);
  expect(next(nowMs + 15_000)).toMatch(/^91[0-9]{17}$/);
});
