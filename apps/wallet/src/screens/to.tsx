import type { CreateStorePayment, Payment, ScanResult } from '@feiqian/contract';
import {
  ApiError,
  Button,
  buttonClass,
  Disc,
  ErrorNotice,
  Field,
  Keypad,
  moneyParts,
  parseMinor,
  Spinner,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { PenLine } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../client.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { scanQuery } from '../queries.ts';

type StoreScan = Extract<ScanResult, { kind: 'store' }>;
const noteMax = 140;

function useCreate(scan: StoreScan) {
  const router = useRouter();
  const client = useQueryClient();
  /** One key for one amount and note: a second try after a lost answer finds the same payment. */
  const attempt = useRef({ body: '', key: '' });
  return useMutation({
    mutationFn: (asked: { amount: number; description: string }) => {
      const body: CreateStorePayment = {
        store_id: scan.store.id,
        amount: asked.amount,
        currency: scan.currency,
        ...(asked.description ? { description: asked.description } : {}),
      };
      const text = JSON.stringify(body);
      if (attempt.current.body !== text) attempt.current = { body: text, key: crypto.randomUUID() };
      return api.post<Payment>('/v1/wallet/payments', body, { idempotencyKey: attempt.current.key });
    },
    onSuccess: (payment) => {
      client.setQueryData(['payment', payment.id], payment);
      void router.navigate({ to: '/pay/$paymentId', params: { paymentId: payment.id }, replace: true });
    },
  });
}

function Payee({ scan }: { scan: StoreScan }) {
  const { t } = useTranslation();
  return (
    <div className="flex items-center gap-3 py-2">
      <Disc tone="brand">{[...scan.merchant.name][0]}</Disc>
      <div className="min-w-0">
        <p className="text-14 text-muted">{t('store.payTo')}</p>
        <p className="truncate font-semibold text-20">{scan.merchant.name}</p>
        {scan.store.name === scan.merchant.name ? null : (
          <p className="truncate text-14 text-muted">{scan.store.name}</p>
        )}
      </div>
    </div>
  );
}

/** Static code: the payer types the amount. */
function StoreAmount({ scan }: { scan: StoreScan }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [noting, setNoting] = useState(false);
  const create = useCreate(scan);
  const minor = parseMinor(text, scan.currency) ?? 0;
  const submit = () => {
    if (minor > 0 && !create.isPending) create.mutate({ amount: minor, description: note.trim() });
  };
  const { symbol } = moneyParts(0, scan.currency, language);

  return (
    <InnerPage title={t('store.title')}>
      <Payee scan={scan} />
      <div className="my-4 flex items-baseline gap-2 border-line-strong border-b pb-2">
        <span aria-hidden="true" className="font-semibold text-28">
          {symbol}
        </span>
        <output
          aria-label={t('store.amount')}
          aria-live="polite"
          className="figures min-h-16 font-semibold text-56"
        >
          {text || <span className="text-muted">0</span>}
        </output>
      </div>
      {noting ? (
        <Field
          label={t('store.note')}
          hint={t('store.noteHint')}
          value={note}
          maxLength={noteMax}
          onChange={(event) => setNote(event.target.value)}
          autoFocus
        />
      ) : (
        <Button
          kind="ghost"
          className="self-start px-2 text-14"
          icon={<PenLine size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() => setNoting(true)}
        >
          {t('store.addNote')}
        </Button>
      )}
      {create.isError ? (
        <div className="mt-3">
          <ErrorNotice error={create.error} assurance={t('store.failed')} />
        </div>
      ) : null}
      <div className="mt-auto pt-4">
        <Keypad
          value={text}
          onChange={setText}
          onSubmit={submit}
          currency={scan.currency}
          action={
            <Button onClick={submit} busy={create.isPending} disabled={minor === 0} className="text-20">
              {t('store.next')}
            </Button>
          }
        />
      </div>
    </InnerPage>
  );
}

/** Asks the network what a code is, and leads on. The code is in the address, so a reload asks again. */
export function ToScreen() {
  const { t } = useTranslation();
  const router = useRouter();
  const client = useQueryClient();
  const { code } = useSearch({ from: '/signed-in/to' });
  const { data, error, isError, refetch } = useQuery(scanQuery(code));
  const payment = data?.kind === 'payment' ? data.payment : null;

  useEffect(() => {
    if (!payment) return;
    client.setQueryData(['payment', payment.id], payment);
    void router.navigate({ to: '/pay/$paymentId', params: { paymentId: payment.id }, replace: true });
  }, [payment, client, router]);

  if (data?.kind === 'store') return <StoreAmount scan={data} />;
  return (
    <InnerPage title={t('scan.title')}>
      {isError ? (
        <ErrorNotice
          error={error}
          title={t('scan.failed')}
          assurance={t('confirm.notMoved')}
          onRetry={error instanceof ApiError && error.unanswered ? () => void refetch() : undefined}
          action={
            <Link to="/scan" replace className={buttonClass('secondary')}>
              {t('scan.again')}
            </Link>
          }
        />
      ) : (
        <p role="status" className="flex flex-1 items-center justify-center gap-2 text-16 text-muted">
          <Spinner /> {t('scan.working')}
        </p>
      )}
    </InnerPage>
  );
}
