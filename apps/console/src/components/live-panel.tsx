import type { Tick } from '@feiqian/contract';
import { formatTime, useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { liveChart } from '../charts/live-chart.ts';
import { summarise } from '../model/live.ts';
import { formatCount, formatRate, formatShare } from '../model/numbers.ts';
import { useZone } from '../zone-choice.ts';
import { Chart } from './chart.tsx';
import { Panel } from './places.tsx';
import { Time } from './time.tsx';

const tableRowsMax = 60;

function Figure({ name, value, unit }: { name: string; value: string; unit?: string }) {
  return (
    <div>
      <p className="text-12 text-muted">{name}</p>
      <p className="figures font-semibold text-28 text-ink">
        {value}
        {unit ? <span className="ml-1 font-normal text-14 text-muted">{unit}</span> : null}
      </p>
    </div>
  );
}

function TickTable({ ticks }: { ticks: readonly Tick[] }) {
  const { t } = useTranslation();
  const busy = ticks
    .filter((tick) => tick.created + tick.approved + tick.declined + tick.unknown > 0)
    .slice(-tableRowsMax)
    .reverse();
  return (
    <table className="w-full text-14">
      <caption className="sr-only">{t('today.rateCaption')}</caption>
      <thead>
        <tr className="text-left text-12 text-muted">
          <th scope="col" className="py-1 font-normal">
            {t('today.at')}
          </th>
          <th scope="col" className="text-right font-normal">
            {t('today.rateApproved')}
          </th>
          <th scope="col" className="text-right font-normal">
            {t('today.rateFailed')}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {busy.map((tick) => (
          <tr key={tick.at} className="figures">
            <td className="py-1">
              <Time at={tick.at} />
            </td>
            <td className="text-right">{tick.approved}</td>
            <td className="text-right">{tick.declined + tick.unknown}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The pulse of the network: five minutes, second by second. */
export function LivePanel({ ticks }: { ticks: readonly Tick[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const zone = useZone();
  const minute = summarise(ticks);
  const mean = formatRate(minute.perSecond);
  const approval = formatShare(minute.approvalRate);
  const label = t('today.rateAria', { mean, peak: minute.peak, approval });
  return (
    <Panel title={t('today.rate')}>
      <div className="grid gap-x-6 gap-y-2 lg:grid-cols-[11rem_1fr]">
        <div className="flex flex-wrap gap-x-8 gap-y-2 lg:flex-col lg:gap-4">
          <Figure name={t('today.rateNow')} value={mean} unit={t('today.rateUnit')} />
          <Figure
            name={t('today.ratePeakName')}
            value={formatCount(minute.peak)}
            unit={t('today.rateUnit')}
          />
          <Figure name={t('today.approvalMinute')} value={approval} />
        </div>
        <div className="min-w-0">
          <p className="pl-9 text-12 text-jade" aria-hidden="true">
            ↑ {t('today.rateApproved')}
          </p>
          <Chart
            label={label}
            height="h-48"
            table={<TickTable ticks={ticks} />}
            note={
              <span className="pl-9 text-12 text-rose" aria-hidden="true">
                ↓ {t('today.rateFailed')}
              </span>
            }
            option={(palette) =>
              liveChart({
                ticks,
                palette,
                description: label,
                approved: t('today.rateApproved'),
                failed: t('today.rateFailed'),
                ago: (count) => t('today.ago', { count }),
                clock: (at) => formatTime(at, 'seconds', language, zone),
              })
            }
          />
        </div>
      </div>
    </Panel>
  );
}
