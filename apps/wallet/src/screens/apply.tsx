import type { CreditApplication } from '@feiqian/contract';
import { Button, EmptyState, ErrorNotice, Field, parseMinor, Skeleton, useLanguage } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { productsQuery } from '../credit-queries.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { NeedsIdentity } from '../parts/needs-identity.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { VerifiedIdentity, WhenVerified } from '../parts/verified-identity.tsx';
import { signed } from '../signed.ts';

function Employer({ value, onChange }: { value: string; onChange: (next: string) => void }) {
  const t = useCreditText();
  return (
    <Field
      label={t('employer')}
      maxLength={80}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** Applying for one card: who somebody is, what he or she earns. */
export function ApplyScreen() {
  const { t: say } = useTranslation();
  const t = useCreditText();
  const language = useLanguage();
  const router = useRouter();
  const client = useQueryClient();
  const { bankId, product: code } = useParams({ from: '/signed-in/credit/apply/$bankId/$product' });
  const products = useQuery(productsQuery);
  const product = products.data?.data.find((p) => p.bank.id === bankId && p.code === code);
  const [income, setIncome] = useState('');
  const [employer, setEmployer] = useState('');
  const [limit, setLimit] = useState('');
  const [checked, setChecked] = useState(false);
  const key = useRef(crypto.randomUUID());
  const incomeMinor = parseMinor(income, 'CNY');
  const limitMinor = limit === '' ? undefined : parseMinor(limit, 'CNY');
  const good = incomeMinor !== null && limitMinor !== null;
  const apply = useMutation({
    mutationFn: () =>
      signed.post<CreditApplication>(
        '/v1/wallet/credit-applications',
        {
          bank_id: bankId,
          product: code,
          monthly_income: incomeMinor,
          ...(employer.trim() === '' ? {} : { employer: employer.trim() }),
          ...(limitMinor === undefined ? {} : { wanted_limit: limitMinor }),
        },
        { idempotencyKey: key.current },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['applications'] });
      await client.invalidateQueries({ queryKey: ['cards'] });
      await router.navigate({ to: '/credit/applications', replace: true });
    },
    // What was refused is changed and sent as something new.
    onError: () => {
      key.current = crypto.randomUUID();
    },
  });
  const name = product ? (language === 'en' ? product.name_en : product.name) : '';
  return (
    <InnerPage title={t('applying', { product: name })} fallback="/cards">
      {products.isPending ? <Skeleton className="h-60 w-full rounded-card" /> : null}
      {products.data && !product ? <EmptyState title={say('notFound.title')} /> : null}
      {product ? (
        <WhenVerified>
          <form
            className="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              setChecked(true);
              if (good && !apply.isPending) apply.mutate();
            }}
          >
            <VerifiedIdentity />
            <Field
              label={t('monthlyIncome')}
              inputMode="decimal"
              value={income}
              error={checked && incomeMinor === null ? t('numberWrong') : undefined}
              onChange={(event) => setIncome(event.target.value)}
            />
            <Employer value={employer} onChange={setEmployer} />
            <Field
              label={t('wantedLimit')}
              inputMode="decimal"
              value={limit}
              error={checked && limitMinor === null ? t('numberWrong') : undefined}
              onChange={(event) => setLimit(event.target.value)}
            />
            {apply.isError ? <ErrorNotice error={apply.error} assurance={t('applyFailed')} /> : null}
            <NeedsIdentity error={apply.error} />
            <Button type="submit" wide large busy={apply.isPending}>
              {t('submit')}
            </Button>
          </form>
        </WhenVerified>
      ) : null}
    </InnerPage>
  );
}
