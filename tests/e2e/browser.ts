import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The system's Chromium: `CHROMIUM_PATH`, else where Debian puts it; null when there is none. */
export function chromiumPath(): string | null {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return null;
  }
}

/** Says why the browser tests do not run; in CI that is a failure, elsewhere a skip. */
export function chromiumOrSkip(): boolean {
  if (chromiumPath() !== null) return true;
  const words = 'No Chromium was found: install chromium, or set CHROMIUM_PATH.';
  if (process.env.CI) throw new Error(words);
  console.warn(`The browser tests are skipped. ${words}`);
  return false;
}

/** What a device's camera sees: whatever picture was last held before it. */
export interface Camera {
  look: (jpeg: Buffer) => void;
}

/** A person's device: a browser with a camera of its own. */
export interface Device {
  camera: Camera;
  /** A fresh profile; `null` scheme means light. */
  open: (options?: DeviceOptions) => Promise<BrowserContext>;
  close: () => Promise<void>;
}

export interface DeviceOptions {
  locale?: 'zh-CN' | 'en';
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
}

export const phone = { width: 390, height: 844 };

/** Starts a browser whose camera shows a Motion JPEG file; the file is read anew each time a page opens the camera. */
export async function startDevice(): Promise<Device> {
  const folder = mkdtempSync(join(tmpdir(), 'feiqian-camera-'));
  const film = join(folder, 'camera.mjpeg');
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath() ?? undefined,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-gpu',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
      '--autoplay-policy=no-user-gesture-required',
    ],
  });
  return {
    camera: { look: (jpeg) => writeFileSync(film, jpeg) },
    open: ({ locale = 'zh-CN', colorScheme = 'light', viewport = phone } = {}) =>
      browser.newContext({
        viewport,
        locale,
        colorScheme,
        timezoneId: 'Asia/Shanghai',
        permissions: ['camera'],
        reducedMotion: 'reduce',
      }),
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A photograph of what a page shows, as another device's camera would take it. */
export function photograph(page: Page): Promise<Buffer> {
  return page.screenshot({ type: 'jpeg', quality: 92 });
}

/** Everything a page did that no page may do: requests to other hosts, errors nobody caught. */
export function watch(page: Page, ownUrl: string): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(ownUrl) && !/^(data|blob):/.test(url)) complaints.push(`outside request: ${url}`);
  });
  return complaints;
}

/** Types as a hand scanner does: every key at once, then Enter. */
export async function scanByHand(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const press = (key: string, code: string, typed: string) => [
    session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, text: typed }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code }),
  ];
  const keys = [...text].flatMap((c) => press(c, `Digit${c}`, c));
  await Promise.all([...keys, ...press('Enter', 'Enter', '\r')]);
  await session.detach();
}

/** Presses Tab until an element of that name has the focus; fails when a full round does not reach it. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const pressesMax = 40;
  for (let i = 0; i < pressesMax; i += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>(
      `(() => { const e = document.activeElement; return e ? (e.getAttribute('aria-label') || e.textContent || '') : ''; })()`,
    );
    if (name.test(focused)) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

/**
 * Remembers when each heading first appeared, by the page's own clock, so that a test measures what a person
 * sees and not how often the test looks. Install before the page is opened.
 */
export async function rememberHeadings(context: BrowserContext): Promise<void> {
  await context.addInitScript(`(() => {
    const seen = (globalThis.headingsSeen = []);
    let last = '';
    new MutationObserver(() => {
      const now = document.querySelector('h1')?.textContent ?? '';
      if (now !== last) seen.push({ text: now, atMs: Date.now() });
      last = now;
    }).observe(document, { subtree: true, childList: true, characterData: true });
  })()`);
}

/** When a heading was last put on the screen, in ms since 1970. */
export async function headingAt(page: Page, text: string): Promise<number> {
  const seen = await page.evaluate<{ text: string; atMs: number }[]>('globalThis.headingsSeen');
  const found = seen.filter((one) => one.text === text).at(-1);
  if (found === undefined)
    throw new Error(`no heading ${text}; there were ${seen.map((one) => one.text).join(', ')}`);
  return found.atMs;
}
