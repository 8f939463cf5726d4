// npm run screens: remakes the pictures in docs/screens/ from the running product, on a sandbox of its own.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { giveUp, say } from './prepare/place.mjs';
import { prepare, root } from './prepare.mjs';

const startMsMax = 120_000;
const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };
const folder = join(root, 'docs', 'screens');

await prepare();
const executablePath =
  findChromium() ?? giveUp('No Chromium was found: install chromium, or set CHROMIUM_PATH.');
const { chromium } = await import('playwright-core');
mkdirSync(folder, { recursive: true });

const data = mkdtempSync(join(tmpdir(), 'feiqian-screens-'));
const port = await freePort();
const address = `http://localhost:${port}`;
const network = spawn(process.execPath, [join(root, 'dist', 'feiqian.mjs'), 'start'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    ...process.env,
    DATABASE_URL: '',
    PORT: String(port),
    FEIQIAN_DATA_DIR: data,
    FEIQIAN_BANK_ISO_PORT: '0',
    FEIQIAN_BANK_API_PORT: '0',
  },
});
let browser;
try {
  await ready();
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  const sandbox = await (await fetch(`${address}/v1/sandbox`)).json();
  const wallet = await openWallet(sandbox);
  const till = await openTill(sandbox);
  await payBetween(wallet, till);
  await shootRest(wallet, till);
  await shootConsole(sandbox);
} finally {
  await browser?.close();
  network.kill('SIGTERM');
  await new Promise((resolve) => network.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}
say(`The pictures are in docs/screens/.`);

async function page(viewport) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: 2,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    hasTouch: viewport === phone,
  });
  return context.newPage();
}

async function shoot(on, name) {
  await on.evaluate(() => document.fonts.ready);
  await on.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
  say(`  ${name}.png`);
}

async function openWallet({ code, people: [person] }) {
  const wallet = await page(phone);
  await wallet.goto(`${address}/wallet/`);
  await wallet.getByLabel('手机号').fill(person.mobile);
  await wallet.getByRole('button', { name: '获取验证码' }).click();
  await wallet.getByLabel('验证码').fill(code);
  await wallet.getByRole('button', { name: '登录', exact: true }).click();
  await wallet.getByText('添加第一张银行卡').waitFor();
  await wallet.goto(`${address}/wallet/bind`);
  await wallet.getByRole('checkbox', { name: /^我同意/ }).check();
  await wallet.getByRole('button', { name: '查询我的卡' }).click();
  await wallet.getByRole('button', { name: /^绑定 \d+ 张卡$/ }).click();
  await wallet.getByText(/^已绑定 \d+ 张卡$/).waitFor();
  return wallet;
}

async function openTill({ tills: [staff] }) {
  const till = await page(phone);
  await till.goto(`${address}/till/`);
  await till.getByRole('button', { name: new RegExp(staff.staff_number) }).click();
  await till.getByRole('button', { name: '收款', exact: true }).waitFor();
  return till;
}

async function payBetween(wallet, till) {
  for (const key of ['1', '8', '.', '0', '0']) await till.keyboard.press(key);
  await shoot(till, 'till-keypad');
  await till.getByRole('button', { name: '收款', exact: true }).click();
  const created = till.waitForResponse(
    (response) => response.request().method() === 'POST' && /\/v1\/payments$/.test(response.url()),
  );
  await till.getByRole('button', { name: /出示收款码/ }).click();
  const { code } = await (await created).json();
  await till.getByText('请顾客扫码').waitFor();
  await shoot(till, 'till-code');
  await wallet.goto(`${address}/wallet/to?code=${encodeURIComponent(code)}`);
  await wallet.getByRole('button', { name: /^支付/ }).waitFor();
  await shoot(wallet, 'wallet-confirm');
  await wallet.getByRole('button', { name: /^支付/ }).click();
  await wallet.getByText('付款成功').waitFor();
  await shoot(wallet, 'wallet-result');
  await till
    .getByText(/到账|已收款|收款成功/)
    .first()
    .waitFor();
  await shoot(till, 'till-result');
}

async function shootRest(wallet, till) {
  await wallet.goto(`${address}/wallet/`);
  await wallet.getByText('我的卡').waitFor();
  await shoot(wallet, 'wallet-home');
  await wallet.goto(`${address}/wallet/code`);
  await wallet.getByRole('img').first().waitFor();
  await shoot(wallet, 'wallet-code');
  await wallet.goto(`${address}/wallet/records`);
  await wallet
    .getByText(/18\.00/)
    .first()
    .waitFor();
  await shoot(wallet, 'wallet-records');
  await till.goto(`${address}/till/sales`);
  await till
    .getByText(/18\.00/)
    .first()
    .waitFor();
  await shoot(till, 'till-sales');
}

async function shootConsole({ console: [operator] }) {
  const desktop = await page(desk);
  await desktop.goto(`${address}/console/`);
  await desktop.getByRole('button', { name: new RegExp(operator.name) }).click();
  await desktop.getByRole('navigation').first().waitFor();
  await desktop.waitForLoadState('networkidle').catch(() => undefined);
  await shoot(desktop, 'console-today');
  await desktop.goto(`${address}/console/payments`);
  await desktop.getByRole('row').nth(1).waitFor();
  await shoot(desktop, 'console-payments');
  await desktop.getByRole('row').nth(1).getByRole('link').first().click();
  await desktop.waitForURL(/\/payments\/pay_/);
  await desktop
    .getByText(/0210|0110/)
    .first()
    .waitFor();
  await shoot(desktop, 'console-payment');
  await desktop.goto(`${address}/console/members`);
  await desktop.getByText('云州银行').first().waitFor();
  await shoot(desktop, 'console-members');
}

async function ready() {
  const deadline = performance.now() + startMsMax;
  for (;;) {
    const answer = await fetch(`${address}/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (network.exitCode !== null || performance.now() > deadline) giveUp('The network did not start.');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
