import { feiqianAscii } from '@feiqian/iso8583';
import { afterEach, expect, test } from 'vitest';
import type { Links } from '../src/index.ts';
import { type FakeBank, startFakeBank } from './fake-bank.ts';
import { fastTimers, ids, macKey, purchase, signedOn, until, zoneKey } from './setting.ts';

let bank: FakeBank;
let started: Links | undefined;

async function setUp(waitMs: number) {
  bank = await startFakeBank({ profile: feiqianAscii, macKey, zoneKey });
  const setting = await signedOn(bank, { waitMs }, { timers: fastTimers });
  started = setting.links;
  return setting;
}

afterEach(async () => {
  await started?.stop();
  await bank.close();
});

test('keys change in traffic without losing a message', async () => {
  const { links, id, secrets } = await setUp(9_000);
  let going = true;
  const answers: Promise<unknown>[] = [];
  const pump = (async () => {
    while (going) {
      for (let i = 0; i < 20; i++) answers.push(links.send(id, purchase()));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  expect(await links.exchangeKeys(id)).toEqual({ ok: true, phase: 'signed_on' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  going = false;
  await pump;
  expect(answers.length).toBeGreaterThan(100);
  for (const answer of await Promise.all(answers)) {
    expect(answer).toMatchObject({ kind: 'answered', responseCode: '00' });
  }
  expect(bank.badMacs).toBe(0);
  expect(bank.macKey).not.toEqual(macKey);
  expect(secrets.get(`${id}/mac_key`)?.bytes).toEqual(bank.macKey);
});

test('keys offered without an answer are taken up when the bank turns out to use them', async () => {
  const { links, id, secrets } = await setUp(5_000);
  bank.manage = (code) => (code === '101' ? null : '00');
  expect(await links.exchangeKeys(id)).toEqual({ ok: false, code: 'unanswered' });
  const offered = secrets.get(`${id}/mac_key`)?.bytes;
  expect(offered?.length).toBeGreaterThan(32);
  expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered' });
  bank.macKey = offered?.slice(18) ?? null;
  // The bank signs with the new key from now on: the first answer under it is believed.
  await links.send(id, purchase());
  expect(await links.send(id, purchase())).toMatchObject({ kind: 'answered', responseCode: '00' });
  await until(() => secrets.get(`${id}/mac_key`)?.bytes.length === 16, 'the new key stored');
  expect(secrets.get(`${id}/mac_key`)?.bytes).toEqual(bank.macKey);
});

test('keys cannot be exchanged without a zone key', async () => {
  const { links, id, secrets } = await setUp(300);
  secrets.delete(`${id}/zone_key`);
  expect(await links.exchangeKeys(id)).toEqual({ ok: false, code: 'no_keys' });
  expect(await links.exchangeKeys(ids.uuid())).toEqual({ ok: false, code: 'unknown_member' });
});
