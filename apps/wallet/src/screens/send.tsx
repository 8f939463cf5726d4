import type { Card, Transfer, TransferPayee } from '@feiqian/contract';
import {
  ApiError,
  Button,
  CardLine,
  Disc,
  EmptyState,
  ErrorNotice,
  Field,
  formatMoney,
  List,
  parseMinor,
  Segments,
  SelectField,
  Sheet,
  Spinner,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { BadgeCheck } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { bankName } from '../parts/bank-name.ts';
import { useOnline } from '../parts/online.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { useTransfersText } from '../parts/transfers-text.ts';
import { cardsQuery } from '../queries.ts';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';
import { receiverQuery } from '../transfer-queries.ts';

const noteMax = 60;
const currency = 'CNY';
/** The payer waits for two banks. */
const sendMsMax = 20_000;

/** Whom the money goes to, as this screen knows it. */
type Target = { name: string; detail: string; to: { payee_id: string } | { card_id: string } };

type Found = NonNullable<TransferPayee['payee']>;

function useTarget(): (found: Found) => Target {
  const t = useTransfersText();
  const language = useLanguage();
  return (found) => {
    const bank = language === 'en' ? found.bank_name_en : found.bank_name;
    return {
      name: found.name ?? t('someone'),
      detail: bank ? `${bank} ${found.last4 ?? ''}` : t('checked'),
      to: { payee_id: found.id },
    };
  };
}

/** Number and name, compared with what the bank knows before anything else is asked. */
function FindPayee({ onFound }: { onFound: (target: Target) => void }) {
  const t = useTransfersText();
  const target = useTarget();
  const [via, setVia] = useState<'mobile' | 'card_number'>('mobile');
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const look = useMutation({
    mutationFn: () =>
      signed.post<TransferPayee>('/v1/wallet/payees', {
        [via]: number.replace(/\s/g, ''),
        name: name.trim(),
      }),
    onSuccess: ({ payee }) => {
      if (payee) onFound(target(payee));
    },
  });
  const digits = number.replace(/\s/g, '');
  const whole = via === 'mobile' ? /^1[3-9]\d{9}$/.test(digits) : /^\d{12,19}$/.test(digits);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (whole && name.trim()) look.mutate();
  };
  const options = (['mobile', 'card_number'] as const).map((value) => ({ value, label: t(`via.${value}`) }));
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Segments
        label={t('who')}
        value={via}
        options={options}
        onChange={(next) => {
          setVia(next);
          setNumber('');
          look.reset();
        }}
      />
      <Field
        label={t(via === 'mobile' ? 'mobile' : 'cardNumber')}
        value={number}
        inputMode="numeric"
        autoComplete="off"
        maxLength={via === 'mobile' ? 13 : 23}
        onChange={(event) => setNumber(event.target.value.replace(/[^\d ]/g, ''))}
      />
      <Field
        label={t('name')}
        hint={t('nameHint')}
        value={name}
        autoComplete="off"
        maxLength={60}
        onChange={(event) => setName(event.target.value)}
      />
      {look.data?.match === 'none' ? (
        <p role="status" className="rounded-card bg-amber-soft p-3 text-14 text-amber">
          {t('none')}
        </p>
      ) : null}
      {look.isError ? <ErrorNotice error={look.error} assurance={t('notMoved')} /> : null}
      <Button type="submit" large wide busy={look.isPending} disabled={!whole || !name.trim()}>
        {t('check')}
      </Button>
    </form>
  );
}

function OwnCards({ cards, onFound }: { cards: readonly Card[]; onFound: (target: Target) => void }) {
  const t = useTransfersText();
  const language = useLanguage();
  if (cards.length < 2) return <EmptyState title={t('noOwn')} />;
  return (
    <>
      <h2 className="pb-2 text-14 text-muted">{t('chooseOwn')}</h2>
      <List label={t('chooseOwn')}>
        {cards.map((card) => (
          <button
            key={card.id}
            type="button"
            onClick={() =>
              onFound({
                name: bankName(card.bank, language),
                detail: card.last4,
                to: { card_id: card.id },
              })
            }
            className="target flex w-full items-center gap-3 px-4 py-3 text-left text-16 hover:bg-sunken"
          >
            <CardLine
              bankId={card.bank.id}
              bankName={bankName(card.bank, language)}
              tail={card.last4}
              kind="debit"
            />
          </button>
        ))}
      </List>
    </>
  );
}

