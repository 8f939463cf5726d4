import { coinPath, cx, type Language, wingPaths } from '@feiqian/ui';
import { doors } from './doors.ts';
import { drawing, el } from './element.ts';
import { api, cards, flow, tries } from './guide.ts';
import { type PageActions, type PageState, wide } from './pieces.ts';
import { en, fill, type Words, zh } from './words.ts';

const wordsOf = (language: Language): Words => (language === 'en' ? en : zh);
const link =
  'target inline-flex items-center rounded-small px-2 text-14 text-muted hover:bg-sunken hover:text-ink';

function coin(className: string): SVGSVGElement {
  return drawing([coinPath, ...wingPaths], 64, className);
}

function header(t: Words, state: PageState, actions: PageActions): HTMLElement {
  const language = el(
    'button',
    { type: 'button', class: link, lang: state.language === 'en' ? 'zh-CN' : 'en' },
    t.language,
  );
  language.addEventListener('click', actions.switchLanguage);
  return el(
    'header',
    { class: cx(wide, 'flex items-center justify-between py-3') },
    el(
      'span',
      { class: 'inline-flex items-center gap-2 font-semibold text-20 text-ink' },
      coin('size-7 text-brand'),
      t.name,
    ),
    el(
      'nav',
      { class: 'flex items-center gap-1', 'aria-label': t.name },
      el('a', { href: '/docs', class: link }, t.docs),
      el('a', { href: '/health', class: cx(link, 'max-sm:hidden') }, t.health),
      language,
    ),
  );
}

/** How the network is, in one line: a mark, words, and what its engine is. */
function statusLine(t: Words, health: PageState['health']): HTMLElement {
  const line = (dot: string, ...words: string[]) =>
    el(
      'p',
      { class: 'flex flex-wrap items-center gap-x-2 gap-y-1 text-14 text-muted', role: 'status' },
      el('span', { class: cx('size-2.5 rounded-pill', dot), 'aria-hidden': 'true' }),
      words.join(' · '),
    );
  if (health === null) return line('bg-line-strong fq-pulse', t.checking);
  if (health === false) return line('bg-rose-fill', t.unreachable);
  const on = health.links.filter((one) => one.state === 'signed_on').length;
  return line(
    health.status === 'ok' ? 'bg-jade-fill' : 'bg-amber-fill',
    health.status === 'ok' ? t.running : t.degraded,
    fill(t.banksOn, { count: on }),
    fill(t.profile, { profile: health.profile }),
  );
}

function hero(t: Words, state: PageState): HTMLElement {
  return el(
    'section',
    { class: 'relative overflow-hidden border-line border-b bg-paper' },
    coin(
      '-right-24 sm:-right-20 lg:right-[max(1rem,calc(50%-38rem))] -top-10 pointer-events-none absolute size-72 text-brand opacity-10 sm:size-96 lg:top-1/2 lg:-translate-y-1/2 lg:opacity-100',
    ),
    el(
      'div',
      { class: cx(wide, 'relative flex flex-col gap-5 py-14 lg:py-24') },
      el('h1', { class: 'max-w-2xl text-balance font-semibold text-40 text-ink lg:text-56' }, t.headline),
      el('p', { class: 'max-w-xl text-16 text-muted' }, t.lead),
      statusLine(t, state.health),
    ),
  );
}

/** What the engine promises, in the language of the page; the network's own words for a profile we do not know. */
function promiseOf(t: Words, profile: string): string | undefined {
  const promises: Record<string, string> = { A: t.promiseA, B: t.promiseB, C: t.promiseC };
  return promises[profile];
}

function footer(t: Words, health: PageState['health']): HTMLElement {
  return el(
    'footer',
    { class: 'border-line border-t' },
    el(
      'div',
      { class: cx(wide, 'flex flex-col gap-4 py-10 text-14 text-muted') },
      el('p', { class: 'max-w-3xl' }, t.origin),
      health
        ? el(
            'p',
            { class: 'max-w-3xl text-12' },
            `${t.engine} ${health.engine} · ${promiseOf(t, health.profile) ?? health.promises}`,
          )
        : null,
      el(
        'p',
        { class: 'flex flex-wrap gap-x-4 gap-y-1 text-12' },
        el('a', { href: '/docs', class: 'text-azure hover:underline' }, t.docs),
        el('a', { href: '/health', class: 'text-azure hover:underline' }, t.health),
        el('a', { href: '/metrics', class: 'text-azure hover:underline' }, t.metrics),
        el('span', {}, health ? `${t.licence} · ${health.version}` : t.licence),
      ),
    ),
  );
}

/** The whole page for a state; drawn anew when the state changes. */
export function pageOf(state: PageState, actions: PageActions): Node[] {
  const t = wordsOf(state.language);
  const tryThese = tries(t, state);
  const example = api(t, state, actions);
  const testCards = cards(t, state);
  return [
    el(
      'a',
      {
        href: '#content',
        class:
          'sr-only z-50 rounded-small bg-raised px-4 py-2 text-14 text-azure focus:not-sr-only focus:fixed focus:top-2 focus:left-2',
      },
      t.skip,
    ),
    header(t, state, actions),
    el(
      'main',
      { id: 'content', class: 'flex flex-col gap-14' },
      hero(t, state),
      doors(t, state, actions),
      tryThese,
      flow(t),
      example || testCards
        ? el(
            'div',
            { class: cx(wide, 'grid items-start gap-x-12 gap-y-12 pb-14 lg:grid-cols-2') },
            example,
            testCards,
          )
        : null,
    ),
    footer(t, state.health),
  ];
}

/** The title of the window. */
export function titleOf(language: Language): string {
  return wordsOf(language).title;
}

/** What is said when something was copied. */
export function copiedWord(language: Language): string {
  return wordsOf(language).copied;
}
