import type { Health, Sandbox } from '@feiqian/contract';
import { coinPath, cx, type Language, wingPaths } from '@feiqian/ui';
import { drawing, el } from './element.ts';
import { en, fill, type Words, zh } from './words.ts';

/** What the page knows: null while it is asking, false when there is none or nobody answered. */
export interface PageState {
  language: Language;
  health: Health | null | false;
  sandbox: Sandbox | null | false;
  origin: string;
}

export interface PageActions {
  switchLanguage: () => void;
  copy: (text: string, button: HTMLButtonElement) => void;
}

const wordsOf = (language: Language): Words => (language === 'en' ? en : zh);
const wide = 'mx-auto w-full max-w-6xl px-4 sm:px-8';
const heading = 'font-semibold text-28 text-ink';
const link =
  'target inline-flex items-center rounded-small px-2 text-14 text-muted hover:bg-sunken hover:text-ink';
const copyPaths = ['M9 9h11v11H9z', 'M5 15H4V4h11v1'];
const arrowPaths = ['M5 12h14', 'M13 6l6 6-6 6'];

function copyButton(t: Words, text: string, actions: PageActions): HTMLButtonElement {
  const label = fill(t.copy, { text: text.length > 40 ? '' : text }).trim();
  const button = el(
    'button',
    {
      type: 'button',
      'aria-label': label,
      title: label,
      class:
        'inline-flex size-8 items-center justify-center rounded-small text-muted hover:bg-sunken hover:text-ink',
    },
    drawing(copyPaths, 24, 'size-4', true),
  );
  button.addEventListener('click', () => actions.copy(text, button));
  return button;
}

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

interface Credential {
  name: string;
  value: string;
}

interface Door {
  href: string;
  name: string;
  text: string;
  credentials: Credential[];
  others: string[];
}

function doorsOf(t: Words, language: Language, sandbox: Sandbox | null): Door[] {
  const person = sandbox?.people[0];
  const till = sandbox?.tills[0];
  const desk = sandbox?.console[0];
  return [
    {
      href: '/wallet/',
      name: t.wallet,
      text: t.walletText,
      credentials:
        sandbox && person
          ? [
              { name: t.mobile, value: person.mobile },
              { name: t.code, value: sandbox.code },
            ]
          : [],
      others: (sandbox?.people ?? [])
        .slice(1)
        .map((one) => `${one.mobile} ${language === 'en' ? one.name_en : one.name}`),
    },
    {
      href: '/till/',
      name: t.till,
      text: t.tillText,
      credentials: till
        ? [
            { name: t.staff, value: till.staff_number },
            { name: t.pin, value: till.pin },
          ]
        : [],
      others: (sandbox?.tills ?? []).slice(1).map((one) => `${one.staff_number} ${one.merchant} ${one.name}`),
    },
    {
      href: '/console/',
      name: t.console,
      text: t.consoleText,
      credentials: desk
        ? [
            { name: t.user, value: desk.username },
            { name: t.password, value: desk.password },
          ]
        : [],
      others: (sandbox?.console ?? []).slice(1).map((one) => `${one.username} ${one.name}`),
    },
  ];
}

function doorCard(t: Words, door: Door, actions: PageActions): HTMLElement {
  const name = t.name === 'Feiqian' ? door.name.toLowerCase() : door.name;
  return el(
    'li',
    { class: 'flex flex-col gap-4 rounded-card border border-line bg-raised p-6' },
    el('h3', { class: 'font-semibold text-20 text-ink' }, door.name),
    el('p', { class: 'text-14 text-muted lg:min-h-16' }, door.text),
    door.credentials.length > 0 &&
      el(
        'dl',
        { class: 'divide-y divide-line border-line border-y' },
        ...door.credentials.map((one) =>
          el(
            'div',
            { class: 'flex items-center justify-between gap-4 py-1' },
            el('dt', { class: 'text-14 text-muted' }, one.name),
            el(
              'dd',
              { class: 'flex items-center gap-1 font-mono text-16 text-ink' },
              one.value,
              copyButton(t, one.value, actions),
            ),
          ),
        ),
      ),
    door.others.length > 0 &&
      el(
        'details',
        { class: 'text-14 text-muted' },
        el('summary', { class: 'w-fit rounded-small text-azure' }, t.others),
        el(
          'ul',
          { class: 'figures mt-2 flex flex-col gap-1' },
          ...door.others.map((text) => el('li', {}, text)),
        ),
      ),
    el(
      'a',
      {
        href: door.href,
        class:
          'target mt-auto inline-flex items-center justify-center gap-2 rounded-card bg-brand-fill px-4 font-semibold text-16 text-on-brand hover:bg-brand-fill-press',
      },
      fill(t.open, { name }),
      drawing(arrowPaths, 24, 'size-4', true),
    ),
  );
}

function doors(t: Words, state: PageState, actions: PageActions): HTMLElement {
  const sandbox = state.sandbox || null;
  return el(
    'section',
    { class: cx(wide, 'flex flex-col gap-5') },
    el('h2', { class: heading }, t.doors),
    el(
      'ul',
      { class: 'grid gap-4 md:grid-cols-3' },
      ...doorsOf(t, state.language, sandbox).map((door) => doorCard(t, door, actions)),
    ),
    el('p', { class: 'text-14 text-muted' }, state.sandbox === false ? t.noSandbox : t.fictional),
  );
}

