import type { Payment } from '@feiqian/contract';
import type { Page } from 'playwright-core';

const sandboxPin = '123456';
export const supervisor = '100101';
export const cashier = '100102';

/** Signs a member of staff in, by keyboard alone. */
export async function signInTill(page: Page, url: string, staffNumber: string): Promise<void> {
  await page.goto(`${url}/till/`);
  await page.getByLabel('工号').fill(staffNumber);
  await page.keyboard.press('Enter');
  await page.getByText(`工号 ${staffNumber}`).waitFor();
  await page.keyboard.type(sandboxPin);
  await page.getByRole('button', { name: '收款', exact: true }).waitFor();
}

/** Types an amount on the keypad and goes on to the doors. */
export async function charge(page: Page, amount: string): Promise<void> {
  await typeAmount(page, amount);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '怎么收' }).waitFor();
}

/** Types an amount at a person's pace, with nothing on the keypad before. */
export async function typeAmount(page: Page, amount: string): Promise<void> {
  await page.getByRole('button', { name: '收款', exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.type(amount, { delay: 20 });
  // Longer than a hand scanner's pause, so that what follows is not taken for more of the same.
  await page.waitForTimeout(150);
}

/** Shows our code for an amount; gives the payment it is for. */
export async function showCode(page: Page, amount: string): Promise<Payment> {
  await charge(page, amount);
  const [created] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith('/v1/payments') && r.request().method() === 'POST'),
    page.getByRole('button', { name: /^出示收款码/ }).click(),
  ]);
  await page.getByRole('img', { name: '收款二维码' }).waitFor();
  return (await created.json()) as Payment;
}

/** Goes from a result back to the keypad. */
export async function nextSale(page: Page): Promise<void> {
  await page.getByRole('button', { name: '下一笔' }).click();
  await page.getByRole('button', { name: '收款', exact: true }).waitFor();
}

/** The heading that says how a sale ended. */
export function result(page: Page, words: string) {
  return page.getByRole('heading', { name: words, exact: true });
}
