import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLuhnValid } from '@feiqian/keys';
import { expect, test } from 'vitest';
import { sandboxBanks, sandboxPeople, testCards } from './sandbox.ts';

const cards = sandboxBanks.flatMap(({ settings, seed }) => seed.cards.map((card) => ({ ...card, settings })));

test('every card number is of sixteen digits, of its bank’s range, valid, and issued once', () => {
  for (const { pan, settings } of cards) {
    expect(pan).toMatch(/^[0-9]{16}$/);
    expect(isLuhnValid(pan)).toBe(true);
    expect(settings.bins.some((bin) => pan.startsWith(bin))).toBe(true);
  }
  expect(new Set(cards.map((c) => c.pan)).size).toBe(cards.length);
});

test('each test card is issued, with its outcome, to one person who can bind them all at once', () => {
  expect(testCards.length).toBeLessThanOrEqual(10);
  expect(new Set(testCards.map((c) => c.outcome))).toEqual(
    new Set([
      'approve',
      'insufficient_funds',
      'do_not_honour',
      'lost_card',
      'time_out',
      'late_answer',
      'duplicate_answer',
      'wrong_amount',
      'bad_mac',
    ]),
  );
  const bank = sandboxBanks.find((b) => b.settings.id === testCards[0]?.bank);
  for (const { pan, outcome } of testCards) {
    const card = bank?.seed.cards.find((c) => c.pan === pan);
    const account = bank?.seed.accounts.find((a) => a.key === card?.account);
    expect(account?.customer).toBe(sandboxPeople.at(-1)?.mobile);
    expect(card?.outcome ?? 'insufficient_funds').toBe(outcome);
  }
});

test('each person has a debit and a credit card at each of two or three banks', () => {
  for (const { mobile, banks } of sandboxPeople.slice(0, -1)) {
    expect([2, 3]).toContain(banks.length);
    for (const { settings, seed } of sandboxBanks) {
      const kinds = seed.accounts.filter((a) => a.customer === mobile).map((a) => a.kind);
      expect(kinds).toEqual(banks.includes(settings.id) ? ['current', 'credit'] : []);
    }
  }
});

test('the README lists the test cards as they are', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  const rows = testCards.map(
    (c) => `| \`${c.pan}\` | \`${c.outcome}\` | ${c.description_en} | ${c.description_zh} |`,
  );
  for (const row of rows) expect(readme).toContain(row);
  expect(readme.match(/^\| `[0-9]{16}`/gm)).toHaveLength(rows.length);
});
