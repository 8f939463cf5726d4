import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { chromiumOrSkip, type Device, startDevice, watch } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { signInTill, supervisor } from './till.ts';
import { bindCards, signedPost, signInWallet } from './wallet.ts';

const friendMobile = '13800000003';
const pin = '135790';

describe.runIf(chromiumOrSkip())('asking for money, splitting a bill, a month of spending', () => {
  let network: BuiltNetwork;
  let device: Device;
  let asker: Page;
  let friend: Page;
  const complaints: string[][] = [];

  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork(), startDevice()]);
    asker = await (await device.open()).newPage();
    friend = await (await device.open()).newPage();
    for (const [page, mobile] of [
      [asker, '13800000001'],
      [friend, friendMobile],
    ] as const) {
      complaints.push(watch(page, network.url));
      await signInWallet(page, network.url, mobile);
      await bindCards(page, network.url);
    }
    await setPin(friend);
  }, 240_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });
  afterEach(() => {
    // A refusal is an answer like others; the browser calls each an error.
    expect(complaints.flat().filter((c) => !/40[39]/.test(c))).toEqual([]);
  });

  const speak = (page: Page, language: 'zh-CN' | 'en') =>
    page.evaluate(`localStorage.setItem('feiqian.language', '${language}')`);

  it('a friend is asked, hears of it, pays once, and the asker sees it', async () => {
    await asker.goto(`${network.url}/wallet/ask`);
    await asker.getByLabel('金额').fill('12.50');
    await asker.getByLabel('对方手机号').fill(friendMobile);
    await asker.getByLabel('称呼').fill('小王');
    await asker.getByLabel('说明').fill('电影票');
    expect(await accessibilityProblems(asker, 'ask')).toEqual([]);
    await asker.getByRole('button', { name: '请对方付 ¥12.50' }).click();
    await asker.getByRole('link', { name: '选择收款卡' }).click();
    await asker
      .getByRole('button', { name: /盐湖农信/ })
      .first()
      .click();
    await asker.getByRole('img', { name: '我的收款码' }).waitFor();
    await friend.goto(`${network.url}/wallet/`);
    await asker.goto(`${network.url}/wallet/ask`);
    await asker.getByLabel('金额').fill('12.50');
    await asker.getByLabel('对方手机号').fill(friendMobile);
    await asker.getByLabel('称呼').fill('小王');
    await asker.getByRole('button', { name: '请对方付 ¥12.50' }).click();
    await asker.getByRole('heading', { name: '请 小王 付款' }).waitFor();
    await asker.getByText('待付款', { exact: true }).waitFor();
    expect(await accessibilityProblems(asker, 'asked')).toEqual([]);
    // The home screen of the friend's phone is told by the stream.
    await friend.getByRole('link', { name: '有 1 条付款请求等你处理' }).click();
    await friend.getByRole('link', { name: /12\.50/ }).click();
    await friend.getByRole('button', { name: '付款 ¥12.50' }).waitFor();
    expect(await accessibilityProblems(friend, 'to be paid')).toEqual([]);
    await friend.getByRole('button', { name: '付款 ¥12.50' }).click();
    await friend.getByText('输入 6 位支付密码').waitFor();
    await typePin(friend);
    await friend.getByRole('heading', { name: '已到账' }).waitFor();
    await asker.getByText('已付款', { exact: true }).waitFor();
  });

  it('a bill is split to the fen, one part is declined, and each stands as it is', async () => {
    await asker.goto(`${network.url}/wallet/split`);
    await asker.getByLabel('总金额').fill('100');
    await asker.getByLabel('说明').fill('晚饭');
    await asker.getByRole('button', { name: '再加一人' }).click();
    for (const [n, mobile, name] of [
      [1, friendMobile, '小王'],
      [2, '13999999999', '老李'],
    ] as const) {
      const person = asker.getByRole('group', { name: `第 ${n} 人` });
      await person.getByLabel('对方手机号').fill(mobile);
      await person.getByLabel('称呼').fill(name);
      await person.getByText('¥33.33').waitFor();
    }
    await asker.getByText('¥33.34').waitFor();
    expect(await accessibilityProblems(asker, 'split')).toEqual([]);
    await asker.getByRole('button', { name: '向 2 人发出请求' }).click();
    await asker.getByText('已收 ¥0.00，共 ¥66.66').waitFor();
    await friend.goto(`${network.url}/wallet/requests`);
    await friend.getByRole('link', { name: /33\.33/ }).click();
    await friend.getByRole('button', { name: '拒绝', exact: true }).click();
    await asker.getByText('已拒绝', { exact: true }).waitFor();
    await asker.getByText('待付款', { exact: true }).waitFor();
    expect(await accessibilityProblems(asker, 'a bill')).toEqual([]);
  });

  it('a month shows where the money went, and what is left of a budget', async () => {
    await spend(asker);
    await asker.goto(`${network.url}/wallet/records`);
    await asker.getByRole('link', { name: '消费分析与预算' }).click();
    await asker.getByRole('link', { name: '设置预算' }).click();
    await asker.getByLabel('每月总预算（元）').fill('100');
    await asker.getByLabel('餐饮（元）').fill('10');
    expect(await accessibilityProblems(asker, 'budget')).toEqual([]);
    await asker.getByRole('button', { name: '保存预算' }).click();
    await asker.getByText('还剩 ¥82.00').waitFor();
    await asker.getByText('超出 ¥8.00').waitFor();
    await asker.getByRole('button', { name: /^餐饮/ }).click();
    await asker.getByRole('heading', { name: '餐饮的付款' }).waitFor();
    await asker.getByRole('link', { name: /18\.00/ }).waitFor();
    expect(await accessibilityProblems(asker, 'spending')).toEqual([]);
  });

  it('the pages’ scripts travel compressed, under their own type', async () => {
    const page = await (await asker.request.get(`${network.url}/wallet/`)).text();
    const script = /src="([^"]+\.js)"/.exec(page)?.[1] ?? '';
    for (const form of ['br', 'gzip']) {
      const answer = await fetch(network.url + script, { headers: { 'accept-encoding': form } });
      expect(answer.headers.get('content-encoding')).toBe(form);
      expect(answer.headers.get('content-type')).toContain('javascript');
      expect(answer.headers.get('cache-control')).toContain('immutable');
    }
    const plain = await fetch(network.url + script, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
  });

  it('in English and in the dark as well', async () => {
    await speak(asker, 'en');
    await asker.emulateMedia({ colorScheme: 'dark' });
    for (const path of ['requests', 'ask', 'split', 'spending', 'budget']) {
      await asker.goto(`${network.url}/wallet/${path}`);
      await asker.getByRole('heading').first().waitFor();
      await asker.waitForLoadState('networkidle').catch(() => undefined);
      expect(await accessibilityProblems(asker, path)).toEqual([]);
    }
  });

  /** Buys a coffee where somebody may type the amount. */
  async function spend(page: Page): Promise<void> {
    const till = await (await device.open()).newPage();
    await signInTill(till, network.url, supervisor);
    const me = (await (await till.request.get(`${network.url}/v1/till/me`)).json()) as {
      store: { id: string };
    };
    await till.context().close();
    const cards = (await (await page.request.get(`${network.url}/v1/wallet/cards`)).json()) as {
      data: { id: string; kind: string }[];
    };
    const order = { store_id: me.store.id, amount: 1_800, currency: 'CNY' };
    const { id } = await signedPost<{ id: string }>(page, '/v1/wallet/payments', order);
    const card_id = cards.data.find((c) => c.kind === 'debit')?.id;
    await signedPost(page, `/v1/wallet/payments/${id}/pay`, { card_id });
  }

  async function typePin(page: Page): Promise<void> {
    for (const digit of pin)
      await page.getByRole('dialog').getByRole('button', { name: digit, exact: true }).click();
  }

  /** Sets a PIN with the one-time code of the sandbox. */
  async function setPin(page: Page): Promise<void> {
    await page.goto(`${network.url}/wallet/me/security`);
    await page.getByRole('button', { name: /设置支付密码/ }).click();
    await typePin(page);
    await page.getByText('再输入一次').waitFor();
    await typePin(page);
    await page.getByLabel('验证码', { exact: true }).fill('246810');
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await page.getByText('支付密码已设置', { exact: true }).waitFor();
  }
});
