import { createIds } from '@feiqian/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBank } from '../src/index.ts';
import { type ApiClient, apiClient } from './api-client.ts';
import { type IsoClient, payment, signedOnClient } from './iso-client.ts';
import { creditLeg, fresh } from './legs.ts';
import { type NetworkHook, networkHook } from './network-hook.ts';
import { opened, panOf, person } from './people.ts';
import { startTestBank, type TestBank } from './test-bank.ts';

let hook: NetworkHook;
let bank: TestBank;
let iso: IsoClient;
let api: ApiClient;
let nowMs = 0;
beforeAll(async () => {
  hook = await networkHook(() => nowMs);
  bank = await startTestBank({ notices: { url: hook.url, secretHex: hook.secretHex } });
  nowMs = bank.clock.now();
  iso = await signedOnClient(bank.settings, bank.bank.isoPort);
  api = apiClient(bank.settings, bank.bank.apiPort);
});
afterAll(async () => {
  iso?.end();
  await bank?.stop();
  await hook?.close();
});

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    // A retry waits on the bank's clock, which stands still.
    bank.clock.advance(100);
    nowMs = bank.clock.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const buy = (who: number, amount = 100) =>
  iso.ask(payment({ pan: panOf(person(who), 'debit'), amount, ...fresh() }));
const bySubject = () => {
  const found = new Map<string, number[]>();
  for (const n of hook.acknowledged) found.set(n.subject, [...(found.get(n.subject) ?? []), n.sequence]);
  return found;
};

test('nobody is told of an account before its customer consents', async () => {
  await buy(1);
  await api.consent(person(1).mobile);
  await buy(1, 250);
  await until(() => hook.acknowledged.length >= 1, 'the first notice');
  const [delivery] = hook.deliveries;
  expect(delivery).toMatchObject({ authentic: true, fits: true });
  expect(hook.acknowledged).toMatchObject([
    {
      type: 'account.debited',
      sequence: 1,
      data: { amount: -250, kind: 'purchase', card_last4: panOf(person(1), 'debit').slice(-4) },
    },
  ]);
});

test('every change is told in the order of its account, however many there are at once', async () => {
  await api.consent(person(2).mobile);
  const from = { institution: '915602', number: panOf(person(2), 'debit', 'haigang') };
  const to = { institution: '915600', number: panOf(person(2), 'debit') };
  const already = hook.acknowledged.length;
  await Promise.all([
    ...Array.from({ length: 60 }, (_, i) => buy(1 + (i % 2), 100 + i)),
    ...Array.from({ length: 20 }, () => iso.ask(creditLeg(from, to, { amount: 5 }))),
  ]);
  await until(() => hook.acknowledged.length >= already + 80, 'eighty notices');
  expect(hook.acknowledged).toHaveLength(already + 80);
  for (const sequences of bySubject().values()) {
    expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  }
});

test('what is not acknowledged comes again, with the same ids and numbers, and nothing overtakes it', async () => {
  const first = hook.deliveries.length;
  hook.answer = (n) => (n < first + 1 ? 500 : n < first + 2 ? 0 : n < first + 3 ? 404 : 204);
  await buy(1, 1);
  await until(() => hook.deliveries.length > first, 'a delivery that fails');
  await buy(1, 2);
  await until(() => hook.deliveries.at(-1)?.acknowledged === true, 'an acknowledgement');
  await until(
    () => hook.acknowledged.some((n) => n.type === 'account.debited' && n.data.amount === -2),
    'the second',
  );
  const failed = hook.deliveries.slice(first, first + 3);
  expect(failed.map((d) => d.acknowledged)).toEqual([false, false, false]);
  const ids = failed.map((d) => d.notices[0]?.id);
  expect(new Set(ids).size).toBe(1);
  expect(hook.acknowledged.filter((n) => n.id === ids[0])).toHaveLength(1);
  for (const sequences of bySubject().values()) expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  hook.answer = () => 204;
});

test('two processes of one bank tell everything once, in order', async () => {
  const { settings, db, clock } = bank;
  const second = await startBank({ settings, db, clock, ids: createIds(clock.now) });
  const already = hook.acknowledged.length;
  for (let i = 0; i < 30; i++) await buy(2, 10 + i);
  await until(() => hook.acknowledged.length >= already + 30, 'thirty notices');
  const ids = hook.acknowledged.map((n) => n.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const sequences of bySubject().values()) expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  await second.stop();
});

test('a receiver that sees a gap asks for what it lacks; a withdrawn consent ends it', async () => {
  const id = await api.consent(person(1).mobile);
  const subject = hook.acknowledged[0]?.subject as string;
  const path = `/bank/v1/accounts/${subject}/notices?consent_id=${id}`;
  const page = await api.call<{ data: { sequence: number; id: string }[]; more: boolean }>(
    'GET',
    `${path}&after=1&limit=3`,
  );
  expect(page.body.data.map((n) => n.sequence)).toEqual([2, 3, 4]);
  expect(page.body.more).toBe(true);
  const told = hook.acknowledged.find((n) => n.subject === subject && n.sequence === 2);
  expect(page.body.data[0]).toEqual(told);
  const who = person(3);
  const consent = await api.consent(who.mobile);
  await api.call('DELETE', `/bank/v1/consents/${consent}`);
  const already = hook.acknowledged.length;
  await buy(3);
  await buy(1, 3);
  await until(() => hook.acknowledged.length > already, 'the other one');
  expect(hook.acknowledged.slice(already)).toMatchObject([{ subject, data: { amount: -3 } }]);
});

test('a new account, a freeze and a closing are told too', async () => {
  const who = person(7);
  const consent = await api.consent(who.mobile);
  const account = await opened(api, bank.settings, who, 'class_3');
  await api.call('POST', '/bank/v1/cards/freeze', {
    consent_id: consent,
    refs: account.card_refs,
    reason: 'lost_phone',
  });
  await api.call('DELETE', `/bank/v1/accounts/${account.ref}?consent_id=${consent}`);
  const told = () => hook.acknowledged.filter((n) => n.subject === account.ref);
  await until(() => told().length >= 3, 'three notices');
  expect(told()).toMatchObject([
    { sequence: 1, type: 'account.opened', data: { kind: 'class_3' } },
    { sequence: 2, type: 'card.status_changed', data: { card_ref: account.card_refs[0], status: 'frozen' } },
    { sequence: 3, type: 'account.status_changed', data: { status: 'closed' } },
  ]);
});
