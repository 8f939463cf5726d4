import type { Account } from '@feiqian/contract';
import {
  Amount,
  Badge,
  buttonClass,
  cx,
  ErrorNotice,
  Fact,
  List,
  ListRow,
  Section,
  Skeleton,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { billsQuery, owedQuery } from '../credit-queries.ts';
import { useCreditText } from './credit-text.ts';

const tones = {
  open: 'amber',
  minimum_paid: 'azure',
  paid: 'jade',
  overdue: 'rose',
  carried: 'plain',
} as const;

/** What a credit card owes, its bill with due date and minimum, and the bills before. */
export function CreditFacts({ account }: { account: Account }) {
  const t = useCreditText();
  const owed = useQuery(owedQuery(account.id));
  const bills = useQuery(billsQuery(account.id));
  const { data } = owed;
  return (
    <>
      <section className="mt-4 rounded-card border border-line bg-raised px-4 py-3">
        <h2 className="text-14 text-muted">{t('owed')}</h2>
        {owed.isError ? <ErrorNotice error={owed.error} onRetry={() => void owed.refetch()} /> : null}
        {!data && !owed.isError ? <Skeleton className="h-10 w-48" /> : null}
        {data ? (
          <>
            <Amount minor={data.owed} currency={data.currency} size={40} />
            <dl className="mt-2 divide-y divide-line border-line border-t">
              {data.bill ? (
                <>
                  <Fact name={t('due')}>{data.bill.due_date}</Fact>
                  <Fact name={t('minimum')}>
                    <Amount minor={data.bill.minimum} currency={data.currency} size={14} />
                  </Fact>
                  <Fact name={t('paid')}>
                    <Amount minor={data.bill.paid} currency={data.currency} size={14} />
                  </Fact>
                </>
              ) : null}
              <Fact name={t('unbilled')}>
                <Amount minor={data.unbilled} currency={data.currency} size={14} />
              </Fact>
              <Fact name={t('nextStatement')}>{data.next_statement_date}</Fact>
            </dl>
            {account.card_ids[0] ? (
              <Link
                to="/repay/$cardId"
                params={{ cardId: account.card_ids[0] }}
                className={cx(buttonClass('primary'), 'mt-3 w-full')}
              >
                {t('repay')}
              </Link>
            ) : null}
          </>
        ) : null}
      </section>
      <Section title={t('bills')}>
        {bills.isError ? <ErrorNotice error={bills.error} onRetry={() => void bills.refetch()} /> : null}
        {bills.data?.length === 0 ? <p className="text-14 text-muted">{t('noBill')}</p> : null}
        {bills.data && bills.data.length > 0 ? (
          <List>
            {bills.data.map((bill) => (
              <ListRow
                key={bill.id}
                title={t('bill', { day: bill.statement_date })}
                detail={`${t('due')} ${bill.due_date}`}
                trailing={<Amount minor={bill.amount} currency={bill.currency} />}
                trailingDetail={<Badge tone={tones[bill.state]}>{t(`billState.${bill.state}`)}</Badge>}
              />
            ))}
          </List>
        ) : null}
      </Section>
    </>
  );
}
