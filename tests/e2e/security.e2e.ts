import { randomUUID } from 'node:crypto';
import type { Payment } from '@feiqian/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { chromiumOrSkip, type Device, type DeviceOptions, startDevice, watch } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { showCode, signInTill, supervisor } from './till.ts';
import { bindCards, pay, signInWallet } from './wallet.ts';

const shopper = '13800000001';
const code = '246810';
/** As the banks know the shopper. */
const person = { name: '陈晓云', number: '999999199101010013' };

describe.runIf(chromiumOrSkip())('verification that fits', () => {
  let network: BuiltNetwork;
  let device: Device;
  let context: BrowserContext;
  let wallet: Page;
  let till: Page;
  /** Another phone of the shopper. */
  let second: Page;
  const complaints: string[][] = [];

  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork(), startDevice()]);
    context = await device.open();
    wallet = await context.newPage();
    complaints.push(watch(wallet, network.url));
    // A phone with a fingerprint reader that always knows its owner.
    const session = await context.newCDPSession(wallet);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    till = await (await device.open()).newPage();
    await signInTill(till, network.url, supervisor);
    await signInWallet(wallet, network.url, shopper);
    await bindCards(wallet, network.url);
  }, 240_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });
  afterEach(() => {
    // A refusal that asks for verification is an answer like others; the browser calls every 403 an error.
    expect(complaints.flat().filter((c) => !c.includes('403'))).toEqual([]);
  });

  async function typePin(pin: string): Promise<void> {
    for (const digit of pin)
      await wallet.getByRole('dialog').getByRole('button', { name: digit, exact: true }).click();
  }
  async function enterCode(page = wallet): Promise<void> {
    await page.getByLabel('验证码', { exact: true }).fill(code);
    await page.getByRole('button', { name: '确认', exact: true }).click();
  }
  async function fillIdentity(page: Page, { name, number }: typeof person): Promise<void> {
    await page.getByLabel('姓名').fill(name);
    await page.getByLabel('身份证号码').fill(number);
  }
  /** The same person signs in on one more phone. */
  async function another(options: DeviceOptions = {}): Promise<Page> {
    const page = await (await device.open(options)).newPage();
    complaints.push(watch(page, network.url));
    await page.goto(`${network.url}/wallet/`);
    await page.getByLabel(/手机号|Mobile number/).fill(shopper);
    await page.getByRole('button', { name: /获取验证码|Get a code/ }).click();
    await page.getByLabel(/^(验证码|One-time code)$/).fill(code);
    await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click();
    return page;
  }
  /** Opens the confirmation of a new order of this many yuan. */
  async function toPay(yuan: string): Promise<string> {
    const { id } = await showCode(till, yuan);
    await wallet.goto(`${network.url}/wallet/pay/${id}`);
    await wallet.getByRole('button', { name: /^支付/ }).waitFor();
    return id;
  }
  const paid = async (id: string): Promise<void> => {
    await wallet.getByRole('heading', { name: '付款成功' }).waitFor();
    const answer = await wallet.request.get(`${network.url}/v1/wallet/payments/${id}`);
    expect(((await answer.json()) as Payment).state).toBe('captured');
    await till.goto(`${network.url}/till/`);
  };

  it('says what is missing to somebody who has set nothing, and leads there', async () => {
    await toPay('1200');
    await pay(wallet);
    await wallet.getByText('还没有支付密码').waitFor();
    expect(await accessibilityProblems(wallet, 'nothing to verify with')).toEqual([]);
    await wallet.getByRole('link', { name: '去支付安全' }).click();
    await wallet.getByRole('heading', { name: '支付安全' }).waitFor();
    await till.goto(`${network.url}/till/`);
  });

  it('a PIN is set with a one-time code, typed twice', async () => {
    await wallet.getByRole('button', { name: /设置支付密码/ }).click();
    await typePin('135790');
    await wallet.getByText('再输入一次').waitFor();
    await typePin('135790');
    await wallet.getByLabel('验证码', { exact: true }).waitFor();
    expect(await accessibilityProblems(wallet, 'verify by code')).toEqual([]);
    await enterCode();
    await wallet.getByText('支付密码已设置', { exact: true }).waitFor();
    await wallet.getByText('修改支付密码').waitFor();
  });

  it('a payment above the limit is paid with the PIN, a wrong one is told', async () => {
    const id = await toPay('1200');
    await pay(wallet);
    await wallet.getByText('输入 6 位支付密码').waitFor();
    expect(await accessibilityProblems(wallet, 'verify by PIN')).toEqual([]);
    await typePin('999111');
    await wallet.getByText('密码不正确，还可以试 4 次。').waitFor();
    await typePin('135790');
    await paid(id);
  });

  it('a passkey is added with the PIN, and verifies a large payment by itself', async () => {
    await wallet.goto(`${network.url}/wallet/me/security`);
    await wallet.getByRole('button', { name: '添加这台设备的指纹或面容' }).click();
    await typePin('135790');
    await wallet.getByText('从未使用').waitFor();
    expect(await accessibilityProblems(wallet, 'security')).toEqual([]);
    const id = await toPay('6000');
    await pay(wallet);
    await wallet.getByRole('button', { name: '用指纹或面容验证' }).click();
    await paid(id);
  });

  it('a lower limit holds at once', async () => {
    await wallet.goto(`${network.url}/wallet/me/security`);
    await wallet.getByRole('radio', { name: '每笔都验证' }).click();
    await wallet.getByText('限额已更新').waitFor();
    const id = await toPay('1');
    await pay(wallet);
    await wallet.getByRole('button', { name: '改用指纹或面容' }).click();
    await wallet.getByRole('button', { name: '用指纹或面容验证' }).click();
    await paid(id);
  });

  it('a forgotten PIN is set anew with the passkey', async () => {
    await wallet.goto(`${network.url}/wallet/me/security`);
    await wallet.getByRole('button', { name: /忘记密码/ }).click();
    await typePin('246813');
    await wallet.getByText('再输入一次').waitFor();
    await typePin('246813');
    await wallet.getByRole('button', { name: '用指纹或面容验证' }).click();
    await wallet.getByText('支付密码已设置', { exact: true }).waitFor();
  });

  it('an identity is confirmed at a bank, and what does not agree is told in one way', async () => {
    await wallet.goto(`${network.url}/wallet/me/identity`);
    await fillIdentity(wallet, { ...person, name: '陈小云' });
    await wallet.getByRole('button', { name: '核对' }).click();
    await wallet.getByText('没有通过').waitFor();
    expect(await accessibilityProblems(wallet, 'identity refused')).toEqual([]);
    await fillIdentity(wallet, person);
    await wallet.getByRole('button', { name: '核对' }).click();
    await wallet.getByText('陈*云').waitFor();
    expect(await accessibilityProblems(wallet, 'identity confirmed')).toEqual([]);
  });

  it('a second phone waits, is compared and let in, and goes on by itself', async () => {
    second = await another();
    await second.getByRole('heading', { name: '在原设备上同意登录' }).waitFor();
    expect(await accessibilityProblems(second, 'waiting')).toEqual([]);
    const number = await second.getByText(/^\d{4}$/).textContent();
    // Nothing of the account is behind it.
    await second.goto(`${network.url}/wallet/records`);
    await second.getByRole('heading', { name: '在原设备上同意登录' }).waitFor();
    await wallet.goto(`${network.url}/wallet/`);
    await wallet.getByRole('link', { name: /有新设备请求登录/ }).click();
    await wallet.getByText(number ?? 'no number', { exact: true }).waitFor();
    expect(await accessibilityProblems(wallet, 'a device asks')).toEqual([]);
    await wallet.getByRole('button', { name: '数字一致，同意' }).click();
    await typePin('246813');
    await wallet.getByText('已同意', { exact: false }).first().waitFor();
    await second.getByRole('heading', { name: '账单' }).waitFor();
    expect(await accessibilityProblems(wallet, 'devices')).toEqual([]);
  });

  it('one that is refused is told so; in English and dark as well', async () => {
    const third = await another({ locale: 'en', colorScheme: 'dark' });
    await third.getByRole('heading', { name: 'Approve on your other device' }).waitFor();
    expect(await accessibilityProblems(third, 'waiting, dark')).toEqual([]);
    await wallet.getByRole('button', { name: '拒绝', exact: true }).click();
    await third.getByText('It was not approved').waitFor();
    expect(await accessibilityProblems(third, 'refused')).toEqual([]);
    await third.context().close();
  });

  it('everything is frozen from another phone, and ends with identity and code', async () => {
    await second.goto(`${network.url}/wallet/me/lost`);
    await second.getByRole('button', { name: '立即冻结全部' }).click();
    await second.getByRole('dialog').getByRole('button', { name: '冻结', exact: true }).click();
    await second.getByRole('status').getByText('已全部冻结').first().waitFor();
    await expect.poll(() => second.getByText('已冻结', { exact: true }).count(), { timeout: 10_000 }).toBe(3);
    expect(await accessibilityProblems(second, 'frozen')).toEqual([]);
    const { id } = await showCode(till, '3');
    await wallet.goto(`${network.url}/wallet/pay/${id}`);
    await pay(wallet);
    await wallet.getByText(/钱包已冻结/).waitFor();
    await second.getByRole('button', { name: '我是本人，解除冻结' }).click();
    await fillIdentity(second, person);
    expect(await accessibilityProblems(second, 'identity asked')).toEqual([]);
    await second.getByRole('button', { name: '确认', exact: true }).click();
    await enterCode(second);
    await second.getByRole('button', { name: '立即冻结全部' }).waitFor();
  });

  it('where the first phone is gone a new one is let in by identity and code, and the others end', async () => {
    const fresh = await another();
    await fresh.getByRole('button', { name: '原来的手机不在了' }).click();
    await fresh.getByText('全部移除').click();
    expect(await accessibilityProblems(fresh, 'recovery')).toEqual([]);
    await fresh.getByRole('button', { name: '开始核验身份' }).click();
    await fillIdentity(fresh, person);
    await fresh.getByRole('button', { name: '确认', exact: true }).click();
    await enterCode(fresh);
    await fresh
      .getByRole('link', { name: /付款码/ })
      .first()
      .waitFor();
    await second.goto(`${network.url}/wallet/me`);
    await second.getByLabel('手机号').waitFor();
  });

  it('a phone whose clock is five hours fast pays by a code made offline', async () => {
    const wrong = await device.open();
    // Runs in the page before anything else: its clock.
    await wrong.addInitScript(`{
      const Real = Date;
      const fast = 5 * 3600 * 1000;
      globalThis.Date = class extends Real {
        constructor(...parts) { if (parts.length === 0) super(Real.now() + fast); else super(...parts); }
        static now() { return Real.now() + fast; }
      };
    }`);
    const page = await wrong.newPage();
    complaints.push(watch(page, network.url));
    await signInWallet(page, network.url, '13800000002');
    await bindCards(page, network.url);
    await page.goto(`${network.url}/wallet/code`);
    await page.getByText('手机的时间不准').waitFor();
    expect(await accessibilityProblems(page, 'a wrong clock')).toEqual([]);
    await wrong.setOffline(true);
    await page.getByRole('button', { name: /显示数字/ }).click();
    const digits = await page
      .getByText(/^91\d\d( \d+)+$/)
      .first()
      .textContent();
    await till.goto(`${network.url}/till/`);
    const me = await (await till.request.get(`${network.url}/v1/till/me`)).json();
    const post = async (path: string, data: unknown) => {
      const headers = { 'idempotency-key': randomUUID() };
      return (await till.request.post(network.url + path, { data, headers })).json();
    };
    const order = { amount: 700, currency: 'CNY', store_id: me.store.id, entry: 'pay_code' };
    const { id } = (await post('/v1/payments', order)) as Payment;
    const paid = (await post(`/v1/payments/${id}/collect`, {
      pay_code: digits?.replaceAll(' ', ''),
    })) as Payment;
    expect(paid.state).toBe('captured');
    await wrong.close();
  });
});
