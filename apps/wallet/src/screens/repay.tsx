import type { AutoRepay, AutoRepaySetting, Card, Owed, Transfer } from '@feiqian/contract';
import {
  Amount,
  Button,
  EmptyState,
  ErrorNotice,
  Field,
  formatMoney,
  parseMinor,
  ResultTick,
  Section,
  Segments,
  SelectField,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { accountsQuery } from '../account-queries.ts';
import { api } from '../client.ts';
import { owedQuery } from '../credit-queries.ts';
import { bankName } from '../parts/bank-name.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { LimitBreach } from '../parts/limit-breach.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { cardsQuery } from '../queries.ts';
import { signed } from '../signed.ts';

type What = 'full' | 'minimum' | 'other';
const pollMs = 2_000;
/** Both banks are waited for; the network answers within twelve seconds. */
const answerMsMax = 15_000;
const ended = new Set<Transfer['state']>(['completed', 'declined', 'returned', 'cancelled']);

function billLeft(owed: Owed, of: 'amount' | 'minimum'): number {
  if (owed.bill === null || owed.bill.state === 'paid' || owed.bill.state === 'carried') return 0;
  return Math.max(0, Math.min(owed.owed, owed.bill[of] - owed.bill.paid));
}

function useCardOptions(): { value: string; label: string }[] {
  const language = useLanguage();
  const cards = useQuery(cardsQuery);
  return (cards.data ?? [])
    .filter((c) => c.kind === 'debit')
    .map((c) => ({ value: c.id, label: `${bankName(c.bank, language)} ${c.last4}` }));
}

/** What has become of a repayment; asks until it has come to its end. */
function Outcome({ first }: { first: Transfer }) {
  const t = useCreditText();
  const language = useLanguage();
  const { data = first } = useQuery({
    queryKey: ['transfer', first.id],
    queryFn: ({ signal }) => api.get<Transfer>(`/v1/wallet/transfers/${first.id}`, { signal }),
    initialData: first,
    refetchInterval: (query) => (ended.has(query.state.data?.state ?? first.state) ? false : pollMs),
  });
  const kind = data.state === 'completed' ? 'paid' : ended.has(data.state) ? 'declined' : 'waiting';
  const reason = language === 'en' ? data.decline?.message : data.decline?.message_zh;
  return (
    <div className="flex flex-col items-center gap-3 py-8 text-center" role="status">
      <ResultTick kind={kind} />
      <h2 className="font-semibold text-20">{t(`repayState.${data.state}`)}</h2>
      <Amount minor={data.amount} currency={data.currency} size={40} struck={kind === 'declined'} />
      {reason ? <p className="text-14 text-muted">{reason}</p> : null}
    </div>
  );
}

const changedKeys = ['owed', 'bills', 'movements', 'balance', 'account-balance'];

function useMoney(currency: string) {
  const language = useLanguage();
  return (minor: number) => formatMoney(minor, currency, language);
}

function RepayForm({ card, owed, onDone }: { card: Card; owed: Owed; onDone: (t: Transfer) => void }) {
  const t = useCreditText();
  const client = useQueryClient();
  const options = useCardOptions();
  const money = useMoney(owed.currency);
  const [what, setWhat] = useState<What>('full');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const [checked, setChecked] = useState(false);
  const key = useRef(crypto.randomUUID());
  const from = chosen || options[0]?.value;
  const full = billLeft(owed, 'amount') || owed.owed;
  const typed = parseMinor(text, owed.currency);
  const amount = what === 'full' ? full : what === 'minimum' ? billLeft(owed, 'minimum') : (typed ?? 0);
  const tooMuch = amount > owed.owed;
  const repay = useMutation({
    mutationFn: () =>
      signed.post<Transfer>(
        `/v1/wallet/cards/${card.id}/repayments`,
        { from_card_id: from, amount },
        { idempotencyKey: key.current, timeoutMs: answerMsMax },
      ),
    onSuccess: (transfer) => {
      for (const one of changedKeys) void client.invalidateQueries({ queryKey: [one] });
      onDone(transfer);
    },
  });
  // Something else is repaid: another request.
  const change = (set: () => void) => {
    key.current = crypto.randomUUID();
    repay.reset();
    set();
  };
  if (owed.owed === 0) return <EmptyState title={t('noDebt')} />;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (from && amount > 0 && !tooMuch && !repay.isPending) repay.mutate();
      }}
    >
      <Segments
        label={t('repayWhat')}
        value={what}
        options={(['full', 'minimum', 'other'] as const).map((value) => ({
          value,
          label: t(`what.${value}`),
        }))}
        onChange={(next) => change(() => setWhat(next))}
      />
      {what === 'other' ? (
        <Field
          label={t('repayAmount')}
          inputMode="decimal"
          value={text}
          hint={t('atMost', { amount: money(owed.owed) })}
          error={
            tooMuch
              ? t('tooMuch', { amount: money(owed.owed) })
              : checked && !typed
                ? t('numberWrong')
                : undefined
          }
          onChange={(event) => change(() => setText(event.target.value))}
        />
      ) : (
        <Amount minor={amount} currency={owed.currency} size={40} />
      )}
      <SelectField
        label={t('repayFrom')}
        value={from ?? ''}
        options={options}
        onChange={(event) => change(() => setChosen(event.target.value))}
      />
      <p className="text-14 text-jade">{t('noFee')}</p>
      {repay.isError ? (
        <>
          <ErrorNotice error={repay.error} />
          <LimitBreach error={repay.error} />
        </>
      ) : null}
      <Button type="submit" wide large busy={repay.isPending} disabled={!from || amount === 0}>
        {amount > 0 ? t('repayButton', { amount: money(amount) }) : t('nothingDue')}
      </Button>
    </form>
  );
}

