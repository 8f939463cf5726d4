import { randomUUID } from 'node:crypto';
import type { WalletNoticePage, WalletPush } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, signedIn, type Wallet, wallet } from '../support/people.ts';
import { type PushService, startPushService, type TestBrowser } from '../support/pushService.ts';
import { until } from '../support/until.ts';

const path = '/v1/wallet/push';
const pushMs = 10_000;

let net: TestNetwork;
let service: PushService;
let other: PushService;
beforeAll(async () => {
  [net, service, other] = await Promise.all([startTestNetwork(), startPushService(), startPushService()]);
});
afterAll(async () => {
  await net?.stop();
  await Promise.all([service?.stop(), other?.stop()]);
});

const asked = ({ endpoint, keys }: TestBrowser, how: object = {}) => ({
  endpoint,
  keys,
  language: 'zh-CN',
  amounts: true,
  ...how,
});
const subscribe = (by: Caller, browser: TestBrowser, how: object = {}) =>
  done(by.send<WalletPush>('PUT', path, { body: asked(browser, how) }));
const push = (by: Caller) => done(by.get<WalletPush>(path));
const debit = (by: Wallet, bank = 'yunzhou') =>
  by.cards.find((c) => c.bank.id === bank && c.kind === 'debit');
const tells = (browser: TestBrowser, amount: string) =>
  until(() => browser.taken.some((p) => p.message.body.includes(amount)), pushMs, `a push of ${amount}`);
const rowsOf = async (table: string, by: Wallet) => {
  const { rows } = await net.network.db.query(`select 1 from notices.${table} where device_id = $1`, [
    toUuid(by.session.device.id, 'dev'),
  ]);
  return rows.length;
};

