import type { Payment } from '@feiqian/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { chromiumOrSkip, type Device, startDevice, watch } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { showCode, signInTill, supervisor } from './till.ts';
import { bindCards, pay, signInWallet } from './wallet.ts';

const shopper = '13800000001';
const code = '246810';

describe.runIf(chromiumOrSkip())('verification that fits', () => {
  let network: BuiltNetwork;
  let device: Device;
  let context: BrowserContext;
  let wallet: Page;
  let till: Page;
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
  async function enterCode(): Promise<void> {
    await wallet.getByLabel('验证码', { exact: true }).fill(code);
    await wallet.getByRole('button', { name: '确认', exact: true }).click();
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
});
