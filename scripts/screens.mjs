// npm run screens               remakes the pictures in docs/screens/ from the running product, on a sandbox of its own
// npm run screens -- console    only those whose name has this word
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { readOptions } from './prepare/options.mjs';
import { giveUp, say } from './prepare/place.mjs';
import { prepare, root } from './prepare.mjs';
import { startTraffic } from './screens/traffic.mjs';

const startMsMax = 120_000;
/** A live chart shows five minutes; this much of it is filled before it is pictured. */
const trafficMsMin = 240_000;
const phone = { width: 390, height: 844 };
const desk = { width: 1440, height: 900 };
const folder = process.env.SCREENS_FOLDER ?? join(root, 'docs', 'screens');
const { words: wanted } = readOptions(
  'npm run screens',
  {},
  { name: 'WORD …', is: 'only the pictures whose name has one of these words' },
);
const englishDark = { language: 'en', theme: 'dark' };

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
let traffic;
try {
  await ready();
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
  const sandbox = await (await fetch(`${address}/v1/sandbox`)).json();
  const began = performance.now();
  say('Playing payments …');
  traffic = await startTraffic(address, sandbox);
  const reversed = traffic.reversed();
  if (anyWanted('wallet', 'till')) {
    const wallet = await openWallet(sandbox);
    const till = await openTill(sandbox);
    await payBetween(wallet, till);
    await shootWallet(wallet);
    await shootTill(till);
  }
  if (anyWanted('landing')) await shootLanding();
  if (anyWanted('console')) {
    const leftMs = trafficMsMin - (performance.now() - began);
    if (leftMs > 0) {
      say(`Letting the live chart fill for ${Math.ceil(leftMs / 1000)} s …`);
      await sleep(leftMs);
    }
    await shootConsole(sandbox, await reversed);
  }
  await reversed;
} finally {
  await traffic?.stop();
  await browser?.close();
  network.kill('SIGTERM');
  await new Promise((resolve) => network.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}
say(`The pictures are in ${folder}.`);

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function anyWanted(...apps) {
  return wanted.length === 0 || wanted.some((word) => apps.some((app) => word.startsWith(app)));
}

/** A phone's picture is shown small and has to stay sharp; a desk is large enough as it is. */
async function page(viewport) {
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: viewport === phone ? 1.5 : 1,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    hasTouch: viewport === phone,
    isMobile: viewport === phone,
  });
  return context.newPage();
}

async function shoot(on, name) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) return;
  await on.evaluate(() => document.fonts.ready);
  const path = join(folder, `${name}.png`);
  await on.screenshot({ path, animations: 'disabled' });
  say(`  ${name}.png ${Math.ceil(statSync(path).size / 1024)} KiB`);
}

/** The same screen in another language and theme; `settle` waits for what must be on it. */
async function alsoIn(on, name, { language, theme }, settle) {
  await on.evaluate(
    ([words, look]) => {
      localStorage.setItem('feiqian.language', words);
      localStorage.setItem('feiqian.theme', look);
    },
    [language, theme],
  );
  await on.reload();
  await settle();
  await shoot(on, name);
  await on.evaluate(() => {
    localStorage.removeItem('feiqian.language');
    localStorage.removeItem('feiqian.theme');
  });
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

async function shootWallet(wallet) {
  await wallet.goto(`${address}/wallet/`);
  await wallet.getByText('我的卡').waitFor();
  await shoot(wallet, 'wallet-home');
  const cards = () =>
    wallet
      .getByText(/Bank of Yunzhou/)
      .first()
      .waitFor();
  await alsoIn(wallet, 'wallet-home-en-dark', englishDark, cards);
  await wallet.goto(`${address}/wallet/code`);
  await wallet.getByRole('img').first().waitFor();
  await shoot(wallet, 'wallet-code');
  await wallet.goto(`${address}/wallet/records`);
  const records = () =>
    wallet
      .getByText(/18\.00/)
      .first()
      .waitFor();
  await records();
  await shoot(wallet, 'wallet-records');
  await alsoIn(wallet, 'wallet-records-en-dark', englishDark, records);
}

async function shootTill(till) {
  await till.goto(`${address}/till/sales`);
  const sales = () =>
    till
      .getByText(/18\.00/)
      .first()
      .waitFor();
  await sales();
  await shoot(till, 'till-sales');
  await alsoIn(till, 'till-sales-en-dark', englishDark, sales);
}

async function shootLanding() {
  for (const [viewport, suffix] of [
    [desk, ''],
    [phone, '-phone'],
  ]) {
    const landing = await page(viewport);
    await landing.goto(`${address}/`);
    await landing.getByText('运行正常').waitFor();
    await shoot(landing, `landing${suffix}`);
    const running = () => landing.getByText('Running').waitFor();
    await alsoIn(landing, `landing${suffix}-en-dark`, englishDark, running);
  }
}

async function shootConsole(sandbox, reversed) {
  for (const [viewport, suffix] of [
    [desk, ''],
    [phone, '-phone'],
  ]) {
    await shootDesk(await page(viewport), suffix, sandbox.console[0], reversed);
  }
}

async function shootDesk(on, suffix, operator, reversed) {
  await on.goto(`${address}/console/`);
  await on.getByRole('button', { name: new RegExp(operator.name) }).waitFor();
  if (suffix === '') await shoot(on, 'console-sign-in');
  await on.getByRole('button', { name: new RegExp(operator.name) }).click();
  const settled = async () => {
    await on.locator('#page h1').waitFor();
    await on.waitForFunction(() => !document.querySelector('.fq-pulse, .fq-spin'));
    await sleep(1500);
  };
  await settled();
  await shoot(on, `console-today${suffix}`);
  await alsoIn(on, `console-today${suffix}-en-dark`, englishDark, settled);
  await on.goto(`${address}/console/payments`);
  await settled();
  await shoot(on, `console-payments${suffix}`);
  await on.goto(`${address}/console/payments?state=partially_refunded`);
  await on.locator('tbody tr a').first().click();
  await on.waitForURL(/\/payments\/pay_/);
  await settled();
  await shoot(on, `console-payment${suffix}`);
  await alsoIn(on, `console-payment${suffix}-en-dark`, englishDark, settled);
  await on.goto(`${address}/console/books`);
  const looked = () => on.getByText(/账目无误|The books are right/).waitFor();
  await looked();
  await settled();
  await shoot(on, `console-books${suffix}`);
  await alsoIn(on, `console-books${suffix}-en-dark`, englishDark, looked);
  if (suffix !== '') return;
  await on.goto(`${address}/console/payments/${reversed}`);
  await settled();
  await shoot(on, 'console-reversed');
  await on.goto(`${address}/console/members`);
  await settled();
  await shoot(on, 'console-members');
  await on.goto(`${address}/console/merchants`);
  await settled();
  await alsoIn(on, 'console-merchants-en', { language: 'en', theme: 'light' }, settled);
  await on.goto(`${address}/console/developers`);
  await settled();
  await shoot(on, 'console-developers');
}

async function ready() {
  const deadline = performance.now() + startMsMax;
  for (;;) {
    const answer = await fetch(`${address}/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (network.exitCode !== null || performance.now() > deadline) giveUp('The network did not start.');
    await sleep(250);
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
