import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { typing } from './keys.ts';

/** A payment's own id goes straight to its page. */
const paymentId = /^pay_[0-9a-f]{32}$/;

/** The one search of the console: `/` brings the keyboard here from anywhere. */
export function SearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const [words, setWords] = useState(q);
  const input = useRef<HTMLInputElement>(null);

  // The address is the truth: a link or the back button changes the words too.
  useEffect(() => setWords(q), [q]);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey || typing(event)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const asked = words.trim();
    input.current?.blur();
    if (paymentId.test(asked)) void navigate({ to: '/payments/$id', params: { id: asked } });
    else
      void navigate({
        to: '/payments',
        search: (before) => ({ ...before, q: asked === '' ? undefined : asked }),
      });
  };

  return (
    <search className="relative flex-1 lg:max-w-xl">
      <form onSubmit={submit}>
        <Search
          size={18}
          strokeWidth={1.75}
          aria-hidden="true"
          className="-translate-y-1/2 pointer-events-none absolute top-1/2 left-3 text-muted"
        />
        <input
          ref={input}
          type="search"
          value={words}
          maxLength={100}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && input.current?.blur()}
          aria-label={t('search.label')}
          aria-keyshortcuts="/"
          placeholder={t('search.placeholder')}
          className="target w-full rounded-small border border-line bg-ground pr-10 pl-10 text-14 text-ink placeholder:text-muted hover:border-line-strong"
        />
        <kbd
          title={t('search.hint')}
          className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-3 hidden rounded-small border border-line-strong px-1.5 font-mono text-12 text-muted lg:block"
        >
          /
        </kbd>
      </form>
    </search>
  );
}