function Auto({ card }: { card: Card }) {
  const t = useCreditText();
  const client = useQueryClient();
  const options = useCardOptions();
  const path = `/v1/wallet/cards/${card.id}/auto-repay`;
  const { data, isError, error, refetch } = useQuery({
    queryKey: ['auto-repay', card.id],
    queryFn: async ({ signal }) => (await api.get<AutoRepaySetting>(path, { signal })).auto_repay,
  });
  const change = useMutation({
    mutationFn: async (next: { mode: AutoRepay['mode'] | 'off'; from: string }) => {
      if (next.mode === 'off') await signed.delete(path);
      else await signed.put(path, { from_card_id: next.from, mode: next.mode });
    },
    onSuccess: () => toast(t('autoSaved')),
    onSettled: () => client.invalidateQueries({ queryKey: ['auto-repay', card.id] }),
  });
  const from = data?.from_card_id ?? options[0]?.value ?? '';
  const mode = data?.mode ?? 'off';
  return (
    <Section title={t('auto')}>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && !isError ? <Skeleton className="h-20 w-full rounded-card" /> : null}
      {data === undefined ? null : (
        <div className="flex flex-col gap-3">
          <p className="text-14 text-muted">{t('autoLead')}</p>
          <Segments
            label={t('auto')}
            value={mode}
            options={(['off', 'minimum', 'full'] as const).map((value) => ({
              value,
              label: t(`autoMode.${value}`),
            }))}
            onChange={(next) => from && change.mutate({ mode: next, from })}
          />
          {data ? (
            <>
              <SelectField
                label={t('repayFrom')}
                value={from}
                options={options}
                onChange={(event) => change.mutate({ mode: data.mode, from: event.target.value })}
              />
              <p className="text-14" role="status">
                {t(`autoState.${data.state}`, { tries: data.tries })}
              </p>
            </>
          ) : null}
          {change.isError ? <ErrorNotice error={change.error} /> : null}
        </div>
      )}
    </Section>
  );
}

/** Repaying a credit card: what, from which card, and whether by itself. */
export function RepayScreen() {
  const { t: say } = useTranslation();
  const t = useCreditText();
  const { cardId } = useParams({ from: '/signed-in/repay/$cardId' });
  const [done, setDone] = useState<Transfer | null>(null);
  const cards = useQuery(cardsQuery);
  const accounts = useQuery(accountsQuery);
  const card = cards.data?.find((c) => c.id === cardId && c.kind === 'credit');
  const account = accounts.data?.data.find((a) => a.card_ids.includes(cardId));
  const owed = useQuery({ ...owedQuery(account?.id ?? ''), enabled: account !== undefined });
  const error = accounts.error ?? owed.error;
  return (
    <InnerPage title={t('repay')} fallback="/accounts">
      {cards.data && !card ? <EmptyState title={say('notFound.title')} /> : null}
      {error ? <ErrorNotice error={error} onRetry={() => void owed.refetch()} /> : null}
      {!owed.data && !error ? <Skeleton className="h-60 w-full rounded-card" /> : null}
      {done ? <Outcome first={done} /> : null}
      {card && owed.data && !done ? <RepayForm card={card} owed={owed.data} onDone={setDone} /> : null}
      {card && !done ? <Auto card={card} /> : null}
    </InnerPage>
  );
}