function ByCode({ code }: { code: string }) {
  const t = useTransfersText();
  const target = useTarget();
  const { data, isError, error, refetch } = useQuery(receiverQuery(code));
  if (isError) return <ErrorNotice error={error} assurance={t('notMoved')} onRetry={() => void refetch()} />;
  if (!data) {
    return (
      <p role="status" className="flex flex-1 items-center justify-center gap-2 text-muted">
        <Spinner />
      </p>
    );
  }
  if (!data.payee) return <EmptyState title={t('codeGone')} />;
  const found = target(data.payee);
  return <OrderForm target={found} onChange={null} />;
}

interface Wanted {
  from: Card;
  amount: number;
  note: string;
  at: string | null;
}

function useSend(target: Target) {
  const router = useRouter();
  const client = useQueryClient();
  /** One key for one order: pressing again after a lost answer sends once. */
  const attempt = useRef({ text: '', key: '' });
  return useMutation({
    mutationFn: ({ from, amount, note, at, again }: Wanted & { again: boolean }) => {
      const body = {
        from_card_id: from.id,
        to: target.to,
        amount,
        currency,
        ...(note ? { note } : {}),
        ...(at === null ? {} : { scheduled_at: at }),
        ...(again ? { repeat_confirmed: true } : {}),
      };
      const text = JSON.stringify(body);
      if (attempt.current.text !== text) attempt.current = { text, key: crypto.randomUUID() };
      return signed.post<Transfer>('/v1/wallet/transfers', body, {
        idempotencyKey: attempt.current.key,
        timeoutMs: sendMsMax,
      });
    },
    onSuccess: (transfer) => {
      client.setQueryData(['transfer', transfer.id], transfer);
      for (const key of ['transfers', 'balance']) void client.invalidateQueries({ queryKey: [key] });
      void router.navigate({
        to: '/transfers/$transferId',
        params: { transferId: transfer.id },
        replace: true,
      });
    },
  });
}

/** `2026-11-22T18:30` of the phone's zone as an instant. */
const instantOf = (local: string): string | null => {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
};

/** What the payer has filled in, and what of it can be sent. */
function useOrder(target: Target) {
  const cards = useQuery(cardsQuery);
  const to = 'card_id' in target.to ? target.to.card_id : null;
  const mine = (cards.data ?? []).filter((c) => c.kind === 'debit' && c.id !== to);
  const [fromId, setFromId] = useState('');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const [when, setWhen] = useState<'now' | 'later'>('now');
  const [at, setAt] = useState('');
  const from = mine.find((c) => c.id === fromId) ?? mine.find((c) => c.is_default) ?? mine[0];
  const amount = parseMinor(text, currency) ?? 0;
  const later = when === 'later' ? instantOf(at) : null;
  const timely = when === 'now' || (later !== null && Date.parse(later) > networkNow());
  const wanted: Wanted | null =
    from && amount > 0 && timely ? { from, amount, note: note.trim(), at: later } : null;
  return { mine, from, setFromId, text, setText, note, setNote, when, setWhen, at, setAt, amount, wanted };
}

function TargetHead({ target, onChange }: { target: Target; onChange: (() => void) | null }) {
  const t = useTransfersText();
  return (
    <div className="flex items-center gap-3">
      <Disc tone="brand">{[...target.name][0]}</Disc>
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold text-20">{target.name}</p>
        <p className="inline-flex items-center gap-1 truncate text-14 text-jade">
          <BadgeCheck size={16} strokeWidth={1.75} aria-hidden="true" />
          {target.detail}
        </p>
      </div>
      {onChange === null ? null : (
        <Button kind="ghost" className="text-14" onClick={onChange}>
          {t('change')}
        </Button>
      )}
    </div>
  );
}

