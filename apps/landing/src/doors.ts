import type { Sandbox } from '@feiqian/contract';
import { cx, type Language } from '@feiqian/ui';
import { drawing, el } from './element.ts';
import { copyButton, heading, type PageActions, type PageState, wide } from './pieces.ts';
import { fill, type Words } from './words.ts';

const arrowPaths = ['M5 12h14', 'M13 6l6 6-6 6'];

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
          'target mt-auto inline-flex items-center justify-center gap-2 rounded-card bg-ink px-4 font-semibold text-16 text-paper hover:opacity-90',
      },
      fill(t.open, { name }),
      drawing(arrowPaths, 24, 'size-4', true),
    ),
  );
}

/** Three ways in, each with what it takes to sign in. */
export function doors(t: Words, state: PageState, actions: PageActions): HTMLElement {
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
