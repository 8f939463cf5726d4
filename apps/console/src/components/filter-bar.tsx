import { cityZone, cx, dayKey } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChevronDown, X } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placesOf } from '../model/access.ts';
import { entryKinds, filterCount, type PaymentFilters, paymentStates } from '../model/filters.ts';
import { shortId } from '../model/numbers.ts';
import { dayStart, fromLocalInput, localInput } from '../model/zone.ts';
import { membersQuery, merchantsQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick, useWord } from '../words.ts';
import { useZone } from '../zone-choice.ts';

const control =
  'target rounded-small border bg-raised text-14 text-ink hover:border-line-strong appearance-none';

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; label: string }[];
  all?: string;
}

/** A choice that carries its own name while nothing is chosen, and stands out once something is. */
function Choice({ label, value, onChange, options, all }: ChoiceProps) {
  const id = useId();
  const on = value !== '';
  return (
    <span className="relative inline-flex">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cx(
          control,
          'w-full pr-8 pl-3 sm:max-w-52',
          on ? 'border-ink font-semibold' : 'border-line',
        )}
      >
        <option value="">{all ?? label}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        size={14}
        strokeWidth={1.75}
        aria-hidden="true"
        className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2.5 text-muted"
      />
    </span>
  );
}

function Chip({ children, onRemove }: { children: ReactNode; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-1 rounded-small border border-ink py-0.5 pl-3 font-semibold text-14 text-ink">
      <span className="max-w-64 truncate">{children}</span>
      <button
        type="button"
        aria-label={t('payments.remove')}
        onClick={onRemove}
        className="inline-flex size-8 items-center justify-center rounded-small text-muted hover:bg-sunken hover:text-ink"
      >
        <X size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </span>
  );
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
type Period = 'hour' | 'day' | 'week' | 'custom';

/** From when a named period reaches; on whole seconds, so that the address stays readable. */
function startOf(period: Exclude<Period, 'custom'>): string {
  const now = Math.floor(Date.now() / 1000) * 1000;
  if (period === 'hour') return new Date(now - hourMs).toISOString();
  const today = dayStart(now, cityZone);
  return new Date(period === 'day' ? today : today - 6 * dayMs).toISOString();
}

function periodOf({ from, to }: PaymentFilters): Period | '' {
  if (from === undefined && to === undefined) return '';
  if (to === undefined && from !== undefined) {
    if (from === startOf('day')) return 'day';
    if (from === startOf('week')) return 'week';
    // Chosen a moment ago: the hour has moved on a little since.
    if (Math.abs(Date.now() - hourMs - Date.parse(from)) < hourMs / 12) return 'hour';
  }
  return 'custom';
}

function Moment({
  label,
  value,
  onChange,
}: {
  label: string;
  value?: string;
  onChange: (at?: string) => void;
}) {
  const zone = useZone();
  return (
    <label className="inline-flex items-center gap-2 text-12 text-muted">
      {label}
      <input
        type="datetime-local"
        value={localInput(value, zone)}
        max={`${dayKey(Date.now() + dayMs, zone)}T00:00`}
        onChange={(event) => onChange(fromLocalInput(event.target.value, zone))}
        className={cx(control, 'figures border-line px-2')}
      />
    </label>
  );
}

interface PeriodChoiceProps {
  filters: PaymentFilters;
  set: (change: PaymentFilters) => void;
}

/** A named period, or two moments. */
function PeriodChoice({ filters, set }: PeriodChoiceProps) {
  const { t } = useTranslation();
  const [custom, setCustom] = useState(false);
  const period = custom ? 'custom' : periodOf(filters);
  const choose = (value: string) => {
    setCustom(value === 'custom');
    if (value === '') set({ from: undefined, to: undefined });
    else if (value !== 'custom') set({ from: startOf(value as Exclude<Period, 'custom'>), to: undefined });
  };
  return (
    <>
      <Choice
        label={t('payments.period')}
        value={period}
        onChange={choose}
        options={(['hour', 'day', 'week', 'custom'] as const).map((one) => ({
          value: one,
          label: t(`payments.${one}`),
        }))}
      />
      {period === 'custom' ? (
        <>
          <Moment label={t('payments.from')} value={filters.from} onChange={(from) => set({ from })} />
          <Moment label={t('payments.until')} value={filters.to} onChange={(to) => set({ to })} />
        </>
      ) : null}
    </>
  );
}

/** Narrows the list; each filter is a part of the address, so that a view can be sent to a colleague. */
export function FilterBar({ filters }: { filters: PaymentFilters }) {
  const { t } = useTranslation();
  const word = useWord();
  const pick = usePick();
  const ui = useTranslation('ui').t;
  const navigate = useNavigate();
  const seen = placesOf(useMe().role);
  const { data: members = [] } = useQuery({ ...membersQuery, enabled: seen.includes('members') });
  const { data: merchants = [] } = useQuery({
    ...merchantsQuery,
    enabled: seen.includes('merchants') && filters.merchant_id !== undefined,
  });
  const set = (change: PaymentFilters) =>
    void navigate({ to: '/payments', search: (before) => ({ ...before, ...change }), replace: true });
  const banks = members.filter((member) => member.roles.includes('issuer') || member.bins.length > 0);
  const merchant = merchants.find((one) => one.id === filters.merchant_id);
  return (
    <fieldset className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <legend className="sr-only">{t('payments.filters')}</legend>
      <Choice
        label={t('payments.state')}
        value={filters.state ?? ''}
        onChange={(value) => set({ state: (value || undefined) as PaymentFilters['state'] })}
        options={paymentStates.map((state) => ({ value: state, label: ui(`status.${state}`) }))}
      />
      {banks.length > 1 ? (
        <Choice
          label={t('payments.bank')}
          value={filters.bank ?? ''}
          onChange={(value) => set({ bank: value || undefined })}
          options={banks.map((bank) => ({ value: bank.code, label: pick(bank.name, bank.name_en) }))}
        />
      ) : null}
      <Choice
        label={t('payments.entry')}
        value={filters.entry ?? ''}
        onChange={(value) => set({ entry: (value || undefined) as PaymentFilters['entry'] })}
        options={entryKinds.map((entry) => ({ value: entry, label: word('entry', entry) }))}
      />
      <PeriodChoice filters={filters} set={set} />
      {filters.merchant_id ? (
        <Chip onRemove={() => set({ merchant_id: undefined })}>
          {merchant ? pick(merchant.name, merchant.name_en) : shortId(filters.merchant_id)}
        </Chip>
      ) : null}
      {filters.q ? <Chip onRemove={() => set({ q: undefined })}>“{filters.q}”</Chip> : null}
      {filterCount(filters) > 0 ? (
        <button
          type="button"
          onClick={() =>
            void navigate({ to: '/payments', search: filters.q ? { q: filters.q } : {}, replace: true })
          }
          className="target rounded-small px-2 text-14 text-azure hover:bg-azure-soft"
        >
          {t('payments.clear')}
        </button>
      ) : null}
    </fieldset>
  );
}
