import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';

/** One-time code of the sandbox. */
const sandboxCode = '246810';

/** Signs a person in with mobile number and one-time code. */
export async function signInWallet(page: Page, url: string, mobile: string): Promise<void> {
  await page.goto(`${url}/wallet/`);
  await page.getByLabel('手机号').fill(mobile);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).fill(sandboxCode);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page
    .getByRole('link', { name: /付款码/ })
    .first()
    .waitFor();
}

/** One consent, the chosen banks, every card found; gives the number bound. */
export async function bindCards(page: Page, url: string): Promise<number> {
  await page.goto(`${url}/wallet/bind`);
  await page.getByText('我同意飞钱向所选银行查询').click();
  await page.getByRole('button', { name: '查询我的卡' }).click();
  await page.getByRole('button', { name: /^绑定 \d+ 张卡$/ }).click();
  const done = page.getByText(/已绑定 \d+ 张卡/).first();
  await done.waitFor();
  return Number(/\d+/.exec((await done.textContent()) ?? '')?.[0]);
}

/** Opens the scanner, which reads whatever is before the camera, and waits for the confirmation. */
export async function scanWithWallet(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/wallet/scan`);
  await page.getByRole('button', { name: /^支付/ }).waitFor();
}

/** Presses pay on the confirmation. */
export async function pay(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^支付/ }).click();
}

/** Chooses the card with these last digits on the confirmation. */
export async function chooseCard(page: Page, last4: string): Promise<void> {
  await page.getByRole('button', { name: /^更换/ }).click();
  await page.getByRole('dialog').getByText(last4).first().click();
  await page.getByRole('button', { name: /^支付/ }).waitFor();
}

/** Runs in the page, where the keys of the device are: signs a request with them and sends it. */
const signInPage = `async (r) => {
  const base64Url = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const bytesOf = (text) => new TextEncoder().encode(text);
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(request.result);
    });
  const database = await settled(indexedDB.open('feiqian-wallet'));
  const keys = await settled(database.transaction('kept').objectStore('kept').get('deviceKey'));
  database.close();
  const { data } = await (await fetch('/v1/wallet/nonces')).json();
  const hash = base64Url(await crypto.subtle.digest('SHA-256', bytesOf(r.body)));
  const text = ['feiqian request 1', 'POST', r.path, hash, r.key, data[0]].join('\\n');
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': r.key,
    'device-nonce': data[0],
    'device-signature': base64Url(await crypto.subtle.sign('HMAC', keys.request, bytesOf(text))),
  };
  const response = await fetch(r.path, { method: 'POST', headers, body: r.body });
  return { status: response.status, text: await response.text() };
}`;

/**
 * Sends a write as the wallet would: signed inside the page, with the keys of its device, which nothing can take out
 * of the browser. Gives the JSON that came.
 */
export async function signedPost<T>(page: Page, path: string, body: unknown): Promise<T> {
  const sent = JSON.stringify({ path, body: JSON.stringify(body), key: randomUUID() });
  const answer = await page.evaluate<{ status: number; text: string }>(`(${signInPage})(${sent})`);
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as T;
}
