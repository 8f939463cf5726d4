import { cx } from '@feiqian/ui';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame } from '../components/frame.tsx';
import { keepFocus, Pad } from '../components/pad.tsx';

const Recent = lazy(() => import('../components/recent.tsx'));

/** The keypad, and one swipe away the last five sales. */
export function HomeScreen() {
  const { t } = useTranslation();
  const panes = useRef<HTMLDivElement>(null);
  const [pane, setPane] = useState(0);
  const show = (index: number) => {
    const box = panes.current;
    if (box === null) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollTo({ left: box.clientWidth * index, behavior: still ? 'instant' : 'smooth' });
  };
  const onScroll = () => {
    const box = panes.current;
    if (box) setPane(Math.round(box.scrollLeft / Math.max(1, box.clientWidth)));
  };
  const names = [t('keypad.pad'), t('keypad.recent')];
  return (
    <Frame place="charge" filled>
      <h1 className="sr-only" tabIndex={-1}>
        {t('nav.charge')}
      </h1>
      <fieldset className="flex shrink-0 justify-center gap-8 lg:hidden" onMouseDown={keepFocus}>
        <legend className="sr-only">{t('keypad.panes')}</legend>
        {names.map((name, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={pane === index}
            onClick={() => show(index)}
            className={cx(
              'target border-b-2 px-2 text-14',
              pane === index ? 'border-brand font-semibold text-ink' : 'border-transparent text-muted',
            )}
          >
            {name}
          </button>
        ))}
      </fieldset>
      <div
        ref={panes}
        onScroll={onScroll}
        className="relative no-scrollbar flex min-h-0 flex-1 snap-x snap-mandatory overflow-x-auto lg:grid lg:grid-cols-[minmax(0,7fr)_minmax(0,5fr)] lg:gap-8 lg:overflow-visible lg:p-6"
      >
        <section
          aria-label={t('keypad.pad')}
          className="flex w-full shrink-0 snap-start flex-col lg:min-h-0"
          onMouseDown={keepFocus}
        >
          <Pad />
        </section>
        <section
          aria-label={t('recent.title')}
          className="w-full shrink-0 snap-start overflow-y-auto px-4 pb-6 lg:min-h-0 lg:px-0"
        >
          <Suspense>
            <Recent />
          </Suspense>
        </section>
      </div>
    </Frame>
  );
}