type Order = ReturnType<typeof useOrder>;

/** Amount, card, note and time. */
function OrderFields({ order }: { order: Order }) {
  const t = useTransfersText();
  const language = useLanguage();
  const cards = order.mine.map((card) => ({
    value: card.id,
    label: `${bankName(card.bank, language)} ${card.last4}`,
  }));
  return (
    <>
      <Field
        label={t('amount')}
        value={order.text}
        inputMode="decimal"
        autoComplete="off"
        placeholder="0.00"
        className="figures text-40"
        onChange={(event) => order.setText(event.target.value.replace(/[^\d.]/g, ''))}
      />
      <SelectField
        label={t('fromCard')}
        value={order.from?.id ?? ''}
        onChange={(event) => order.setFromId(event.target.value)}
        options={cards}
      />
      <Field
        label={t('note')}
        hint={t('noteHint')}
        value={order.note}
        maxLength={noteMax}
        onChange={(event) => order.setNote(event.target.value)}
      />
      <Segments
        label={t('when')}
        value={order.when}
        options={(['now', 'later'] as const).map((value) => ({ value, label: t(value) }))}
        onChange={order.setWhen}
      />
      {order.when === 'later' ? (
        <Field
          type="datetime-local"
          label={t('at')}
          value={order.at}
          onChange={(event) => order.setAt(event.target.value)}
        />
      ) : null}
    </>
  );
}

/** The same went to the same payee minutes ago: asked once more. */
function RepeatSheet({ open, onSend, onClose }: { open: boolean; onSend: () => void; onClose: () => void }) {
  const t = useTransfersText();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t('repeat')}
      actions={
        <>
          <Button large wide onClick={onSend}>
            {t('repeat')}
          </Button>
          <Button kind="secondary" large wide onClick={onClose}>
            {t('dontRepeat')}
          </Button>
        </>
      }
    >
      <p className="text-16">{t('repeated')}</p>
    </Sheet>
  );
}

function OrderForm({ target, onChange }: { target: Target; onChange: (() => void) | null }) {
  const t = useTransfersText();
  const language = useLanguage();
  const online = useOnline();
  const order = useOrder(target);
  const send = useSend(target);
  const { wanted, amount } = order;
  const code = send.error instanceof ApiError ? send.error.code : null;
  const unanswered = send.error instanceof ApiError && send.error.unanswered;
  const repeated = code === 'transfer_repeated' && !send.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted && online) send.mutate({ ...wanted, again: false });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TargetHead target={target} onChange={onChange} />
      <OrderFields order={order} />
      {send.isError && !repeated && !send.isPending ? (
        <ErrorNotice error={send.error} assurance={unanswered ? undefined : t('notMoved')} />
      ) : null}
      <Button type="submit" large wide busy={send.isPending} disabled={!wanted || !online}>
        {send.isPending ? t('sending') : t('confirm', { amount: formatMoney(amount, currency, language) })}
      </Button>
      <RepeatSheet
        open={repeated}
        onSend={() => wanted && send.mutate({ ...wanted, again: true })}
        onClose={() => send.reset()}
      />
    </form>
  );
}

/** Sends money: to a person by number, by a scanned code, or to another card of one's own. */
export function SendScreen() {
  const t = useTransfersText();
  const { own, code } = useSearch({ from: '/signed-in/send' });
  const cards = useQuery(cardsQuery);
  const [target, setTarget] = useState<Target | null>(null);
  const debit = (cards.data ?? []).filter((c) => c.kind === 'debit');
  return (
    <InnerPage title={own ? t('own') : t('send')} fallback="/transfers">
      <OfflineNote />
      {target ? <OrderForm target={target} onChange={() => setTarget(null)} /> : null}
      {!target && code ? <ByCode code={code} /> : null}
      {!target && !code && own && cards.data ? <OwnCards cards={debit} onFound={setTarget} /> : null}
      {!target && !code && !own ? <FindPayee onFound={setTarget} /> : null}
    </InnerPage>
  );
}
