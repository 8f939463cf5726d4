import './app.css';
import type { Health, Sandbox } from '@feiqian/contract';
import { applyPreferences, type Language, readPreference, writePreference } from '@feiqian/ui';
import { copiedWord, pageOf, titleOf } from './page.ts';
import type { PageState } from './pieces.ts';

const healthEveryMs = 15_000;
const copiedMs = 1500;

applyPreferences();

function firstLanguage(): Language {
  const kept = readPreference('language');
  if (kept === 'en' || kept === 'zh-CN') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no element with id "page"');
const place: HTMLElement = root;

let state: PageState = {
  language: firstLanguage(),
  health: null,
  sandbox: null,
  origin: window.location.origin,
};

function draw(): void {
  document.documentElement.lang = state.language;
  document.title = titleOf(state.language);
  // What was opened and what had the focus stays so when the page is drawn anew.
  const open = [...place.querySelectorAll('details')].map((one) => one.open);
  const focusable = 'a, button, summary, pre[tabindex]';
  const focused = [...place.querySelectorAll(focusable)].indexOf(document.activeElement as Element);
  place.replaceChildren(
    ...pageOf(state, {
      switchLanguage() {
        const language = state.language === 'en' ? 'zh-CN' : 'en';
        writePreference('language', language);
        change({ language });
      },
      copy: (text, button) => void copy(text, button),
    }),
  );
  place.querySelectorAll('details').forEach((one, index) => {
    one.open = open[index] ?? false;
  });
  if (focused >= 0) (place.querySelectorAll(focusable)[focused] as HTMLElement | undefined)?.focus();
}

function change(news: Partial<PageState>): void {
  const before = JSON.stringify(state);
  state = { ...state, ...news };
  if (JSON.stringify(state) !== before) draw();
}

async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return;
  }
  button.title = copiedWord(state.language);
  button.classList.add('text-jade');
  setTimeout(() => button.classList.remove('text-jade'), copiedMs);
}

/** A JSON answer, or false when there is none to be had. */
async function ask<T>(path: string): Promise<T | false> {
  try {
    const response = await fetch(path, { headers: { accept: 'application/json' } });
    return response.ok || path === '/health' ? ((await response.json()) as T) : false;
  } catch {
    return false;
  }
}

async function lookAtHealth(): Promise<void> {
  change({ health: await ask<Health>('/health') });
}

draw();
void ask<Sandbox>('/v1/sandbox').then((sandbox) => change({ sandbox }));
void lookAtHealth();
setInterval(() => {
  if (document.visibilityState === 'visible') void lookAtHealth();
}, healthEveryMs);
