import type { Sandbox } from '@feiqian/contract';
import { cx } from '@feiqian/ui';
import { el } from './element.ts';
import { copyButton, heading, type PageActions, type PageState, wide } from './pieces.ts';
import { fill, type Words } from './words.ts';

/** Three things to try, with the sandbox's own people and cards. */
export function tries(t: Words, state: PageState): HTMLElement | null {
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

/** The way of a payment in five stations. */
export function flow(t: Words): HTMLElement {
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

/** The example, ready to be pasted. */
export function api(t: Words, state: PageState, actions: PageActions): HTMLElement | null {
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

/** Test cards and what they do. */
export function cards(t: Words, state: PageState): HTMLElement | null {
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
