import type { Health, Sandbox } from '@feiqian/contract';
import type { Language } from '@feiqian/ui';
import { drawing, el } from './element.ts';
import { fill, type Words } from './words.ts';

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

/** The middle of the page. */
export const wide = 'mx-auto w-full max-w-6xl px-4 sm:px-8';
/** The title of a part. */
export const heading = 'font-semibold text-28 text-ink';
const copyPaths = ['M9 9h11v11H9z', 'M5 15H4V4h11v1'];

/** Puts a text on the clipboard; named by the text when it is short. */
export function copyButton(t: Words, text: string, actions: PageActions): HTMLButtonElement {
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
