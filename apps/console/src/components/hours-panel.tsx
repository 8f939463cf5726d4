import type { Today } from '@feiqian/contract';
import { Amount, cityZone, formatMoney, formatTime, useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { hoursChart, wholeDay } from '../charts/hours-chart.ts';
import { formatCount } from '../model/numbers.ts';
import { Chart } from './chart.tsx';
import { Panel } from './places.tsx';

function HoursTable({ today }: { today: Today }) {
  const { t } = useTranslation();
  const busy = wholeDay(today.hours).filter((hour) => hour.count > 0);
  return (
    <table className="w-full text-14">
      <caption className="sr-only">{t('today.hours')}</caption>
      <thead>
        <tr className="text-left text-12 text-muted">
          <th scope="col" className="py-1 font-normal">
            {t('today.hour')}
          </th>
          <th scope="col" className="text-right font-normal">
            {t('today.payments')}
          </th>
          <th scope="col" className="text-right font-normal">
            {t('today.amount')}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {busy.map((hour) => (
          <tr key={hour.hour} className="figures">
            <td className="py-1">{String(hour.hour).padStart(2, '0')}:00</td>
            <td className="text-right">{formatCount(hour.count)}</td>
            <td className="text-right">
              <Amount minor={hour.amount} currency={today.currency} size={14} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The business day by hour, in the zone of the network. */
export function HoursPanel({ today }: { today: Today }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const busiest = today.hours.reduce((most, one) => (one.count > most.count ? one : most), {
    hour: 0,
    count: 0,
    amount: 0,
  });
  const label =
    busiest.count === 0
      ? t('today.hoursEmpty')
      : t('today.hoursAria', { hour: busiest.hour, count: busiest.count });
  const current = Number(formatTime(Date.now(), 'time', 'en-GB', cityZone).slice(0, 2));
  return (
    <Panel title={t('today.hours')}>
      <Chart
        label={label}
        height="h-44"
        table={<HoursTable today={today} />}
        option={(palette) =>
          hoursChart({
            hours: today.hours,
            current,
            palette,
            description: label,
            count: (count) => t('today.count', { count, n: formatCount(count) }),
            money: (minor) => formatMoney(minor, today.currency, language),
          })
        }
      />
    </Panel>
  );
}
