import { sandboxPeople } from '@feiqian/app-bank';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from './accessible.ts';
import { chromiumOrSkip, type Device, startDevice } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { bindCards, signedPost, signInWallet } from './wallet.ts';

const [person] = sandboxPeople;
const code = '246810';
/** The document number as it is shown: its first and its last digit. */
const masked = new RegExp(`^\\d\\*{16}${person?.identityNumber.slice(-1) ?? ''}$`);

describe.runIf(chromiumOrSkip())('the accounts of every bank in one wallet', () => {
  let network: BuiltNetwork;
  let device: Device;
  let page: Page;
  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork(), startDevice()]);
    page = await (await device.open()).newPage();
    await signInWallet(page, network.url, person?.mobile ?? '');
    await bindCards(page, network.url);
  }, 240_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });

  it('one card is added by its number, which never leaves the phone', async () => {
    const number = '9156009000000012';
    const context = await device.open();
    const other = await context.newPage();
    const sent: string[] = [];
    other.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await signInWallet(other, network.url, '13800000009');
    await other.goto(`${network.url}/wallet/bind`);
    const field = other.getByLabel('或输入一张卡的卡号');
    await field.fill('9156 009');
    await other.getByText('云州银行，借记卡或信用卡').waitFor();
    await field.fill('9156009000000013');
    await other.getByText('卡号有误，请核对').waitFor();
    expect(await accessibilityProblems(other, 'a mistyped number')).toEqual([]);
    await other.getByText('我同意飞钱向所选银行查询').click();
    expect(await other.getByRole('button', { name: '查询我的卡' }).isDisabled()).toBe(true);
    // A right number of that bank, and a card that is nobody's here.
    await field.fill('9156009000009997');
    await other.getByRole('button', { name: '查询我的卡' }).click();
    await other.getByText(/没有找到你名下尾号 9997 的卡/).waitFor();
    await field.fill(number);
    expect(await field.inputValue()).toBe('9156 0090 0000 0012');
    expect(await accessibilityProblems(other, 'a recognised number')).toEqual([]);
    await other.getByRole('button', { name: '查询我的卡' }).click();
    await other.getByRole('button', { name: '绑定 1 张卡' }).click();
    await other.getByText('已绑定 1 张卡').first().waitFor();
    const digits = sent.map((text) => text.replace(/[^0-9]/g, ''));
    expect(digits.filter((text) => text.includes(number) || text.includes(number.slice(0, 12)))).toEqual([]);
    expect(sent.some((text) => text.includes('/v1/wallet/cards'))).toBe(true);
    await context.close();
  });

  it('a credit card is repaid from a debit card of another bank, and the banks tell of it', async () => {
    await page.goto(`${network.url}/wallet/accounts`);
    await page.getByRole('link', { name: /盐湖信用卡/ }).click();
    await page.getByText('当前欠款').waitFor();
    await page.getByRole('link', { name: '信用卡还款' }).click();
    await page.getByRole('radio', { name: '其他金额' }).check({ force: true });
    await page.getByLabel('还款金额（元）').fill('12.50');
    expect(await accessibilityProblems(page, 'repay')).toEqual([]);
    await page.getByRole('button', { name: '还款 ¥12.50' }).click();
    await page.getByRole('heading', { name: '已还款，实时入账' }).waitFor();
    await page.goto(`${network.url}/wallet/notices`);
    await page.getByText('盐湖农信收入').first().waitFor();
    await page.getByText('+¥12.50').first().waitFor();
    await page.getByRole('button', { name: '全部标为已读' }).click();
    await page.getByRole('button', { name: '全部标为已读' }).waitFor({ state: 'detached' });
    expect(await page.getByText('未读', { exact: true }).count()).toBe(0);
  });

  it('a Class III account is opened at another bank, and shows its limits', async () => {
    await page.goto(`${network.url}/wallet/open-account`);
    await page.getByText('先完成实名认证').waitFor();
    expect(await accessibilityProblems(page, 'who somebody is, first')).toEqual([]);
    const identity = { name: person?.name, identity_number: person?.identityNumber };
    await signedPost(page, '/v1/wallet/identity', identity);
    await page.reload();
    await page.getByText('已实名认证').waitFor();
    await page.getByText(masked).waitFor();
    await page.getByRole('radio', { name: 'Ⅲ类账户' }).check({ force: true });
    expect(await accessibilityProblems(page, 'opening')).toEqual([]);
    await page.getByRole('button', { name: '发送验证码' }).click();
    await page.getByRole('dialog').getByLabel('验证码', { exact: true }).fill(code);
    await page.getByRole('button', { name: '确认', exact: true }).click();
    const message = page.getByText(/用于核实身份/).first();
    await message.waitFor();
    const sent = /验证码 ([0-9]{6})/.exec((await message.textContent()) ?? '')?.[1] ?? '';
    await page.getByLabel('验证码', { exact: true }).fill(sent);
    expect(await accessibilityProblems(page, 'the bank’s code')).toEqual([]);
    await page.getByRole('button', { name: '确认开户' }).click();
    await page.getByRole('heading', { name: '账户已开立' }).first().waitFor();
    await page.getByRole('link', { name: '查看账户' }).click();
    await page.getByText('账户余额上限').waitFor();
    expect(await accessibilityProblems(page, 'limits')).toEqual([]);
  });

  it('credit cards are compared, and one that is applied for is in the wallet at once', async () => {
    await page.goto(`${network.url}/wallet/credit`);
    await page.getByLabel('只看免年费').check();
    for (const box of await page.getByLabel('比较', { exact: true }).all()) await box.check();
    await page.getByRole('button', { name: /^比较已选/ }).click();
    await page.getByRole('dialog').getByRole('columnheader').first().waitFor();
    expect(await accessibilityProblems(page, 'comparison')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.goto(`${network.url}/wallet/credit/apply/yunzhou/yunzhou_standard`);
    await page.getByText('已实名认证').waitFor();
    await page.getByText(masked).waitFor();
    expect(await accessibilityProblems(page, 'applying')).toEqual([]);
    await page.getByLabel('月收入（元）').fill('8000');
    await page.getByRole('button', { name: '提交申请' }).click();
    await page.getByRole('dialog').getByLabel('验证码', { exact: true }).fill(code);
    await page.getByRole('button', { name: '确认', exact: true }).click();
    await page.getByText('虚拟卡已绑定，可立即使用').waitFor();
    await page.getByRole('link', { name: '查看卡片' }).click();
    await page.getByText('云州标准信用卡').first().waitFor();
  });
});
