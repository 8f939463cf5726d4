import { Button, Field, formatMoney, StatusBadge, useLanguage } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { differencesQuery } from '../queries.ts';
import { csvOf, type Entry } from '../timeline.ts';
import { useTransfersText } from './transfers-text.ts';

/** Hands the browser a file. */
function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** Search within the month, and what is shown as a file. */
export function RecordTools({
  month,
  query,
  onQuery,
  entries,
}: {
  month: string;
  query: string;
  onQuery: (query: string) => void;
  entries: readonly Entry[];
}) {
  const t = useTransfersText();
  return (
    <div className="mt-3 flex flex-col gap-2">
      <Field
        type="search"
        label={t('records.search')}
        placeholder={t('records.searchHint')}
        value={query}
        maxLength={60}
        onChange={(event) => onQuery(event.target.value)}
      />
      <Button
        kind="ghost"
        className="self-start text-14"
        disabled={entries.length === 0}
        icon={<Download size={16} strokeWidth={1.75} aria-hidden="true" />}
        onClick={() => save(`feiqian-${month}.csv`, csvOf(entries))}
      >
        {t('records.export')}
      </Button>
    </div>
  );
}

/** Where the phone's copy and the network do not agree: shown, never hidden. */
export function Differences() {
  const t = useTransfersText();
  const language = useLanguage();
  const { data } = useQuery(differencesQuery);
  if (!data?.length) return null;
  return (
    <div role="alert" className="mt-3 rounded-card bg-rose-soft p-4 text-14">
      <p className="font-semibold text-rose">{t('records.difference', { count: data.length })}</p>
      <p className="pt-1 text-ink">{t('records.differenceDetail')}</p>
      <ul className="flex flex-col gap-2 pt-2">
        {data.map(({ id, kept, told }) => (
          <li key={id} className="flex flex-col gap-1 text-ink">
            <span>{kept.merchant.name}</span>
            <span className="flex items-center gap-2">
              {t('records.kept', {
                amount: formatMoney(kept.captured_amount || kept.amount, kept.currency, language),
              })}
              <StatusBadge status={kept.state} />
            </span>
            {told === null ? (
              <span>{t('records.gone')}</span>
            ) : (
              <span className="flex items-center gap-2">
                {t('records.told', {
                  amount: formatMoney(told.captured_amount || told.amount, told.currency, language),
                })}
                <StatusBadge status={told.state} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
