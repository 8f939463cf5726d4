import { type Spending, type SpendingCategory, spendingCategories } from '@feiqian/contract';
import {
  Amount,
  buttonClass,
  cx,
  EmptyState,
  ErrorNotice,
  formatMoney,
  formatTime,
  IconButton,
  List,
  Section,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import {
  Bus,
  Check,
  ChevronLeft,
  ChevronRight,
  Clapperboard,
  GraduationCap,
  HeartPulse,
  House,
  type LucideIcon,
  Luggage,
  Shapes,
  ShoppingBag,
  ShoppingBasket,
  Utensils,
  Wrench,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { PaymentRow } from '../parts/payment-row.tsx';
import { useSpendingText } from '../parts/spending-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { monthKey, shiftMonth } from '../record.ts';
import { networkNow } from '../session.ts';
import { categoryQuery, spendingQuery } from '../spending-queries.ts';

const icons: Record<SpendingCategory, LucideIcon> = {
  dining: Utensils,
  groceries: ShoppingBasket,
  shopping: ShoppingBag,
  transport: Bus,
  travel: Luggage,
  home: House,
  health: HeartPulse,
  education: GraduationCap,
  leisure: Clapperboard,
  services: Wrench,
  other: Shapes,
};

interface Search {
  month?: string;
  category?: SpendingCategory;
}

function useGo() {
  const router = useRouter();
  return (search: Search) =>
    void router.navigate({ to: '/spending', search, replace: true, resetScroll: false });
}

function useMonthName() {
  const language = useLanguage();
  return (month: string) => formatTime(`${month}-15T00:00:00Z`, 'month', language);
}

function MonthHead({ month }: { month: string }) {
  const t = useSpendingText();
  const name = useMonthName();
  const go = useGo();
  const last = month >= monthKey(networkNow());
  return (
    <div className="flex items-center justify-between">
      <IconButton label={t('previous')} onClick={() => go({ month: shiftMonth(month, -1) })}>
        <ChevronLeft size={22} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      <h2 aria-live="polite" className="font-semibold text-16">
        {name(month)}
      </h2>
      <IconButton label={t('next')} disabled={last} onClick={() => go({ month: shiftMonth(month, 1) })}>
        <ChevronRight size={22} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** A bar with what is spent of a budget; the words say the same. */
function BudgetBar({ budget, large = false }: { budget: { amount: number; left: number }; large?: boolean }) {
  const t = useSpendingText();
  const language = useLanguage();
  const money = (minor: number) => formatMoney(minor, 'CNY', language);
  const { amount, left } = budget;
  const share = Math.min(100, Math.max(0, Math.round(((amount - left) / amount) * 100)));
  return (
    <div>
      <div
        aria-hidden="true"
        className={cx('overflow-hidden rounded-pill bg-sunken', large ? 'h-3' : 'h-1.5')}
      >
        <span
          className={cx(
            'block h-full rounded-pill',
            left < 0 ? 'bg-brand-fill' : share >= 80 ? 'bg-amber-fill' : 'bg-jade-fill',
          )}
          style={{ width: `${share}%` }}
        />
      </div>
      <p className="figures mt-1 flex justify-between gap-3 text-14">
        <span className={left < 0 ? 'font-semibold text-rose' : 'text-ink'}>
          {left < 0 ? t('over', { amount: money(-left) }) : t('left', { amount: money(left) })}
        </span>
        <span className="text-muted">{t('ofBudget', { amount: money(amount) })}</span>
      </p>
    </div>
  );
}

function Whole({ data }: { data: Spending }) {
  const t = useSpendingText();
  const language = useLanguage();
  const current = data.month === monthKey(networkNow());
  return (
    <div className="mt-2 flex flex-col gap-4 rounded-card border border-line bg-raised p-4">
      <div>
        <p className="text-14 text-muted">
          {t('spent')} · {t('count', { count: data.payments })}
        </p>
        <Amount minor={data.total} currency={data.currency} size={40} />
        {data.refunded > 0 ? (
          <p className="figures text-14 text-muted">
            {t('refunded', { amount: formatMoney(data.refunded, data.currency, language) })}
          </p>
        ) : null}
      </div>
      {data.budget ? <BudgetBar budget={data.budget} large /> : null}
      {data.budget === null && current ? <p className="text-14 text-muted">{t('budgetNone')}</p> : null}
      {current ? (
        <Link to="/budget" className={buttonClass('secondary', { wide: true })}>
          {t(data.budget ? 'budgetChange' : 'budgetSet')}
        </Link>
      ) : null}
    </div>
  );
}

/** Each category with its share of the month as a bar; tapped, its payments alone. */
function Categories({ data, chosen }: { data: Spending; chosen: SpendingCategory | undefined }) {
  const t = useSpendingText();
  const go = useGo();
  const most = Math.max(1, ...data.categories.map((c) => c.amount));
  if (data.categories.length === 0) return <EmptyState title={t('empty')} />;
  return (
    <Section title={t('byCategory')}>
      <List label={t('byCategory')}>
        {data.categories.map(({ category, amount, payments, budget }) => {
          const Icon = icons[category];
          const share = data.total === 0 ? 0 : Math.round((amount / data.total) * 100);
          return (
            <button
              key={category}
              type="button"
              aria-pressed={chosen === category}
              onClick={() => go({ month: data.month, category: chosen === category ? undefined : category })}
              className={cx(
                'target flex w-full items-start gap-3 px-4 py-3 text-left hover:bg-sunken',
                chosen === category && 'bg-sunken',
              )}
            >
              <Icon size={20} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 shrink-0 text-muted" />
              <span className="flex min-w-0 flex-1 flex-col gap-1.5">
                <span className="flex items-baseline justify-between gap-3 text-16">
                  <span className="flex min-w-0 items-center gap-1">
                    {t(`category.${category}`)}
                    {chosen === category ? (
                      <Check size={16} strokeWidth={2} aria-hidden="true" className="text-jade" />
                    ) : null}
                  </span>
                  <Amount minor={amount} currency={data.currency} />
                </span>
                <span className="flex justify-between gap-3 text-14 text-muted">
                  <span>{t('count', { count: payments })}</span>
                  <span className="figures">{t('share', { share })}</span>
                </span>
                {budget ? (
                  <BudgetBar budget={budget} />
                ) : (
                  <span aria-hidden="true" className="block h-1.5 overflow-hidden rounded-pill bg-sunken">
                    <span
                      className="block h-full rounded-pill bg-azure-fill"
                      style={{ width: `${Math.round((amount / most) * 100)}%` }}
                    />
                  </span>
                )}
              </span>
            </button>
          );
        })}
      </List>
    </Section>
  );
}

function Payments({ month, category }: { month: string; category: SpendingCategory }) {
  const t = useSpendingText();
  const { data, isError, error, refetch } = useQuery(categoryQuery(month, category));
  return (
    <Section title={t('payments', { category: t(`category.${category}`) })}>
      {data?.length ? (
        <List>
          {data.map(({ payment }) => (
            <PaymentRow key={payment.id} payment={payment} />
          ))}
        </List>
      ) : null}
      {data?.length === 0 ? <EmptyState title={t('empty')} /> : null}
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-24 w-full rounded-card" /> : null}
    </Section>
  );
}

/** A bar for each month; tapped, that month. */
function Trend({ data }: { data: Spending }) {
  const t = useSpendingText();
  const language = useLanguage();
  const name = useMonthName();
  const go = useGo();
  const most = Math.max(1, ...data.trend.map((m) => m.amount));
  const spent = data.trend.filter((m) => m.amount > 0);
  const average = spent.length ? Math.round(spent.reduce((sum, m) => sum + m.amount, 0) / spent.length) : 0;
  const money = (minor: number) => formatMoney(minor, data.currency, language);
  return (
    <Section
      title={t('trend')}
      action={<span className="figures text-14 text-muted">{t('average', { amount: money(average) })}</span>}
    >
      <fieldset aria-label={t('trend')} className="min-w-0">
        {/* A fieldset's own content has no height that a bar could be a part of. */}
        <div className="flex h-40 items-end gap-1 rounded-card border border-line bg-raised px-3 pt-4 pb-2">
          {data.trend.map(({ month, amount }) => {
            const label = t('bar', { month: name(month), amount: money(amount) });
            const current = month === data.month;
            return (
              <button
                key={month}
                type="button"
                aria-label={label}
                aria-pressed={current}
                title={label}
                onClick={() => go({ month })}
                className="group flex h-full min-w-0 flex-1 flex-col justify-end gap-1"
              >
                <span
                  className={cx(
                    'w-full rounded-t-[3px] transition-colors duration-(--motion)',
                    amount === 0 ? 'bg-line' : current ? 'bg-brand-fill' : 'bg-line-strong',
                    'group-hover:bg-brand-fill-press',
                  )}
                  style={{ height: amount === 0 ? '2px' : `${Math.max(4, (amount / most) * 80)}%` }}
                />
                <span
                  aria-hidden="true"
                  className={cx(
                    'figures text-center text-12',
                    current ? 'font-semibold text-ink' : 'text-muted',
                  )}
                >
                  {Number(month.slice(5))}
                </span>
              </button>
            );
          })}
        </div>
      </fieldset>
    </Section>
  );
}

export const isCategory = (value: unknown): value is SpendingCategory =>
  spendingCategories.includes(value as SpendingCategory);

/** A month of spending: the sum and its budget, by category, and the trend. */
export function SpendingScreen() {
  const { t: say } = useTranslation();
  const t = useSpendingText();
  const search = useSearch({ from: '/signed-in/spending' });
  const month = search.month ?? monthKey(networkNow());
  const category = isCategory(search.category) ? search.category : undefined;
  const { data, isError, error, refetch } = useQuery(spendingQuery(month));
  return (
    <InnerPage title={t('title')} fallback="/records">
      <OfflineNote />
      <MonthHead month={month} />
      {data ? (
        <>
          <Whole data={data} />
          <Categories data={data} chosen={category} />
          {category ? <Payments month={month} category={category} /> : null}
          <Trend data={data} />
          <p className="mt-3 text-14 text-muted">{t('note')}</p>
        </>
      ) : null}
      {!data && isError ? (
        <ErrorNotice error={error} assurance={say('loadFailed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !isError ? <Skeleton className="mt-2 h-120 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
