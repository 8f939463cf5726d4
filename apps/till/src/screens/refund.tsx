import type { Payment, Refund } from '@feiqian/contract';
import {
  Amount,
  Button,
  ErrorNotice,
  Field,
  formatMoney,
  minorDigits,
  PageShell,
  parseMinor,
  ResultTick,
  Segments,
  Sheet,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { network, refusalOf } from '../api.ts';
import { cardWords } from '../components/card-words.ts';
import { client, saleQuery } from '../data.ts';
import { entryOf } from '../model/sum.ts';
import { refundable } from '../model/totals.ts';
import { useMe } from '../session.ts';

const reasons = ['returned', 'sold_out', 'overcharged', 'cancelled', 'other'] as const;
type Reason = (typeof reasons)[number];
const reasonTextMax = 140;

/** Gives back all or part of a sale; for supervisors. */
export function RefundScreen() {
  const { t } = useTranslation();
  const { paymentId } = useParams({ from: '/sales/$paymentId/refund' });
  const navigate = useNavigate();
  const me = useMe();
  const sale = useQuery(saleQuery(paymentId), client);
  if (!me.may_refund) return <Navigate to="/sales/$paymentId" params={{ paymentId }} replace />;
  return (
    <PageShell
      title={t('refund.title')}
      onBack={() => void navigate({ to: '/sales/$paymentId', params: { paymentId } })}
    >
      {sale.isPending ? (
        <Skeleton className="h-64 w-full" />
      ) : sale.isError ? (
        <ErrorNotice error={sale.error} onRetry={() => void sale.refetch()} />
      ) : (
        <RefundForm payment={sale.data} />
      )}
    </PageShell>
  );
}

/** One request to the network however often it is sent: the key is made once per amount and reason. */
function useRefund(payment: Payment) {
  const request = useRef<{ body: string; key: string } | null>(null);
  return useMutation(
    {
      mutationFn: (body: { amount: number; reason: string }) => {
        const text = JSON.stringify(body);
        if (request.current?.body !== text) request.current = { body: text, key: crypto.randomUUID() };
        return network.refund(payment.id, body, request.current.key);
      },
      onSuccess: () => {
        request.current = null;
      },
      onSettled: () => {
        for (const queryKey of [
          ['sale', payment.id],
          ['refunds', payment.id],
          ['receipt', payment.id],
          ['day'],
        ]) {
          void client.invalidateQueries({ queryKey });
        }
      },
    },
    client,
  );
}

function RefundForm({ payment: now }: { payment: Payment }) {
  const { t } = useTranslation();
  const language = useLanguage();
  // The page stays on what it asked about while the sale changes underneath it.
  const [payment] = useState(now);
  const left = refundable(payment);
  const [how, setHow] = useState<'full' | 'part'>('full');
  const [text, setText] = useState('');
  const [reason, setReason] = useState<Reason>('returned');
  const [own, setOwn] = useState('');
  const [touched, setTouched] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const refund = useRefund(payment);

  const money = (minor: number) => formatMoney(minor, payment.currency, language, 'none');
  const typed = how === 'full' ? left : (parseMinor(text.trim(), payment.currency) ?? 0);
  const amountGood = typed > 0 && typed <= left;
  const words = reason === 'other' ? own.trim() : t(`refund.reasons.${reason}`);
  const body = { amount: typed, reason: words };

  if (refund.data) return <Outcome refund={refund.data} />;
  if (refund.isError && refusalOf(refund.error) === null) {
    return <Unanswered onAsk={() => refund.mutate(refund.variables)} busy={refund.isPending} />;
  }
  if (left === 0) return <ErrorNotice title={t('refund.nothing')} detail="" />;

  const ask = () => {
    setTouched(true);
    if (amountGood && words !== '') setConfirming(true);
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-6 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      {refund.isError ? <ErrorNotice error={refund.error} /> : null}
      <div className="flex flex-col items-center gap-1 py-2">
        <Amount
          minor={amountGood ? typed : 0}
          currency={payment.currency}
          size={56}
          tone={amountGood ? 'ink' : 'muted'}
        />
        <p className="text-14 text-muted">{t('refund.left', { amount: money(left) })}</p>
      </div>
      <AmountChoice
        left={left}
        currency={payment.currency}
        how={how}
        onHow={setHow}
        text={text}
        onText={setText}
        wrong={touched && !amountGood}
      />
      <ReasonChoice reason={reason} onReason={setReason} own={own} onOwn={setOwn} touched={touched} />
      <Button type="submit" large wide>
        {t('refund.submit', { amount: amountGood ? money(typed) : '' })}
      </Button>
      <ConfirmSheet
        open={confirming}
        onClose={() => setConfirming(false)}
        amount={money(typed)}
        card={payment.card && cardWords(payment.card, language)}
        busy={refund.isPending}
        onConfirm={() => refund.mutate(body, { onSettled: () => setConfirming(false) })}
      />
    </form>
  );
}

interface AmountChoiceProps {
  /** What may be given back at the most, minor units. */
  left: number;
  currency: string;
  how: 'full' | 'part';
  onHow: (how: 'full' | 'part') => void;
  text: string;
  onText: (text: string) => void;
  wrong: boolean;
}

function AmountChoice({ left, currency, how, onHow, text, onText, wrong }: AmountChoiceProps) {
  const { t } = useTranslation();
  const max = formatMoney(left, currency, useLanguage(), 'none');
  return (
    <>
      <Segments
        label={t('refund.how')}
        value={how}
        options={[
          { value: 'full', label: t('refund.full') },
          { value: 'part', label: t('refund.part') },
        ]}
        onChange={onHow}
      />
      {how === 'part' ? (
        <Field
          label={t('refund.amount')}
          hint={t('refund.amountHint', { max })}
          error={wrong ? t('refund.amountWrong', { max }) : undefined}
          value={text}
          onChange={(event) => onText(event.target.value.replace('\u3002', '.').replace(/[^\d.]/g, ''))}
          placeholder={entryOf(left, minorDigits(currency))}
          inputMode="decimal"
          autoComplete="off"
          className="figures text-20"
        />
      ) : null}
    </>
  );
}

interface ConfirmSheetProps {
  open: boolean;
  onClose: () => void;
  amount: string;
  card: string | null;
  busy: boolean;
  onConfirm: () => void;
}

/** The last word before money goes back: how much, to which card, and that it stays so. */
function ConfirmSheet({ open, onClose, amount, card, busy, onConfirm }: ConfirmSheetProps) {
  const { t } = useTranslation();
  return (
    <Sheet
      open={open}
      onClose={onClose}
      dismissible={!busy}
      title={t('refund.confirmTitle')}
      actions={
        <Button kind="danger" large busy={busy} onClick={onConfirm}>
          {busy ? t('refund.working') : t('refund.submit', { amount })}
        </Button>
      }
    >
      <p className="text-16">
        {card === null ? t('refund.confirmPlain', { amount }) : t('refund.confirm', { amount, card })}
      </p>
    </Sheet>
  );
}

interface ReasonChoiceProps {
  reason: Reason;
  onReason: (reason: Reason) => void;
  own: string;
  onOwn: (own: string) => void;
  touched: boolean;
}

function ReasonChoice({ reason, onReason, own, onOwn, touched }: ReasonChoiceProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="pb-1 font-semibold text-14">{t('refund.reason')}</legend>
      <div className="flex flex-wrap gap-2">
        {reasons.map((one) => (
          <label
            key={one}
            className="target inline-flex cursor-pointer items-center rounded-pill border border-line-strong bg-raised px-4 text-16 has-checked:border-ink has-checked:bg-ink has-checked:font-semibold has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-azure has-focus-visible:outline-offset-2"
          >
            <input
              type="radio"
              name="reason"
              className="sr-only"
              checked={reason === one}
              onChange={() => onReason(one)}
            />
            {t(`refund.reasons.${one}`)}
          </label>
        ))}
      </div>
      {reason === 'other' ? (
        <Field
          label={t('refund.reasonText')}
          error={touched && own.trim() === '' ? t('refund.reasonWrong') : undefined}
          value={own}
          onChange={(event) => onOwn(event.target.value)}
          maxLength={reasonTextMax}
        />
      ) : null}
    </fieldset>
  );
}

