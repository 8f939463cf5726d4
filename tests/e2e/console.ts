import type { Sandbox } from '@feiqian/contract';
import type { Page } from 'playwright-core';
import { Caller, done } from '../support/caller.ts';
import { buy, cardFor, type Town, tester, type Wallet, wallet } from '../support/people.ts';

/** A network as its people see it, by its address alone. */
export async function townAt(url: string): Promise<Town> {
  const anyone = new Caller(url, null);
  const guide = await done(anyone.get<Sandbox>('/v1/sandbox'));
  const merchant = anyone.as(guide.demo_key.secret);
  return { anyone, merchant, guide, storeId: guide.demo_key.store_id };
}

/** Purchases of a morning: some paid, one declined, one refunded. */
export async function someSales(town: Town): Promise<{ paid: string; declined: string; refunded: string }> {
  const payer: Wallet = await wallet(town, '13800000001');
  const testing: Wallet = await wallet(town, tester);
  const paid = await buy(town, payer, payer.cards[0], 1880, { order_reference: 'desk-1' });
  for (let sale = 2; sale <= 4; sale++)
    await buy(town, payer, payer.cards[1], sale * 100, { order_reference: `desk-${sale}` });
  const declined = await buy(town, testing, cardFor(town, testing, 'insufficient_funds'), 2600);
  const refunded = await buy(town, payer, payer.cards[0], 3900);
  await done(town.merchant.post(`/v1/payments/${refunded.id}/refunds`, { amount: 900, reason: '少一件' }));
  return { paid: paid.id, declined: declined.id, refunded: refunded.id };
}

/** Signs in at the console with one click on a sandbox identity. */
export async function signInDesk(page: Page, url: string, username = 'operator'): Promise<void> {
  await page.goto(`${url}/console/`);
  await page.getByRole('button', { name: new RegExp(`· ${username}$`) }).click();
  await page.locator('#page h1').waitFor();
  await page.waitForURL(`${url}/console/**`);
}

/** What a console user may ask the API, for checks beside the page. */
export async function askAs(url: string, username: string): Promise<Caller> {
  const anyone = new Caller(url, null);
  const body = { username, password: 'yunzhou' };
  return anyone.as((await done(anyone.post<{ token: string }>('/v1/console/sessions', body))).token);
}
