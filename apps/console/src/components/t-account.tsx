import { formatMoney, useLanguage } from '@feiqian/ui';
import { useTranslation } from 'react-i18next';
import { isMemo, type TAccountView, type TLine } from '../model/taccount.ts';
import { usePick, useWord } from '../words.ts';

function Side({ lines, currency }: { lines: readonly TLine[]; currency: string }) {
  const language = useLanguage();
  const word = useWord();
  return (
    <ul className="flex flex-col gap-0.5 py-1.5">
      {lines.map((line) => (
        <li
          key={`${line.mark} ${line.kind}`}
          className={isMemo(line.kind) ? 'text-muted italic' : 'text-ink'}
          title={word('posting', line.kind)}
        >
          <span className="flex justify-between gap-2">
            <span className="font-mono text-muted">({line.mark})</span>
            <span className="figures">{formatMoney(line.amount, currency, language)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** One account as a T: debits left, credits right, the totals of what was posted below. */
export function TAccount({ account, currency }: { account: TAccountView; currency: string }) {
  const { t } = useTranslation();
  const pick = usePick();
  const language = useLanguage();
  const name = pick(account.nameZh, account.name);
  return (
    <section aria-label={name} className="min-w-0 text-12">
      <h3 className="truncate pb-1 text-center font-semibold text-12 text-ink" title={name}>
        {name}
      </h3>
      <div className="grid grid-cols-2 divide-x divide-ink border-ink border-t">
        <div className="pr-2">
          <p className="sr-only">{t('payment.debit')}</p>
          <Side lines={account.debits} currency={currency} />
        </div>
        <div className="pl-2">
          <p className="sr-only">{t('payment.credit')}</p>
          <Side lines={account.credits} currency={currency} />
        </div>
      </div>
      <div className="figures grid grid-cols-2 border-line border-t py-1 text-right font-semibold text-ink">
        <span className="pr-2">{formatMoney(account.debitTotal, currency, language)}</span>
        <span>{formatMoney(account.creditTotal, currency, language)}</span>
      </div>
    </section>
  );
}
