import type { AccountClassRules } from '@feiqian/contract';
import { Amount, Fact } from '@feiqian/ui';
import { useAccountsText } from './accounts-text.ts';

/** The limits of a class, as its rules have them. */
export function LimitList({ limits }: { limits: AccountClassRules['limits'] }) {
  const t = useAccountsText();
  return (
    <dl className="mt-2 divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
      {limits.map((limit) => (
        <Fact key={limit.code} name={t(`limitCode.${limit.code}`)}>
          <Amount minor={limit.max} currency="CNY" size={14} />
        </Fact>
      ))}
    </dl>
  );
}
