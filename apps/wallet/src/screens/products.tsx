import type { CreditProduct } from '@feiqian/contract';
import {
  Button,
  Checkbox,
  EmptyState,
  ErrorNotice,
  Fact,
  formatMoney,
  SelectField,
  Sheet,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { productsQuery } from '../credit-queries.ts';
import { bankName } from '../parts/bank-name.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';

const comparedMax = 3;

/** What distinguishes products, in one order for the list and for the comparison. */
function useFacts() {
  const t = useCreditText();
  const language = useLanguage();
  return (p: CreditProduct): [string, string][] => {
    const money = (minor: number) => formatMoney(minor, p.currency, language);
    return [
      [t('annualFee'), p.annual_fee === 0 ? t('free') : money(p.annual_fee)],
      [t('limits'), t('limitRange', { min: money(p.limit_min), max: money(p.limit_max) })],
      [t('income'), money(p.income_min)],
      [t('age'), t('ageRange', { min: p.age_min, max: p.age_max })],
      [t('dueDays'), t('days', { count: p.due_days })],
      [t('benefits'), p.benefits.map((b) => (language === 'en' ? b.text_en : b.text)).join(' · ')],
    ];
  };
}

const productName = (p: CreditProduct, language: string) => (language === 'en' ? p.name_en : p.name);

function ProductCard({
  product,
  compared,
  onCompare,
}: {
  product: CreditProduct;
  compared: boolean;
  onCompare: (on: boolean) => void;
}) {
  const t = useCreditText();
  const language = useLanguage();
  const router = useRouter();
  const facts = useFacts();
  return (
    <li className="rounded-card border border-line bg-raised p-4">
      <h2 className="font-semibold text-16">{productName(product, language)}</h2>
      <p className="text-14 text-muted">
        {bankName(product.bank, language)} · {language === 'en' ? product.summary_en : product.summary}
      </p>
      <dl className="mt-2 divide-y divide-line">
        {facts(product).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
      {product.virtual_at_once ? <p className="mt-1 text-14 text-jade">{t('virtualAtOnce')}</p> : null}
      <div className="mt-3 flex items-center justify-between gap-2">
        <Checkbox label={t('compare')} checked={compared} onChange={onCompare} />
        <Button
          onClick={() =>
            void router.navigate({
              to: '/credit/apply/$bankId/$product',
              params: { bankId: product.bank.id, product: product.code },
            })
          }
        >
          {t('apply')}
        </Button>
      </div>
    </li>
  );
}

function Comparison({
  products,
  open,
  onClose,
}: {
  products: CreditProduct[];
  open: boolean;
  onClose: () => void;
}) {
  const t = useCreditText();
  const language = useLanguage();
  const facts = useFacts();
  const rows = products.map(facts);
  return (
    <Sheet open={open} onClose={onClose} title={t('comparing')} wide>
      <div className="relative overflow-x-auto">
        <table className="w-full text-left text-14">
          <thead>
            <tr>
              <td />
              {products.map((p) => (
                <th key={`${p.bank.id} ${p.code}`} scope="col" className="p-2 align-top font-semibold">
                  {productName(p, language)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows[0]?.map(([name], at) => (
              <tr key={name} className="border-line border-t">
                <th scope="row" className="p-2 align-top font-normal text-muted">
                  {name}
                </th>
                {products.map((p, column) => (
                  <td key={`${p.bank.id} ${p.code}`} className="p-2 align-top">
                    {rows[column]?.[at]?.[1]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Sheet>
  );
}

/** The credit cards of every bank: filter, compare up to three, apply. */
export function ProductsScreen() {
  const t = useCreditText();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery(productsQuery);
  const [bank, setBank] = useState('');
  const [freeOnly, setFreeOnly] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [comparing, setComparing] = useState(false);
  const idOf = (p: CreditProduct) => `${p.bank.id} ${p.code}`;
  const shown = data?.data.filter(
    (p) => (bank === '' || p.bank.id === bank) && (!freeOnly || p.annual_fee === 0),
  );
  const compared = data?.data.filter((p) => chosen.includes(idOf(p))) ?? [];
  return (
    <InnerPage title={t('products')} fallback="/cards">
      <p className="pb-2 text-14 text-muted">{t('productsLead')}</p>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-60 w-full rounded-card" /> : null}
      {data?.banks
        .filter((b) => b.status !== 'ok')
        .map((b) => (
          <p
            key={b.bank.id}
            role="status"
            className="mb-2 rounded-card bg-amber-soft px-4 py-3 text-14 text-amber"
          >
            {t('unanswered', { bank: bankName(b.bank, language) })}
          </p>
        ))}
      {data ? (
        <div className="mb-4 flex flex-col gap-2">
          <SelectField
            label={t('bank')}
            value={bank}
            options={[
              { value: '', label: t('anyBank') },
              ...data.banks.map((b) => ({ value: b.bank.id, label: bankName(b.bank, language) })),
            ]}
            onChange={(event) => setBank(event.target.value)}
          />
          <Checkbox label={t('freeOnly')} checked={freeOnly} onChange={setFreeOnly} />
          <Button kind="secondary" wide disabled={compared.length < 2} onClick={() => setComparing(true)}>
            {compared.length < 2 ? t('compareHint') : t('compareButton', { count: compared.length })}
          </Button>
        </div>
      ) : null}
      {shown?.length === 0 ? <EmptyState title={t('productsEmpty')} /> : null}
      <ul className="flex flex-col gap-4">
        {shown?.map((p) => (
          <ProductCard
            key={idOf(p)}
            product={p}
            compared={chosen.includes(idOf(p))}
            onCompare={(on) =>
              setChosen(
                on ? [...chosen, idOf(p)].slice(-comparedMax) : chosen.filter((one) => one !== idOf(p)),
              )
            }
          />
        ))}
      </ul>
      <Comparison products={compared} open={comparing} onClose={() => setComparing(false)} />
    </InnerPage>
  );
}