/** How the refund stands, as the network said. */
function Outcome({ refund }: { refund: Refund }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const kind = { succeeded: 'paid', pending: 'waiting', failed: 'declined' } as const;
  return (
    <div role="status" className="flex flex-1 flex-col items-center justify-center gap-4 py-10 text-center">
      <ResultTick kind={kind[refund.state]} size={96} />
      <p className="font-semibold text-28">{t(`refund.${refund.state}`)}</p>
      <Amount
        minor={refund.amount}
        currency={refund.currency}
        size={56}
        sign="none"
        struck={refund.state === 'failed'}
      />
      <p className="text-16 text-muted">{t(`refund.${refund.state}Lead`)}</p>
      <Button
        wide
        large
        kind="secondary"
        className="mt-6"
        onClick={() =>
          void navigate({ to: '/sales/$paymentId', params: { paymentId: refund.payment_id }, replace: true })
        }
      >
        {t('refund.done')}
      </Button>
    </div>
  );
}

function Unanswered({ onAsk, busy }: { onAsk: () => void; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="flex flex-1 flex-col items-center justify-center gap-4 py-10 text-center">
      <ResultTick kind="waiting" size={96} />
      <p className="font-semibold text-28">{t('refund.unanswered')}</p>
      <p className="text-16 text-muted">{t('refund.unansweredLead')}</p>
      <Button large wide busy={busy} onClick={onAsk} className="mt-6">
        {t('refund.ask')}
      </Button>
    </div>
  );
}
