import { expect, test } from 'vitest';
import { type Application, isOpen, lookAfterMs, lookMsMax, toldBy } from './application.ts';

const application: Application = {
  id: '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f',
  userId: 'user',
  deviceId: 'device',
  memberId: 'member',
  bankRef: 'app_1',
  product: 'yunzhou_standard',
  state: 'reviewing',
  creditLimit: null,
  declinedBecause: null,
  cardRef: null,
  card: 'none',
  cardId: null,
  createdAtMs: 0,
  decidedAtMs: null,
  tries: 3,
};
const told = {
  id: 'app_1',
  product: 'yunzhou_standard',
  state: 'approved' as const,
  credit_limit: 2_400_000,
  declined_because: null,
  account_ref: 'acc_1',
  card_ref: 'card_1',
  created_at: '2026-01-05T01:00:00.000Z',
  decided_at: '2026-01-05T01:00:03.000Z',
};

test('an approval brings a card to be bound, once', () => {
  const approved = toldBy(application, told);
  expect(approved).toMatchObject({
    state: 'approved',
    creditLimit: 2_400_000n,
    card: 'binding',
    cardRef: 'card_1',
  });
  expect(isOpen(approved)).toBe(true);
  const bound = { ...approved, card: 'bound' as const, cardId: 'token' };
  expect(toldBy(bound, told).card).toBe('bound');
  expect(isOpen(bound)).toBe(false);
});

test('a refusal ends it', () => {
  const declined = toldBy(application, {
    ...told,
    state: 'declined',
    credit_limit: null,
    card_ref: null,
    declined_because: 'income',
  });
  expect(declined).toMatchObject({ state: 'declined', declinedBecause: 'income', card: 'none' });
  expect(isOpen(declined)).toBe(false);
});

test('an application without news is looked at less and less often', () => {
  expect([0, 1, 2].map(lookAfterMs)).toEqual([1_000, 2_000, 4_000]);
  expect(lookAfterMs(99)).toBe(lookMsMax);
});
