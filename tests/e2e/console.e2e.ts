import type { ApiKey, AuditView } from '@feiqian/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { done } from '../support/caller.ts';
import { accessibilityProblems, looksOfWords } from './accessible.ts';
import { chromiumOrSkip, type Device, phone, startDevice, watch } from './browser.ts';
import { askAs, signInDesk, someSales, townAt } from './console.ts';
import { type BuiltNetwork, startBuiltNetwork } from './network.ts';

const desk = { width: 1440, height: 900 };

describe.runIf(chromiumOrSkip())('the console', () => {
  let network: BuiltNetwork;
  let device: Device;
  let sales: Awaited<ReturnType<typeof someSales>>;
  const contexts: BrowserContext[] = [];
  let complaints: string[] = [];

  async function open(options: Parameters<Device['open']>[0] = {}): Promise<Page> {
    const context = await device.open({ viewport: desk, ...options });
    contexts.push(context);
    const page = await context.newPage();
    complaints = watch(page, network.url);
    return page;
  }
  async function openDesk(username = 'operator'): Promise<Page> {
    const page = await open();
    await signInDesk(page, network.url, username);
    return page;
  }
  const rail = (page: Page) => page.getByRole('navigation', { name: '主导航' }).first();

  beforeAll(async () => {
    [network, device] = await Promise.all([startBuiltNetwork({ FEIQIAN_AUDIT_SECONDS: '2' }), startDevice()]);
    sales = await someSales(await townAt(network.url));
  }, 180_000);
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await device?.close();
    await network?.stop();
  });

  it('shows the day: what was paid, each bank, and the live line', async () => {
    const page = await openDesk();
    await page.getByText('实时', { exact: true }).waitFor();
    await page.getByRole('img', { name: /最近五分钟每秒的付款/ }).waitFor();
    await page.getByText('云州银行').first().waitFor();
    await page.getByRole('button', { name: '看表格' }).first().click();
    await page.getByRole('columnheader', { name: '通过', exact: true }).waitFor();
    await page
      .getByRole('link', { name: /未通过/ })
      .first()
      .click();
    await page.waitForURL(/payments\?.*state=declined/);
    await page
      .getByRole('link', { name: /云上咖啡/ })
      .first()
      .waitFor();
  });

  it('finds a payment by its order without a mouse and tells its whole story', async () => {
    const page = await openDesk();
    await page.keyboard.press('/');
    await page.keyboard.type('desk-1');
    await page.keyboard.press('Enter');
    await page.waitForURL(/payments\?q=desk-1$/);
    await page.locator('tbody tr').first().waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`payments/${sales.paid}$`));
    const story = page.getByRole('listitem');
    for (const step of [/创建付款/, /0200.*消费请求/, /0210.*00 批准/, /记账/, /收款成功/])
      await story.filter({ hasText: step }).first().waitFor();
    await page
      .getByText(/个报文域/)
      .first()
      .click();
    expect(await page.getByRole('table', { name: '0200' }).textContent()).toMatch(/9156\d{2}\*+\d{4}/);
    await page.getByRole('heading', { name: / 头寸$/ }).waitFor();
  });

  it('says why a payment was declined and that no money moved', async () => {
    const page = await openDesk();
    await page.goto(`${network.url}/console/payments/${sales.declined}`);
    await page.getByText('51 余额不足').waitFor();
    await page.getByText('没有记账').waitFor();
  });

  it('keeps filters in the address and gives the same rows as CSV', async () => {
    const page = await openDesk();
    await page.goto(`${network.url}/console/payments`);
    await page.getByLabel('状态').selectOption('partially_refunded');
    await page.waitForURL(/state=partially_refunded/);
    const link = page.getByRole('link', { name: '导出 CSV' });
    const address = await link.getAttribute('href');
    expect(address).toBe('/v1/console/payments.csv?state=partially_refunded');
    const csv = await (await page.request.get(network.url + address)).text();
    expect(csv).toContain(sales.refunded);
    expect(csv).not.toContain(sales.paid);
    await page.reload();
    expect(await page.getByLabel('状态').inputValue()).toBe('partially_refunded');
  });

  it('signs a bank off only after its name was typed, says so on Today, and signs it on again', async () => {
    const page = await openDesk();
    await page.goto(`${network.url}/console/members`);
    const bank = page.getByRole('article', { name: '海港商业银行' });
    await bank.getByRole('button', { name: '回响测试' }).click();
    await page.getByText('海港商业银行：回响测试已完成').waitFor();
    await bank.getByRole('button', { name: '签退' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('请输入 haigang 以确认').fill('haigan');
    expect(await dialog.getByRole('button', { name: '签退' }).isDisabled()).toBe(true);
    await dialog.getByLabel('请输入 haigang 以确认').fill('haigang');
    await dialog.getByRole('button', { name: '签退' }).click();
    await bank.getByText('已签退').waitFor();
    await rail(page).getByRole('link', { name: '今天' }).click();
    await page.getByRole('link', { name: /海港商业银行的连接不通/ }).click();
    await bank.getByRole('button', { name: '签到' }).click();
    await bank.getByText('已签到').waitFor();
  });

  it('takes a new merchant from the form to its first member of staff', async () => {
    const page = await openDesk();
    await page.goto(`${network.url}/console/merchants/new`);
    await page.getByRole('button', { name: '提交审核' }).click();
    expect(await page.getByText('请填写').count()).toBe(7);
    const values = {
      商户名称: '北山茶行',
      英文名称: 'North Hill Tea',
      '行业代码（MCC）': '5499',
      '城市（英文）': 'Yunzhou',
      营业执照号: '91530000MA6K00001X',
      结算账户: '6217000012345678',
      第一家门店: '总店',
    };
    for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
    await page.getByRole('button', { name: '提交审核' }).click();
    await page.getByRole('heading', { level: 1, name: /北山茶行/ }).waitFor();
    await page.getByRole('button', { name: '通过审核' }).click();
    await page.getByText('正常', { exact: true }).waitFor();
    await page.getByRole('button', { name: '新增员工' }).click();
    await page.getByLabel('姓名').fill('王芳');
    await page.getByLabel('六位密码').fill('246813');
    await page.getByRole('dialog').getByRole('button', { name: '新增员工' }).click();
    await page.getByText(/王芳 的工号是 \d+/).waitFor();
    await page.getByRole('button', { name: '完成' }).click();
    await page.getByRole('link', { name: '收款码海报' }).click();
    await page.getByRole('img', { name: '收款码海报' }).waitFor();
  });

  it('shows a new key once; its example makes a payment; revoked, it makes none', async () => {
    const page = await openDesk('merchant');
    await rail(page).getByRole('link', { name: '开发' }).click();
    await page.getByRole('button', { name: '新建密钥' }).click();
    await page.getByRole('dialog').getByLabel('名称').fill('orders');
    await page.keyboard.press('Enter');
    const secret = await page.getByRole('status', { name: '密钥' }).textContent();
    await page.getByRole('button', { name: '我已保存' }).click();
    const example = (await page.locator('pre').textContent()) ?? '';
    expect(example).toContain(`Bearer ${secret}`);
    const body = /-d '([\s\S]*)'$/.exec(example)?.[1] ?? '';
    const create = () =>
      page.request.post(`${network.url}/v1/payments`, {
        headers: { authorization: `Bearer ${secret}`, 'idempotency-key': `desk-${Math.random()}` },
        data: JSON.parse(body),
      });
    expect((await create()).status()).toBe(201);
    const list = await done(
      (await askAs(network.url, 'merchant')).get<{ data: ApiKey[] }>('/v1/console/api-keys'),
    );
    expect(JSON.stringify(list)).not.toContain(secret);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'orders' })
      .getByRole('button', { name: '吊销' })
      .click();
    await page.getByLabel('请输入 orders 以确认').fill('orders');
    await page.getByRole('dialog').getByRole('button', { name: '吊销' }).click();
    await page.getByRole('listitem').filter({ hasText: 'orders' }).getByText('已吊销').waitFor();
    expect((await create()).status()).toBe(401);
  });

  it('says that the books are right, and names what is wrong when they are not', async () => {
    const page = await openDesk();
    await rail(page).getByRole('link', { name: '账目' }).click();
    await page.getByText('账目无误').waitFor();
    await page.getByRole('table', { name: '网络' }).getByText('无误').first().waitFor();
    await page.getByRole('table', { name: '云州银行' }).waitFor();
    // What a network that goes right does not show: an answer with a finding in it.
    await page.route('**/v1/console/audit', async (route) => {
      const response = await route.fetch();
      const view = (await response.json()) as AuditView;
      const check = view.checks.find((c) => c.name === 'network.refunded_adds_up');
      const found = 'refunded 0 of 900, reserved 900 of 900';
      const examples = [{ what: sales.refunded, payment_id: sales.refunded, found }];
      Object.assign(check ?? {}, { findings: 2, examples, last_finding_at: view.last?.at });
      Object.assign(view.last ?? {}, { findings: 2 });
      await route.fulfill({ response, json: view });
    });
    await page.reload();
    await page.getByText('账目有误：2 处').waitFor();
    await page.getByText('还有 1 处').waitFor();
    expect(await accessibilityProblems(page, 'books')).toEqual([]);
    await page.goto(`${network.url}/console/`);
    await page.getByRole('link', { name: '账目有误：2 处' }).click();
    await page.getByRole('link', { name: /^pay_…/ }).click();
    await page.waitForURL(`${network.url}/console/payments/${sales.refunded}`);
  });

  it('shows each role its own places and nobody else’s acts', async () => {
    const placesFor = async (username: string) => {
      const page = await openDesk(username);
      return rail(page).getByRole('link').allTextContents();
    };
    expect(await placesFor('bank')).toEqual(['今天', '付款', '成员', '设置']);
    expect(await placesFor('merchant')).toEqual(['今天', '付款', '商户', '开发', '设置']);
    const reader = await openDesk('reader');
    expect(await rail(reader).getByRole('link').allTextContents()).toEqual([
      '今天',
      '付款',
      '成员',
      '商户',
      '账目',
      '设置',
    ]);
    await reader.goto(`${network.url}/console/members`);
    await reader.getByRole('article').first().waitFor();
    expect(await reader.getByRole('button', { name: '签退' }).count()).toBe(0);
  });

  it('asks for the sign-in, then goes where one wanted to go', async () => {
    const page = await open();
    await page.goto(`${network.url}/console/payments?state=declined`);
    await page.getByRole('button', { name: /· operator$/ }).click();
    await page.waitForURL(`${network.url}/console/payments?state=declined`);
    await page.reload();
    await page.getByLabel('状态').waitFor();
    await page.getByRole('button', { name: '退出登录' }).first().click();
    await page.getByRole('heading', { name: '登录控制台' }).waitFor();
    await page.goto(`${network.url}/console/members`);
    await page.getByRole('heading', { name: '登录控制台' }).waitFor();
  });

  const visits = [
    { name: 'Chinese, desktop', locale: 'zh-CN', viewport: desk, looks: undefined },
    { name: 'English, phone', locale: 'en', viewport: phone, looks: looksOfWords },
  ] as const;
  it.each(visits)('has nothing for axe to find, and no sideways scrolling: $name', async (visit) => {
    const page = await open(visit);
    const found: string[] = [];
    const check = async (where: string) => {
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      // Nothing on its way any more: no grey place, no turning ring.
      // Asked of the page from outside: what polls inside it would be script that the page does not allow.
      await page.locator('.fq-pulse, .fq-spin').first().waitFor({ state: 'detached' });
      found.push(...(await accessibilityProblems(page, where, visit.looks)));
    };
    await page.goto(`${network.url}/`);
    await check('/');
    await page.goto(`${network.url}/console/`);
    await check('sign-in');
    await signInDesk(page, network.url);
    const { data } = await done(
      (await askAs(network.url, 'operator')).get<{ data: { id: string; stores: { id: string }[] }[] }>(
        '/v1/console/merchants?limit=1',
      ),
    );
    const merchant = data[0];
    const paths = [
      '',
      'payments',
      `payments/${sales.refunded}`,
      `payments/${sales.declined}`,
      'members',
      'merchants',
      'merchants/new',
      `merchants/${merchant?.id}`,
      `merchants/${merchant?.id}/posters/${merchant?.stores[0]?.id}`,
      'books',
      'developers',
      'settings',
    ];
    for (const path of paths) {
      await page.goto(`${network.url}/console/${path}`);
      await check(path);
    }
    expect(found).toEqual([]);
  });
});
