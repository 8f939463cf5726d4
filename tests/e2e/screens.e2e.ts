import { randomUUID } from 'node:crypto';
import type { Payment, Poster, Sandbox } from '@feiqian/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, looksOfWords } from './accessible.ts';
import { chromiumOrSkip, type Device, phone, startDevice } from './browser.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';
import { signInTill, supervisor } from './till.ts';
import { bindCards, signedPost, signInWallet } from './wallet.ts';

const languages = ['zh-CN', 'en'] as const;
type Language = (typeof languages)[number];
const tester = '13800000009';
/** Once everything has come, so long until it is drawn. */
const drawingMs = 100;
const desk = { width: 1440, height: 900 };

// The console has a file of its own.
describe.runIf(chromiumOrSkip())('every screen is for everybody', () => {
  let network: BuiltNetwork;
  let device: Device;
  let till: Page;
  let wallet: Page;
  const payments: Record<'paid' | 'declined' | 'open', Payment> = {} as never;

  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork(), startDevice()]);
    till = await (await device.open()).newPage();
    wallet = await (await device.open()).newPage();
    await signInTill(till, network.url, supervisor);
    await signInWallet(wallet, network.url, tester);
    await bindCards(wallet, network.url);
    await makePayments();
  }, 240_000);
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });

  const post = async <T>(page: Page, path: string, data: unknown): Promise<T> => {
    const answer = await page.request.post(network.url + path, {
      data,
      headers: { 'idempotency-key': randomUUID() },
    });
    expect(answer.status(), path).toBeLessThan(300);
    return (await answer.json()) as T;
  };
  const get = async <T>(page: Page, path: string): Promise<T> =>
    (await (await page.request.get(network.url + path)).json()) as T;

  /** A paid sale with a refund, a declined one and one that waits. */
  async function makePayments(): Promise<void> {
    const sandbox = await get<Sandbox>(till, '/v1/sandbox');
    const me = await get<{ store: { id: string } }>(till, '/v1/till/me');
    const { data: cards } = await get<{ data: { id: string; last4: string }[] }>(wallet, '/v1/wallet/cards');
    const cardFor = (outcome: string) => {
      const last4 = sandbox.test_cards.find((c) => c.outcome === outcome)?.number.slice(-4);
      return cards.find((c) => c.last4 === last4)?.id;
    };
    const order = (amount: number) =>
      post<Payment>(till, '/v1/payments', {
        amount,
        currency: 'CNY',
        store_id: me.store.id,
        order_reference: `SCREENS-${amount}`,
      });
    const pay = (payment: Payment, outcome: string) =>
      signedPost<Payment>(wallet, `/v1/wallet/payments/${payment.id}/pay`, { card_id: cardFor(outcome) });
    payments.paid = await pay(await order(1800), 'approve');
    await post(till, `/v1/payments/${payments.paid.id}/refunds`, { amount: 300, reason: '多收了' });
    payments.declined = await pay(await order(900), 'do_not_honour');
    payments.open = await order(600);
  }

  /** Puts a signed-in page into a language, as the switch in the settings does. */
  async function speak(page: Page, language: Language): Promise<void> {
    await page.evaluate(`localStorage.setItem('feiqian.language', '${language}')`);
  }

  const lookAt = (page: Page, language: Language, screen: string) =>
    accessibilityProblems(page, screen, language === 'zh-CN' ? undefined : looksOfWords);

  /** Visits addresses one after the other; gives what is wrong with any of them. */
  async function visit(page: Page, language: Language, paths: readonly string[]): Promise<string[]> {
    const problems: string[] = [];
    for (const path of paths) {
      await page.goto(network.url + path);
      await settled(page);
      problems.push(...(await lookAt(page, language, path)));
    }
    return problems;
  }

  for (const language of languages) {
    it(`of the till, in ${language}`, async () => {
      await speak(till, language);
      const at = `/till/sales/${payments.paid.id}`;
      const problems = await visit(till, language, [
        '/till/sales',
        at,
        `${at}/receipt`,
        `${at}/refund`,
        '/till/poster',
        '/till/settings',
        '/till/',
      ]);
      const check = async (screen: string) => {
        await settled(till);
        problems.push(...(await lookAt(till, language, `till: ${screen}`)));
      };
      await till.keyboard.type('18+6.5', { delay: 20 });
      await check('an amount');
      await till.keyboard.press('Enter');
      await check('the doors');
      await till.getByRole('button', { name: /^(碰一碰|Tap)/ }).click();
      await till.getByRole('dialog').waitFor();
      await check('no tap here');
      await till.keyboard.press('Escape');
      await till.getByRole('dialog').waitFor({ state: 'detached' });
      await till.getByRole('button', { name: /^(扫付款码|Scan code)/ }).click();
      await check('the scanner');
      await till.goBack();
      await till.getByRole('button', { name: /^(出示收款码|Show code)/ }).click();
      await till.getByRole('img', { name: /^(收款二维码|Code to pay)$/ }).waitFor();
      await check('the code');
      await till.getByRole('button', { name: /^(先收下一笔|Next sale)$/ }).click();
      await till.getByRole('button', { name: /^(1 笔进行中|1 sale under way)$/ }).click();
      await till.getByRole('dialog').waitFor();
      await check('sales under way');
      await till
        .getByRole('dialog')
        .getByRole('button', { name: /24\.50/ })
        .click();
      await till.getByRole('button', { name: /^(取消这笔|Cancel)$/ }).click();
      await till.getByRole('heading', { name: /^(已取消|Cancelled)$/ }).waitFor();
      await check('cancelled');
      await till.getByRole('button', { name: /^(下一笔|Next sale)$/ }).click();
      for (const [outcome, heading] of [
        ['approve', /^(到账|Received)$/],
        ['do_not_honour', /^(未通过|Declined)$/],
      ] as const) {
        await sell(outcome);
        await till.getByRole('heading', { name: heading }).waitFor();
        await check(outcome);
        await till.getByRole('button', { name: /^(下一笔|Next sale)$/ }).click();
      }
      await till.context().setOffline(true);
      await till.getByText(/^(没有网络|No network)$/).waitFor();
      await check('no network');
      await till.context().setOffline(false);
      await till.setViewportSize(desk);
      problems.push(
        ...(await visit(till, language, ['/till/', '/till/sales', '/till/poster', '/till/settings'])),
      );
      await till.setViewportSize(phone);
      expect(problems).toEqual([]);
    });

    it(`of the wallet, in ${language}`, async () => {
      await speak(wallet, language);
      const me = await get<{ store: { id: string } }>(till, '/v1/till/me');
      const poster = await get<Poster>(till, `/v1/stores/${me.store.id}/poster`);
      const { data: cards } = await get<{ data: { id: string }[] }>(wallet, '/v1/wallet/cards');
      const { data: accounts } = await get<{ data: { id: string }[] }>(wallet, '/v1/wallet/accounts');
      const problems = await visit(wallet, language, [
        '/wallet/',
        '/wallet/bind',
        '/wallet/scan',
        `/wallet/to?code=${encodeURIComponent(JSON.stringify(poster.code))}`,
        `/wallet/pay/${payments.open.id}`,
        `/wallet/result/${payments.paid.id}`,
        `/wallet/result/${payments.declined.id}`,
        '/wallet/code',
        '/wallet/records',
        `/wallet/records/${payments.paid.id}`,
        '/wallet/cards',
        `/wallet/cards/${cards[0]?.id}`,
        '/wallet/accounts',
        `/wallet/accounts/${accounts[0]?.id}`,
        '/wallet/notices',
        '/wallet/requests',
        '/wallet/ask',
        `/wallet/split?payment=${payments.paid.id}`,
        '/wallet/spending',
        '/wallet/budget',
        '/wallet/me',
        '/wallet/me/devices',
        '/wallet/me/security',
        '/wallet/me/push',
        '/wallet/nothing-here',
      ]);
      expect(problems).toEqual([]);
    });

    it(`of the ways in, in ${language}`, async () => {
      const context = await device.open({ locale: language });
      const page = await context.newPage();
      const problems = await visit(page, language, ['/', '/wallet/', '/till/', '/console/']);
      await page.goto(`${network.url}/till/`);
      await page.getByRole('textbox').fill(supervisor);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: /^(输入密码|Enter your PIN)$/ }).waitFor();
      problems.push(...(await lookAt(page, language, 'till: PIN')));
      await context.close();
      expect(problems).toEqual([]);
    });
  }

  /** Shows a code at the till and pays it with a card of the tester. */
  async function sell(outcome: string): Promise<void> {
    const sandbox = await get<Sandbox>(till, '/v1/sandbox');
    const last4 = sandbox.test_cards.find((c) => c.outcome === outcome)?.number.slice(-4);
    const { data: cards } = await get<{ data: { id: string; last4: string }[] }>(wallet, '/v1/wallet/cards');
    await till.keyboard.type('12', { delay: 20 });
    await till.keyboard.press('Enter');
    const [created] = await Promise.all([
      till.waitForResponse((r) => r.url().endsWith('/v1/payments') && r.request().method() === 'POST'),
      till.getByRole('button', { name: /^(出示收款码|Show code)/ }).click(),
    ]);
    const { id } = (await created.json()) as Payment;
    await signedPost(wallet, `/v1/wallet/payments/${id}/pay`, {
      card_id: cards.find((c) => c.last4 === last4)?.id,
    });
  }
});

/** Waits until what a page asked for has come and its first drawing is done. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await page.locator('h1, [role="dialog"]').first().waitFor({ state: 'attached' });
  await page.locator('.fq-pulse, .fq-spin').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(drawingMs);
}
