import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { chromiumOrSkip, type Device, startDevice, watch } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { bindCards, signInWallet } from './wallet.ts';

describe.runIf(chromiumOrSkip())('sending and receiving', () => {
  let network: BuiltNetwork;
  let device: Device;
  let wallet: Page;
  const complaints: string[][] = [];

  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork(), startDevice()]);
    wallet = await (await device.open()).newPage();
    complaints.push(watch(wallet, network.url));
    await signInWallet(wallet, network.url, '13800000001');
    await bindCards(wallet, network.url);
  }, 240_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });
  afterEach(() => {
    // A refusal is an answer like others; the browser calls each an error.
    expect(complaints.flat().filter((c) => !/40[39]/.test(c))).toEqual([]);
  });

  const own = async (yuan: string): Promise<void> => {
    await wallet.goto(`${network.url}/wallet/send?own=true`);
    await wallet
      .getByRole('button', { name: /盐湖农信/ })
      .first()
      .click();
    await wallet.getByLabel('金额').fill(yuan);
    await wallet.getByRole('button', { name: /^转账 / }).click();
  };

  it('from one card to another of one’s own, told as it goes', async () => {
    await wallet.goto(`${network.url}/wallet/`);
    await wallet.getByRole('link', { name: '转账', exact: true }).click();
    await wallet.getByRole('heading', { name: '最近转账' }).waitFor();
    expect(await accessibilityProblems(wallet, 'transfers')).toEqual([]);
    await own('12.34');
    await wallet.getByRole('heading', { name: '已到账' }).waitFor();
    await wallet.getByText('盐湖农信 入账').waitFor();
    expect(await accessibilityProblems(wallet, 'a transfer')).toEqual([]);
    await wallet.goto(`${network.url}/wallet/transfers`);
    await wallet.getByRole('link', { name: /12\.34/ }).waitFor();
  });

  it('the same once more is asked about first', async () => {
    await own('12.34');
    await wallet
      .getByRole('dialog')
      .getByText(/几分钟前/)
      .waitFor();
    expect(await accessibilityProblems(wallet, 'once more')).toEqual([]);
    await wallet.getByRole('dialog').getByRole('button', { name: '再转一次' }).click();
    await wallet.getByRole('heading', { name: '已到账' }).waitFor();
  });

  it('for later, and taken back', async () => {
    await wallet.goto(`${network.url}/wallet/send?own=true`);
    await wallet
      .getByRole('button', { name: /盐湖农信/ })
      .first()
      .click();
    await wallet.getByLabel('金额').fill('5');
    await wallet.getByText('预约', { exact: true }).click();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    await wallet.getByLabel('转出时间').fill(tomorrow);
    await wallet.getByRole('button', { name: /^转账 / }).click();
    await wallet.getByRole('heading', { name: '已预约' }).waitFor();
    await wallet.getByRole('button', { name: '取消预约' }).click();
    await wallet.getByRole('heading', { name: '已取消' }).waitFor();
  });

  it('a name that the bank does not confirm is not paid', async () => {
    await wallet.goto(`${network.url}/wallet/send`);
    await wallet.getByLabel('对方手机号').fill('13999999999');
    await wallet.getByLabel('对方姓名').fill('某某');
    expect(await accessibilityProblems(wallet, 'to whom')).toEqual([]);
    await wallet.getByRole('button', { name: '核对' }).click();
    await wallet.getByText(/没有核对上/).waitFor();
  });

  it('a card is chosen to receive with, and the code leads to its person', async () => {
    await wallet.goto(`${network.url}/wallet/receive`);
    await wallet.getByRole('button', { name: /云州银行/ }).click();
    await wallet.getByRole('img', { name: '我的收款码' }).waitFor();
    expect(await accessibilityProblems(wallet, 'receive')).toEqual([]);
    const answer = await wallet.request.get(`${network.url}/v1/wallet/receiving`);
    const { code } = (await answer.json()) as { code: string };
    await wallet.goto(`${network.url}/wallet/send?code=${code}`);
    await wallet.getByLabel('金额').waitFor();
  });

  it('in English as well', async () => {
    await wallet.evaluate(`localStorage.setItem('feiqian.language', 'en')`);
    for (const path of ['transfers', 'send', 'send?own=true', 'receive']) {
      await wallet.goto(`${network.url}/wallet/${path}`);
      await wallet.getByRole('heading').first().waitFor();
      expect(await accessibilityProblems(wallet, path)).toEqual([]);
    }
  });
});
