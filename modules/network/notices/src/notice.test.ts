import { expect, test } from 'vitest';
import { accountIdOf, askPauseMs, askPauseMsMax, completeWith, noticeView } from './notice.ts';

test('what is complete ends before the first gap, in whatever order it came', () => {
  expect(completeWith(0n, [3n, 1n, 2n])).toBe(3n);
  expect(completeWith(0n, [3n, 1n])).toBe(1n);
  expect(completeWith(5n, [])).toBe(5n);
  expect(completeWith(5n, [7n, 8n])).toBe(5n);
  expect(completeWith(5n, [8n, 6n, 7n, 10n])).toBe(8n);
});

test('questions in vain come at longer and longer pauses', () => {
  expect([0, 1, 2, 3].map(askPauseMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(askPauseMs(1_000)).toBe(askPauseMsMax);
});

test('accounts of two banks with the same reference are two accounts', () => {
  const ref = `acc_${'0'.repeat(32)}`;
  expect(accountIdOf('bank-1', ref)).toBe(accountIdOf('bank-1', ref));
  expect(accountIdOf('bank-1', ref)).not.toBe(accountIdOf('bank-2', ref));
});

test('a person is shown the money and the words, never the bank’s own references', () => {
  const ref = `acc_${'1'.repeat(32)}`;
  const card = `card_${'2'.repeat(32)}`;
  const view = noticeView(
    {
      position: 1n,
      id: '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f',
      memberId: 'member',
      ref,
      sequence: 4n,
      userId: null,
      type: 'card.status_changed',
      data: { card_ref: card, status: 'lost' },
      atMs: 0,
      receivedAtMs: 1,
      read: false,
    },
    { id: 'yunzhou', name: '云州银行', name_en: 'Bank of Yunzhou', colour: '#175cd3' },
  );
  expect(view).toMatchObject({ type: 'card.status_changed', card_status: 'lost', amount: null, read: false });
  expect(JSON.stringify(view)).not.toContain(ref);
  expect(JSON.stringify(view)).not.toContain(card);
});