function tries(t: Words, state: PageState): HTMLElement | null {
  if (!state.sandbox) return null;
  const silent = state.sandbox.test_cards.find((card) => card.outcome === 'time_out');
  const tester = state.sandbox.people.at(-1);
  const steps = [
    { name: t.try1, text: t.try1Text },
    { name: t.try2, text: t.try2Text },
    {
      name: t.try3,
      text: fill(t.try3Text, { mobile: tester?.mobile ?? '', last4: silent?.number.slice(-4) ?? '' }),
    },
  ];
  return el(
    'section',
    { class: cx(wide, 'flex flex-col gap-5') },
    el('h2', { class: heading }, t.tries),
    el(
      'ol',
      { class: 'grid gap-x-8 gap-y-6 md:grid-cols-3' },
      ...steps.map((step, index) =>
        el(
          'li',
          { class: 'flex flex-col gap-1 border-ink border-t pt-3' },
          el(
            'span',
            { class: 'figures font-semibold text-28 text-brand', 'aria-hidden': 'true' },
            String(index + 1),
          ),
          el('h3', { class: 'font-semibold text-16 text-ink' }, step.name),
          el('p', { class: 'text-14 text-muted' }, step.text),
        ),
      ),
    ),
  );
}

function flow(t: Words): HTMLElement {
  const stations = [
    [t.flow1, t.flow1Text],
    [t.flow2, t.flow2Text],
    [t.flow3, t.flow3Text],
    [t.flow4, t.flow4Text],
    [t.flow5, t.flow5Text],
  ] as const;
  return el(
    'section',
    { class: 'border-line border-y bg-paper py-14' },
    el(
      'div',
      { class: cx(wide, 'flex flex-col gap-8') },
      el('h2', { class: heading }, t.flow),
      el(
        'ol',
        { class: 'grid md:grid-cols-5' },
        ...stations.map(([name, text], index) =>
          el(
            'li',
            { class: 'relative flex flex-col gap-1 pb-6 pl-8 md:pt-8 md:pr-6 md:pb-0 md:pl-0' },
            index < stations.length - 1 &&
              el('span', {
                'aria-hidden': 'true',
                class:
                  'absolute top-3 bottom-0 left-2 w-px bg-line-strong md:top-2 md:right-0 md:bottom-auto md:left-4 md:h-px md:w-auto',
              }),
            el('span', {
              'aria-hidden': 'true',
              class: cx(
                'absolute top-1 left-0 size-4 border-2 border-brand md:top-0',
                index === stations.length - 1 ? 'bg-brand-fill' : 'bg-paper',
              ),
            }),
            el('h3', { class: 'font-semibold text-16 text-ink' }, name),
            el('p', { class: 'text-14 text-muted' }, text),
          ),
        ),
      ),
      el('p', { class: 'max-w-3xl text-14 text-muted' }, t.flowUnknown),
    ),
  );
}

/** Ten lines that create a payment with the sandbox's demo key. */
export function exampleOf(sandbox: Sandbox, origin: string): string {
  return [
    `curl -s ${origin}/v1/payments \\`,
    `  -H "Authorization: Bearer ${sandbox.demo_key.secret}" \\`,
    '  -H "Idempotency-Key: $(date +%s%N)" \\',
    '  -H "Content-Type: application/json" \\',
    "  -d '{",
    '    "amount": 1800,',
    '    "currency": "CNY",',
    `    "store_id": "${sandbox.demo_key.store_id}",`,
    '    "order_reference": "order-1001"',
    "  }'",
  ].join('\n');
}

function api(t: Words, state: PageState, actions: PageActions): HTMLElement | null {
  if (!state.sandbox) return null;
  const text = exampleOf(state.sandbox, state.origin);
  return el(
    'section',
    { class: 'flex min-w-0 flex-col gap-3' },
    el('h2', { class: heading }, t.api),
    el('p', { class: 'text-14 text-muted' }, t.apiText),
    el(
      'div',
      { class: 'relative min-w-0' },
      el(
        'pre',
        {
          tabindex: '0',
          class:
            'overflow-x-auto rounded-card border border-line bg-raised p-5 pr-12 font-mono text-12 text-ink leading-relaxed',
        },
        text,
      ),
      el('div', { class: 'absolute top-2 right-2' }, copyButton(t, text, actions)),
    ),
  );
}

function cards(t: Words, state: PageState): HTMLElement | null {
  if (!state.sandbox || state.sandbox.test_cards.length === 0) return null;
  return el(
    'section',
    { class: 'flex min-w-0 flex-col gap-3' },
    el('h2', { class: heading }, t.cards),
    el('p', { class: 'text-14 text-muted' }, t.cardsText),
    el(
      'table',
      { class: 'w-full text-14 text-ink', 'aria-label': t.cards },
      el(
        'thead',
        { class: 'border-line border-b text-left text-12 text-muted' },
        el(
          'tr',
          {},
          el('th', { scope: 'col', class: 'py-1 pr-4 font-normal' }, t.card),
          el('th', { scope: 'col', class: 'py-1 font-normal' }, t.outcome),
        ),
      ),
      el(
        'tbody',
        { class: 'divide-y divide-line' },
        ...state.sandbox.test_cards.map((card) =>
          el(
            'tr',
            {},
            el(
              'td',
              { class: 'whitespace-nowrap py-1.5 pr-4 align-baseline font-mono text-12' },
              card.number.replace(/(.{4})(?=.)/g, '$1 '),
            ),
            el(
              'td',
              { class: 'py-1.5 align-baseline' },
              state.language === 'en' ? card.description : card.description_zh,
            ),
          ),
        ),
      ),
    ),
  );
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
        ? el('p', { class: 'max-w-3xl text-12' }, `${t.engine} ${health.engine} · ${health.promises}`)
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
