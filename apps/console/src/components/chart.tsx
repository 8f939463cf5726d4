import { Skeleton, usePreferences } from '@feiqian/ui';
import type { EChartsCoreOption } from 'echarts/core';
import { ChartColumn, Table2 } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Palette, readPalette } from '../charts/palette.ts';

type Engine = typeof import('../charts/engine.ts');
type OpenChart = ReturnType<Engine['openChart']>;

/** The colours on screen now; changes with the theme chosen here and with the system's. */
function usePalette(): Palette {
  const { theme, elder } = usePreferences();
  const [palette, setPalette] = useState(readPalette);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tokens change when the theme does
  useEffect(() => {
    const read = () => setPalette(readPalette());
    read();
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', read);
    return () => dark.removeEventListener('change', read);
  }, [theme, elder]);
  return palette;
}

/** Draws one option after another; the chart library is fetched when the first chart is shown. */
function Drawing({ option, label }: { option: EChartsCoreOption; label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<OpenChart | null>(null);
  const latest = useRef(option);
  latest.current = option;
  const [ready, setReady] = useState(false);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let gone = false;
    const resize = new ResizeObserver(() => chart.current?.resize());
    void import('../charts/engine.ts').then(({ openChart }) => {
      if (gone) return;
      chart.current = openChart(element);
      chart.current.setOption(latest.current);
      resize.observe(element);
      setReady(true);
    });
    return () => {
      gone = true;
      resize.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option);
  }, [option]);

  return (
    <div className="relative h-full">
      {ready ? null : <Skeleton className="absolute inset-0" />}
      <div ref={place} role="img" aria-label={label} className="h-full w-full" />
    </div>
  );
}

interface ChartProps {
  /** Says in a sentence what the picture shows. */
  label: string;
  option: (palette: Palette) => EChartsCoreOption;
  /** The same numbers as a table. */
  table: ReactNode;
  /** A word on the picture, at its foot. */
  note?: ReactNode;
  /** Tailwind height of the picture. */
  height?: string;
}

/** A picture of numbers, and the numbers themselves one click away. */
export function Chart({ label, option, table, note, height = 'h-56' }: ChartProps) {
  const { t } = useTranslation();
  const palette = usePalette();
  const [asTable, setAsTable] = useState(false);
  const Icon = asTable ? ChartColumn : Table2;
  return (
    <div className="flex flex-col">
      <div className={`${height} min-w-0`}>
        {asTable ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section tabIndex={0} aria-label={label} className="h-full overflow-y-auto">
            {table}
          </section>
        ) : (
          <Drawing option={option(palette)} label={label} />
        )}
      </div>
      <div className="flex items-center justify-between gap-4">
        {asTable ? <span /> : (note ?? <span />)}
        <button
          type="button"
          onClick={() => setAsTable(!asTable)}
          className="inline-flex min-h-8 items-center gap-1 rounded-small px-2 text-12 text-azure hover:bg-azure-soft"
        >
          <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
          {asTable ? t('app.chart') : t('app.table')}
        </button>
      </div>
    </div>
  );
}