describe('a device that asked for push messages', () => {
  test('is told of each change at a bank, encrypted for it alone, by whom it was subscribed under', async () => {
    const owner = await wallet(net, '13800000001');
    const before = await push(owner);
    expect(before.subscription).toBeNull();
    const browser = service.browser();
    const made = await subscribe(owner, browser);
    expect(made).toMatchObject({ public_key: before.public_key, subscription: { amounts: true } });
    expect(await push(owner)).toEqual(made);
    await buy(net, owner, debit(owner), 4_321);
    await tells(browser, '¥43.21');
    const { data } = await done(owner.get<WalletNoticePage>('/v1/wallet/notices?limit=1'));
    const [sent] = browser.taken;
    expect(sent?.message).toMatchObject({
      title: '云州银行支出',
      tag: data[0]?.id,
      url: `/wallet/accounts/${data[0]?.account_id}`,
      lang: 'zh-CN',
    });
    expect(sent?.message.body).toContain(`尾号 ${debit(owner)?.last4}`);
    expect(sent?.vapidKey).toBe(made.public_key);
    expect(sent?.claims.aud).toBe(service.origin);
    expect(sent?.claims.sub).toMatch(/^mailto:/);
    expect(sent?.claims.exp).toBeGreaterThan(Date.now() / 1000 + 3_600);
    expect(sent?.claims.exp).toBeLessThan(Date.now() / 1000 + 24 * 3_600);
    expect(sent?.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(Number(sent?.headers.ttl)).toBeGreaterThan(3_600);
    await until(async () => (await rowsOf('push', owner)) === 0, pushMs);
    expect(browser.asked).toBe(browser.taken.length);
  });

  test('is told in its language, and without amounts and names where they are not wanted', async () => {
    const owner = await wallet(net, '13800000002');
    const [open, closed] = [service.browser(), service.browser()];
    await subscribe(owner, open, { language: 'en' });
    await buy(net, owner, debit(owner), 5_432);
    await tells(open, 'CNY 54.32');
    expect(open.taken[0]?.message.title).toBe('Bank of Yunzhou: money out');
    await subscribe(owner, closed, { language: 'en', amounts: false });
    await buy(net, owner, debit(owner), 6_543);
    await until(() => closed.taken.length > 0, pushMs);
    const text = JSON.stringify(closed.taken.map((p) => p.message));
    expect(text).toContain('Open Feiqian to see it');
    expect(text).not.toContain('65.43');
    expect(text).not.toContain(debit(owner)?.last4);
    // One for each device: the first is not told any more.
    expect(open.taken).toHaveLength(1);
  });

  test('hears nothing more once it asked for that, was signed out, frozen, or its browser is another’s', async () => {
    const [one, two] = [await wallet(net, '13800000003'), await wallet(net, '13800000003')];
    const [left, kept] = [service.browser(), service.browser()];
    await subscribe(one, left);
    await subscribe(two, kept);
    await done(one.delete(path));
    expect((await push(one)).subscription).toBeNull();
    await buy(net, two, debit(two), 1_111);
    await tells(kept, '¥11.11');
    await subscribe(one, left);
    expect(told(await one.delete('/v1/wallet/sessions/current'))).toBe('204');
    expect(await rowsOf('subscription', one)).toBe(0);
    await buy(net, two, debit(two), 2_222);
    await tells(kept, '¥22.22');
    // The same browser in the hands of somebody else.
    const stranger = await signedIn(net, '13800000004');
    await subscribe(stranger.caller, kept);
    expect(await rowsOf('subscription', two)).toBe(0);
    await buy(net, two, debit(two), 3_333);
    const again = service.browser();
    await subscribe(two, again);
    await buy(net, two, debit(two), 4_444);
    await tells(again, '¥44.44');
    expect(kept.taken.map((p) => p.message.body).join()).not.toContain('33.33');
    await done(two.post('/v1/wallet/freeze', { lost_device_ids: [] }));
    expect(await rowsOf('subscription', two)).toBe(0);
    expect(left.asked).toBe(0);
  });

  test('is not told of what was read before it could be told', async () => {
    const owner = await wallet(net, '13800000005');
    const browser = service.browser();
    browser.answer = (turn) => ({ status: turn === 1 ? 503 : 201, headers: { 'retry-after': '2' } });
    await subscribe(owner, browser);
    await buy(net, owner, debit(owner), 1_234);
    await until(() => browser.asked === 1, pushMs);
    const { data } = await done(owner.get<WalletNoticePage>('/v1/wallet/notices?limit=1'));
    await done(owner.post('/v1/wallet/notices/read', { up_to: data[0]?.id }));
    await until(async () => (await rowsOf('push', owner)) === 0, pushMs);
    expect(browser.asked).toBe(1);
  });
});

describe('a push service', () => {
  test('that is busy is asked again, when it says', async () => {
    const owner = await wallet(net, '13800000006');
    const browser = service.browser();
    browser.answer = (turn) => ({ status: turn > 1 ? 201 : 429, headers: { 'retry-after': '2' } });
    await subscribe(owner, browser);
    const begun = Date.now();
    await buy(net, owner, debit(owner), 1_357);
    await tells(browser, '¥13.57');
    expect(browser.asked).toBe(2);
    expect(Date.now() - begun).toBeGreaterThan(2_000);
    await until(async () => (await rowsOf('push', owner)) === 0, pushMs);
  });

  test('that knows the browser no more ends its subscription', async () => {
    const owner = await wallet(net, '13800000007');
    for (const status of [404, 410]) {
      const browser = service.browser();
      browser.answer = () => ({ status });
      await subscribe(owner, browser);
      await buy(net, owner, debit(owner), 1_000 + status);
      await until(async () => (await rowsOf('subscription', owner)) === 0, pushMs);
      expect(await rowsOf('push', owner)).toBe(0);
      expect((await push(owner)).subscription).toBeNull();
      expect(browser.asked).toBe(1);
    }
  });

  test('that never answers holds up nobody else, and that leads elsewhere is not followed', async () => {
    const [slow, quick] = [await wallet(net, '13800000006'), await wallet(net, '13800000001')];
    const [mute, well, away] = [other.browser(), service.browser(), service.browser()];
    mute.answer = () => 'silence';
    away.answer = () => ({ status: 307, headers: { location: well.endpoint } });
    await subscribe(slow, mute);
    await subscribe(quick, well);
    for (const amount of [1_001, 1_002, 1_003]) await buy(net, slow, debit(slow), amount);
    await until(() => mute.asked > 0, pushMs);
    await buy(net, quick, debit(quick), 2_468);
    const begun = Date.now();
    await tells(well, '¥24.68');
    expect(Date.now() - begun).toBeLessThan(4_000);
    await subscribe(quick, away);
    const before = well.asked;
    await buy(net, quick, debit(quick), 1_470);
    await until(async () => away.asked === 1 && (await rowsOf('push', quick)) === 0, pushMs);
    expect(well.asked).toBe(before);
    await done(slow.delete(path));
  });
});

describe('is refused', () => {
  test('an address inside, or one that is none', async () => {
    const { caller } = await people();
    for (const endpoint of [
      'https://169.254.169.254/latest/meta-data',
      'http://push.example.net/x',
      'nothing',
    ])
      expect(told(await put(caller, { endpoint }))).toBe('422 push_refused');
  });

  test('what no browser gives out: keys off the curve or of another length', async () => {
    const { caller, browser } = await people();
    const off = Buffer.from(browser.keys.p256dh, 'base64url');
    off[64] = (off[64] as number) ^ 1;
    const keys = { ...browser.keys, p256dh: off.toString('base64url') };
    expect(told(await put(caller, { keys }))).toBe('422 push_refused');
    expect(told(await put(caller, { keys: { ...browser.keys, auth: 'x' } }))).toBe('400 invalid_request');
    expect(told(await put(caller, { language: 'fr' }))).toBe('400 invalid_request');
    expect(told(await put(caller, { other: 1 }))).toBe('400 invalid_request');
  });

  test('who has a stolen session and nothing else', async () => {
    const { caller, browser } = await people();
    const thief = net.anyone.as(caller.token);
    const body = asked(browser);
    expect(told(await thief.send('PUT', path, { body }))).toBe('403 signature_required');
    expect(told(await thief.delete(path))).toBe('403 signature_required');
  });
});

test('an address is kept sealed, and twice the same request is one subscription', async () => {
  const { caller, browser } = await people();
  const key = randomUUID();
  const first = await done(caller.send<WalletPush>('PUT', path, { body: asked(browser), key }));
  expect(await done(caller.send<WalletPush>('PUT', path, { body: asked(browser), key }))).toEqual(first);
  const { rows } = await net.network.db.query<{ row: string }>(
    'select s::text as row from notices.subscription s',
  );
  const all = rows.map((r) => r.row).join();
  expect(all).not.toContain(new URL(browser.endpoint).pathname);
  expect(all).not.toContain(Buffer.from(new URL(browser.endpoint).pathname).toString('hex'));
});

test('a network with another key asks each device anew', async () => {
  const { caller, browser } = await people();
  await subscribe(caller, browser);
  await net.network.db.query("update notices.subscription set vapid_key = 'of before'");
  expect((await push(caller)).subscription).toBeNull();
  await subscribe(caller, browser);
  expect((await push(caller)).subscription).not.toBeNull();
});

let made: Promise<{ caller: Caller; browser: TestBrowser }> | undefined;
function people() {
  made ??= signedIn(net, '13800000004').then(({ caller }) => ({ caller, browser: service.browser() }));
  return made;
}
async function put(caller: Caller, change: object) {
  const { browser } = await people();
  return caller.send('PUT', path, { body: { ...asked(browser), ...change } });
}
