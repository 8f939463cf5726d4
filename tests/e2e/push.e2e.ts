import type { Card, Payment, Sandbox } from '@feiqian/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, done } from '../support/caller.ts';
import { type PushService, startPushService, type TestBrowser } from '../support/pushService.ts';
import { until } from '../support/until.ts';
import { chromiumOrSkip, type Device, startDevice } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { bindCards, signedPost, signInWallet } from './wallet.ts';

const pushMs = 15_000;
const shopper = '13800000004';

/**
 * In the page: what the browser's maker would give out, leading to the push service of this test. The browser's own
 * lives on the internet.
 */
const subscribing = ({ endpoint, keys }: TestBrowser) => `(() => {
  const made = (key) => key && {
    endpoint: ${JSON.stringify(endpoint)},
    options: { applicationServerKey: new Uint8Array(key).buffer, userVisibleOnly: true },
    toJSON: () => (${JSON.stringify({ endpoint, keys })}),
    unsubscribe: async () => { localStorage.removeItem('made'); return true; },
  };
  PushManager.prototype.getSubscription = async () => made(JSON.parse(localStorage.getItem('made')));
  PushManager.prototype.subscribe = async (options) => {
    const key = [...new Uint8Array(options.applicationServerKey)];
    localStorage.setItem('made', JSON.stringify(key));
    return made(key);
  };
})()`;

describe.runIf(chromiumOrSkip())('push messages', () => {
  let network: BuiltNetwork;
  let device: Device;
  let service: PushService;
  let browser: TestBrowser;
  let context: BrowserContext;
  let page: Page;
  let sandbox: Sandbox;

  beforeAll(async () => {
    [network, device, service] = await Promise.all([startBuiltNetwork(), startDevice(), startPushService()]);
    browser = service.browser();
    context = await device.open();
    await context.addInitScript(subscribing(browser));
    page = await context.newPage();
    sandbox = (await (await page.request.get(`${network.url}/v1/sandbox`)).json()) as Sandbox;
    await signInWallet(page, network.url, shopper);
    await bindCards(page, network.url);
    // A page that was there before the service worker is not its own until it is loaded again.
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.reload();
    await until(() => page.evaluate<boolean>('navigator.serviceWorker.controller !== null'), pushMs);
  }, 180_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
    await service?.stop();
  });

  const theSwitch = () => page.getByRole('switch', { name: /接收推送/ });

  /** Pays at the first merchant with the first card. */
  async function buy(amount: number): Promise<void> {
    const body = { amount, currency: 'CNY', store_id: sandbox.demo_key.store_id };
    const merchant = new Caller(network.url, sandbox.demo_key.secret);
    const { id } = await done(merchant.post<Payment>('/v1/payments', body));
    const list = await page.request.get(`${network.url}/v1/wallet/cards`);
    const cards = ((await list.json()) as { data: Card[] }).data;
    const debit = cards.find((c) => c.kind === 'debit');
    await signedPost<Payment>(page, `/v1/wallet/payments/${id}/pay`, { card_id: debit?.id });
  }

  it('cannot be switched on where the browser does not allow them, and the screen says so', async () => {
    await page.goto(`${network.url}/wallet/me/push`);
    await page.getByText('通知权限已被关闭').waitFor();
    expect(await theSwitch().count()).toBe(0);
  });

  it('are switched on by a tap, and tell of a purchase while nobody looks', async () => {
    await context.grantPermissions(['notifications'], { origin: network.url });
    await page.goto(`${network.url}/wallet/me`);
    await page.getByRole('link', { name: /消息推送/ }).click();
    expect(await theSwitch().isChecked()).toBe(false);
    await theSwitch().click({ force: true });
    await page.getByText('已开启推送').waitFor();
    expect(await theSwitch().isChecked()).toBe(true);
    await buy(4_567);
    await until(() => browser.taken.length > 0, pushMs, 'a push message');
    const message = browser.taken[0]?.message;
    expect(message?.body).toContain('¥45.67');
    await deliver(page, network.url, JSON.stringify(message));
    const shown = await page.evaluate<{ title: string; body: string; tag: string }[]>(
      `navigator.serviceWorker.ready.then(async (r) =>
        (await r.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })))`,
    );
    expect(shown).toEqual([{ title: message?.title, body: message?.body, tag: message?.tag }]);
  });

  it('open the screen that tells more, on a tap', async () => {
    const url = browser.taken[0]?.message.url ?? 'nothing';
    await tap(context);
    await page.waitForURL(`${network.url}${url}`);
    await page.getByRole('heading', { name: '账户详情' }).waitFor();
    expect(
      await page.evaluate(
        'navigator.serviceWorker.ready.then(async (r) => (await r.getNotifications()).length)',
      ),
    ).toBe(0);
  });

  it('that are none, or lead elsewhere, show that there is news and stay in the wallet', async () => {
    await deliver(page, network.url, 'no JSON at all');
    await tap(context);
    await page.waitForURL(`${network.url}/wallet/notices`);
    await deliver(page, network.url, JSON.stringify({ title: 'x', tag: 'x', url: 'https://example.org/' }));
    await tap(context);
    await page.waitForURL(`${network.url}/wallet/`);
  });

  it('name no amounts where these are not wanted, and end with the switch', async () => {
    await page.goto(`${network.url}/wallet/me/push`);
    await page.getByRole('switch', { name: /显示金额与商户/ }).click({ force: true });
    await page.getByText('已更改').waitFor();
    const before = browser.taken.length;
    await buy(7_654);
    await until(() => browser.taken.length > before, pushMs, 'a push message');
    expect(browser.taken.at(-1)?.message.body).toBe('打开飞钱查看');
    await theSwitch().click({ force: true });
    await page.getByText('已关闭推送').waitFor();
    expect(await theSwitch().isChecked()).toBe(false);
    expect(await page.evaluate("localStorage.getItem('made')")).toBeNull();
  });
});

/** Gives the service worker a message as the browser does that has decrypted it. */
async function deliver(page: Page, url: string, data: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find((r) => r.scopeURL === `${url}/wallet/`);
      if (own) resolve(own.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  await session.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data });
  await until(
    () =>
      page.evaluate<boolean>(
        'navigator.serviceWorker.ready.then(async (r) => (await r.getNotifications()).length > 0)',
      ),
    pushMs,
    'a notification',
  );
  await session.detach();
}

/** Taps the notification that is shown. */
async function tap(context: BrowserContext): Promise<void> {
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('there is no service worker');
  await worker.evaluate(`registration.getNotifications().then(([notification]) => {
    self.dispatchEvent(new NotificationEvent('notificationclick', { notification }));
  })`);
}
