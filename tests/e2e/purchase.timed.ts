import type { Payment, Sandbox } from '@feiqian/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  chromiumOrSkip,
  type Device,
  headingAt,
  photograph,
  rememberHeadings,
  scanByHand,
  startDevice,
  tabTo,
  watch,
} from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { cashier, nextSale, result, showCode, signInTill, supervisor, typeAmount } from './till.ts';
import { bindCards, chooseCard, pay, scanWithWallet, signInWallet } from './wallet.ts';

/** Both screens must say how a payment ended within this, from the moment it ended at the network. */
const saidMsMax = 1_000;
/** A bank that never answers: the network waits nine seconds, reverses, and tells. */
const reversedMsMax = 60_000;
const shopper = '13800000001';
const tester = '13800000009';

describe.runIf(chromiumOrSkip())('a purchase on two screens', () => {
  let network: BuiltNetwork;
  let sandbox: Sandbox;
  let counter: Device;
  let pocket: Device;
  let till: Page;
  let wallet: Page;
  const contexts: BrowserContext[] = [];
  const complaints: string[][] = [];

  async function open(device: Device): Promise<Page> {
    const context = await device.open();
    contexts.push(context);
    await rememberHeadings(context);
    const page = await context.newPage();
    complaints.push(watch(page, network.url));
    return page;
  }
  const api = async <T>(path: string): Promise<T> =>
    (await (await till.request.get(network.url + path)).json()) as T;
  const paymentNow = (id: string) => api<Payment>(`/v1/payments/${id}`);
  const cardFor = (outcome: string) =>
    sandbox.test_cards.find((c) => c.outcome === outcome)?.number.slice(-4) ?? '';

  beforeAll(async () => {
    const first = startBuiltNetwork({}, true);
    [network, counter, pocket] = await Promise.all([first, startDevice(), startDevice()]);
    till = await open(counter);
    wallet = await open(pocket);
    sandbox = (await (await till.request.get(`${network.url}/v1/sandbox`)).json()) as Sandbox;
    await signInTill(till, network.url, supervisor);
    await signInWallet(wallet, network.url, shopper);
  }, 180_000);
  afterAll(async () => {
    await Promise.all([counter?.close(), pocket?.close()]);
    await network?.stop();
  });
  afterEach(() => {
    expect(complaints.flat()).toEqual([]);
  });

  /** Both say so within a second of the end of the payment, by the clocks of their own pages. */
  async function bothSayPaid(id: string): Promise<void> {
    await Promise.all([result(till, '到账').waitFor(), result(wallet, '付款成功').waitFor()]);
    const ended = Date.parse((await paymentNow(id)).completed_at ?? '');
    expect((await headingAt(till, '到账')) - ended).toBeLessThanOrEqual(saidMsMax);
    expect((await headingAt(wallet, '付款成功')) - ended).toBeLessThanOrEqual(saidMsMax);
  }

  it('begins with the cards of three banks, bound in one go', async () => {
    expect(await bindCards(wallet, network.url)).toBe(6);
    await wallet.goto(`${network.url}/wallet/cards`);
    for (const bank of ['云州银行', '盐湖农信', '海港商业银行']) {
      await wallet.getByText(bank).first().waitFor();
    }
  });

  it('the wallet scans the code on the till, and both say paid within a second', async () => {
    const { id } = await showCode(till, '18+6.5');
    pocket.camera.look(await photograph(till));
    await scanWithWallet(wallet, network.url);
    await wallet.getByText('云上咖啡').first().waitFor();
    await pay(wallet);
    await bothSayPaid(id);
    expect(await paymentNow(id)).toMatchObject({ state: 'captured', amount: 2450, entry: 'dynamic_code' });
    await nextSale(till);
  });

  it('the till scans the pay code on the wallet with its camera', async () => {
    await wallet.goto(`${network.url}/wallet/code`);
    await wallet.getByRole('img', { name: '付款二维码' }).waitFor();
    counter.camera.look(await photograph(wallet));
    await typeAmount(till, '12.8');
    await till.keyboard.press('Enter');
    await till.getByRole('button', { name: /^扫付款码/ }).click();
    await result(till, '到账').waitFor();
    const [last] = (await api<{ data: Payment[] }>('/v1/payments?limit=1')).data;
    expect(last).toMatchObject({ state: 'captured', amount: 1280, entry: 'pay_code' });
    await bothSayPaid(last?.id ?? '');
    await nextSale(till);
  });

  it('the till takes the digits of the pay code from a hand scanner, straight from the keypad', async () => {
    await wallet.goto(`${network.url}/wallet/code`);
    const shown = wallet.getByRole('button', { name: '点按显示数字' });
    // The code just used is not shown again; the next one comes within fifteen seconds.
    await shown.click({ timeout: 30_000 });
    const digits = (
      ((await wallet.getByRole('button', { name: '点按隐藏数字' }).textContent()) ?? '').match(/\d/g) ?? []
    ).join('');
    expect(digits).toHaveLength(19);
    await typeAmount(till, '3');
    await scanByHand(till, digits);
    await result(till, '到账').waitFor();
    await nextSale(till);
    const [last] = (await api<{ data: Payment[] }>('/v1/payments?limit=1')).data;
    expect(last).toMatchObject({ state: 'captured', amount: 300, entry: 'pay_code' });

    // The same code again is refused, in words, and nothing is charged.
    await typeAmount(till, '3');
    await scanByHand(till, digits);
    await result(till, '收款未成功').waitFor();
    await till.getByText(/付款码已使用过/).waitFor();
    await nextSale(till);
  });

  it('a supervisor refunds a part, and the shopper sees it', async () => {
    const { data } = await api<{ data: Payment[] }>('/v1/payments?limit=20');
    const bought = data.find((p) => p.amount === 2450);
    await till.goto(`${network.url}/till/sales/${bought?.id}`);
    await till.getByRole('link', { name: '退款' }).click();
    await till.getByText('部分', { exact: true }).click();
    await till.getByLabel('退款金额').fill('6.5');
    await till.getByText('多收了').click();
    await till.getByRole('button', { name: '退 ¥6.50' }).click();
    await till.getByRole('dialog').getByRole('button', { name: '退 ¥6.50' }).click();
    await till.getByText('已退款', { exact: true }).waitFor();
    await wallet.goto(`${network.url}/wallet/records/${bought?.id}`);
    await wallet.getByText('部分退款').first().waitFor();
    await wallet.getByText('¥6.50').first().waitFor();
    await till.goto(`${network.url}/till/`);
  });

  it('a cashier is told whom to ask for a refund', async () => {
    const other = await open(counter);
    await signInTill(other, network.url, cashier);
    const { data } = await api<{ data: Payment[] }>('/v1/payments?limit=20');
    await other.goto(`${network.url}/till/sales/${data.find((p) => p.amount === 1280)?.id}`);
    await other.getByRole('button', { name: '退款' }).click();
    await other.getByRole('dialog', { name: '退款要由主管办理' }).waitFor();
    await other.close();
  });

  describe('with cards that do as they are told', () => {
    let customer: Page;

    beforeAll(async () => {
      customer = await open(pocket);
      await signInWallet(customer, network.url, tester);
      await bindCards(customer, network.url);
    }, 120_000);

    it('a decline is said on both screens, and another card pays the same code', async () => {
      const { id } = await showCode(till, '9.9');
      await customer.goto(`${network.url}/wallet/pay/${id}`);
      await chooseCard(customer, cardFor('insufficient_funds'));
      await pay(customer);
      await result(till, '未通过').waitFor();
      await till.getByText('没有扣款。').first().waitFor();
      await customer
        .getByText(/余额不足/)
        .first()
        .waitFor();
      await till.getByRole('button', { name: '再出示这个码' }).click();
      await till.getByRole('img', { name: '收款二维码' }).waitFor();
      await customer.goto(`${network.url}/wallet/pay/${id}`);
      await chooseCard(customer, cardFor('approve'));
      await pay(customer);
      await Promise.all([result(till, '到账').waitFor(), result(customer, '付款成功').waitFor()]);
      expect((await paymentNow(id)).state).toBe('captured');
      await nextSale(till);
    });

    it('a silent bank is waited for calmly while the next sale goes on, and ends reversed', async () => {
      const { id } = await showCode(till, '7.7');
      await customer.goto(`${network.url}/wallet/pay/${id}`);
      await chooseCard(customer, cardFor('time_out'));
      await pay(customer);
      await result(till, '正在与银行核对').waitFor();
      await till.getByText(/已等待 \d+ 秒/).waitFor();

      await till.getByRole('button', { name: '先收下一笔' }).click();
      await till.getByRole('button', { name: '1 笔进行中' }).waitFor();
      const second = await showCode(till, '2');
      await customer.goto(`${network.url}/wallet/pay/${second.id}`);
      await chooseCard(customer, cardFor('approve'));
      await pay(customer);
      await result(till, '到账').waitFor();

      await customer.goto(`${network.url}/wallet/result/${id}`);
      await result(customer, '没有扣款').waitFor({ timeout: reversedMsMax });
      await nextSale(till);
      await till.getByRole('button', { name: '查看' }).click({ timeout: reversedMsMax });
      await result(till, '没有收到').waitFor();
      expect((await paymentNow(id)).state).toBe('reversed');
      await nextSale(till);
    }, 150_000);
  });

  it('can be done with a keyboard alone', async () => {
    await till.goto(`${network.url}/till/`);
    await till.getByRole('button', { name: '收款', exact: true }).waitFor();
    await till.keyboard.type('5.5', { delay: 20 });
    await till.keyboard.press('Enter');
    await till.getByRole('heading', { name: '怎么收' }).waitFor();
    await tabTo(till, /^出示收款码/);
    const [created] = await Promise.all([
      till.waitForResponse((r) => r.url().endsWith('/v1/payments') && r.request().method() === 'POST'),
      till.keyboard.press('Enter'),
    ]);
    const { id } = (await created.json()) as Payment;
    await wallet.goto(`${network.url}/wallet/pay/${id}`);
    await wallet.getByRole('button', { name: /^支付/ }).waitFor();
    await tabTo(wallet, /^支付/);
    await wallet.keyboard.press('Enter');
    await bothSayPaid(id);
    await till.keyboard.press('Enter');
    await till.getByRole('button', { name: '收款', exact: true }).waitFor();
    await tabTo(wallet, /^完成/);
    await wallet.keyboard.press('Enter');
    await wallet
      .getByRole('link', { name: /付款码/ })
      .first()
      .waitFor();
  });

  it('without a network the till says so, keeps what it has and comes back by itself', async () => {
    const context = till.context();
    await till.goto(`${network.url}/till/sales`);
    await till.getByText('¥24.50').first().waitFor();
    await context.setOffline(true);
    await till.getByText('没有网络', { exact: true }).waitFor();
    await till.reload().catch(() => undefined);
    await till.getByText('¥24.50').first().waitFor();
    await context.setOffline(false);
    await till.getByText('没有网络', { exact: true }).waitFor({ state: 'detached' });
  });
});
