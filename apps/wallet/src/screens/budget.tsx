import { type SetBudget, type Spending, spendingCategories } from '@feiqian/contract';
import { Button, ErrorNotice, Field, parseMinor, Section, Skeleton, toast } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useOnline } from '../parts/online.ts';
import { useSpendingText } from '../parts/spending-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { monthKey } from '../record.ts';
import { networkNow } from '../session.ts';
import { setBudget, spendingQuery } from '../spending-queries.ts';

const currency = 'CNY';

/** What was typed: null for nothing, NaN for what is no amount. */
function minorOf(text: string): number | null {
  if (text.trim() === '') return null;
  const minor = parseMinor(text, currency);
  return minor !== null && minor > 0 ? minor : Number.NaN;
}

const textOf = (minor: number | undefined): string =>
  minor === undefined ? '' : (minor / 100).toFixed(minor % 100 === 0 ? 0 : 2);

function useSave() {
  const t = useSpendingText();
  const router = useRouter();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (budget: SetBudget) => setBudget(budget),
    onSuccess: () => {
      toast(t('saved'));
      void client.invalidateQueries({ queryKey: ['month'] });
      if (router.history.canGoBack()) router.history.back();
      else void router.navigate({ to: '/spending', search: {}, replace: true });
    },
  });
}

function BudgetForm({ spending }: { spending: Spending }) {
  const t = useSpendingText();
  const online = useOnline();
  const save = useSave();
  const [total, setTotal] = useState(textOf(spending.budget?.amount));
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(spending.categories.map((c) => [c.category, textOf(c.budget?.amount)])),
  );
  const whole = minorOf(total);
  const parts = spendingCategories.map((category) => ({ category, amount: minorOf(texts[category] ?? '') }));
  const wrong = (minor: number | null) => (Number.isNaN(minor) ? t('wrong') : undefined);
  const right = [whole, ...parts.map((p) => p.amount)].every((minor) => !Number.isNaN(minor));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!right || !online) return;
    const categories = parts.flatMap(({ category, amount }) =>
      amount === null ? [] : [{ category, amount }],
    );
    save.mutate({ total: whole, categories });
  };
  const field = { inputMode: 'decimal', autoComplete: 'off', className: 'figures' } as const;
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-14 text-muted">{t('budgetLead')}</p>
      <Field
        {...field}
        label={t('budgetTotal')}
        hint={t('blank')}
        error={wrong(whole)}
        value={total}
        onChange={(event) => setTotal(event.target.value)}
      />
      <Section title={t('budgetOptional')}>
        <div className="flex flex-col gap-3">
          {parts.map(({ category, amount }) => (
            <Field
              {...field}
              key={category}
              label={t('budgetCategory', { category: t(`category.${category}`) })}
              error={wrong(amount)}
              value={texts[category] ?? ''}
              onChange={(event) => setTexts({ ...texts, [category]: event.target.value })}
            />
          ))}
        </div>
      </Section>
      {save.isError ? <ErrorNotice error={save.error} title={t('saveFailed')} /> : null}
      <Button type="submit" large wide busy={save.isPending} disabled={!right || !online}>
        {t('save')}
      </Button>
    </form>
  );
}

/** What somebody means to spend in a month: in total, and for each category that matters. */
export function BudgetScreen() {
  const t = useSpendingText();
  const { data, isError, error, refetch } = useQuery(spendingQuery(monthKey(networkNow())));
  return (
    <InnerPage title={t('budget')} fallback="/records">
      <OfflineNote />
      {data ? <BudgetForm spending={data} /> : null}
      {!data && isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-120 w-full rounded-card" /> : null}
    </InnerPage>
  );
}
