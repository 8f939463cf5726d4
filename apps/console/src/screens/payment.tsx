import type { PaymentStory } from '@feiqian/contract';
import { Amount, ApiError, ErrorNotice, StatusBadge, useUiText } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { CircleX, Hourglass, type LucideIcon, Undo2 } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CardName } from '../components/card-name.tsx';
import { Code } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { Missing, PageHead, Panel, Waiting } from '../components/places.tsx';
import { RawJson } from '../components/raw-json.tsx';
import { TAccount } from '../components/t-account.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { placesOf } from '../model/access.ts';
import { formatMs } from '../model/numbers.ts';
import { storySteps } from '../model/story.ts';
import { tAccounts } from '../model/taccount.ts';
import { membersQuery, storyQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick, useWord } from '../words.ts';

const route = getRouteApi('/desk/payments/$id');

type Payment = PaymentStory['payment'];

/** The name of a bank by its code: from the members where one sees them, else from the payment's card. */
function useBankName(payment: Payment | undefined): (code: string) => string {
  const pick = usePick();
  const seesMembers = placesOf(useMe().role).includes('members');
  const { data: members = [] } = useQuery({ ...membersQuery, enabled: seesMembers, refetchInterval: false });
  return (code) => {
    const member = members.find((one) => one.code === code || one.id === code);
    if (member) return pick(member.name, member.name_en);
    const card = payment?.card;
    return card && card.bank_id === code ? pick(card.bank_name, card.bank_name_en) : code;
  };
}

const notes: Partial<Record<Payment['state'], { icon: LucideIcon; tone: string }>> = {
  declined: { icon: CircleX, tone: 'border-rose bg-rose-soft text-rose' },
  unknown: { icon: Hourglass, tone: 'border-amber bg-amber-soft text-amber' },
  reversed: { icon: Undo2, tone: 'border-line-strong bg-sunken text-ink' },
};

/** What an outcome means for the money, where that is not plain. */
function OutcomeNote({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const pick = usePick();
  const look = notes[payment.state];
  if (!look) return null;
  const Icon = look.icon;
  const decline = payment.decline;
  const words =
    payment.state === 'unknown'
      ? t('payment.unknownNote')
      : payment.state === 'reversed'
        ? t('payment.reversedNote')
        : decline
          ? pick(decline.message_zh, decline.message)
          : t('payment.declinedNote');
  return (
    <p className={`flex items-center gap-2 rounded-card border px-4 py-3 text-14 ${look.tone}`}>
      <Icon size={18} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
      <span className="min-w-0 text-ink">{words}</span>
      {decline?.response_code ? (
        <span className="ml-auto shrink-0 font-mono text-12 text-ink">{decline.response_code}</span>
      ) : null}
    </p>
  );
}

function Summary({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const tookMs = payment.completed_at
    ? Date.parse(payment.completed_at) - Date.parse(payment.created_at)
    : null;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <Amount
        minor={payment.amount}
        currency={payment.currency}
        size={56}
        tone={['declined', 'cancelled', 'expired', 'reversed'].includes(payment.state) ? 'muted' : 'ink'}
      />
      <div className="flex min-w-0 flex-col gap-1 font-normal">
        <span>
          <StatusBadge status={payment.state} />
        </span>
        <span className="flex flex-wrap items-center gap-x-2 text-14 text-ink">
          {payment.merchant.name}
          {payment.card ? (
            <>
              <span className="text-muted">{t('payment.by')}</span>
              <CardName card={payment.card} long />
            </>
          ) : null}
          {tookMs !== null && tookMs < 60_000 ? (
            <span className="text-muted">· {t('payment.took', { time: formatMs(tookMs) })}</span>
          ) : null}
        </span>
      </div>
    </div>
  );
}

function usePaymentFacts(payment: Payment): (readonly [string, ReactNode])[] {
  const { t } = useTranslation();
  const ui = useUiText();
  const word = useWord();
  const money = (minor: number) => <Amount minor={minor} currency={payment.currency} size={14} />;
  const seesMerchants = placesOf(useMe().role).includes('merchants');
  const merchant = seesMerchants ? (
    <Link to="/merchants/$id" params={{ id: payment.merchant.id }} className="text-azure hover:underline">
      {payment.merchant.name}
    </Link>
  ) : (
    payment.merchant.name
  );
  const known: (readonly [string, ReactNode] | null)[] = [
    [t('payment.authorised'), money(payment.authorised_amount)],
    [t('payment.captured'), money(payment.captured_amount)],
    [t('payment.refunded'), money(payment.refunded_amount)],
    [t('payment.merchant'), merchant],
    [t('payment.store'), payment.store.name],
    payment.terminal ? [t('payment.terminal'), payment.terminal] : null,
    [t('payment.card'), <CardName key="card" card={payment.card} long />],
    [t('payment.entry'), word('entry', payment.entry)],
    [t('payment.capture'), t(`payment.${payment.capture}`)],
    payment.order_reference
      ? [t('payment.order'), <Code key="order" text={payment.order_reference} label={ui('copy')} />]
      : null,
    payment.description ? [t('payment.description'), payment.description] : null,
    payment.rrn ? [t('payment.rrn'), <Code key="rrn" text={payment.rrn} label={ui('copy')} />] : null,
    payment.approval_code
      ? [t('payment.approval'), <Code key="approval" text={payment.approval_code} label={ui('copy')} />]
      : null,
    [t('payment.created'), <Time key="created" at={payment.created_at} look="full" />],
    payment.completed_at
      ? [t('payment.completed'), <Time key="completed" at={payment.completed_at} look="full" />]
      : [t('payment.expires'), <Time key="expires" at={payment.expires_at} look="full" />],
  ];
  return known.filter((fact) => fact !== null);
}

function Ledger({ story }: { story: PaymentStory }) {
  const { t } = useTranslation();
  const accounts = useMemo(() => tAccounts(story.entries), [story.entries]);
  return (
    <Panel title={t('payment.ledger')} hint={accounts.length > 0 ? t('payment.ledgerHint') : undefined}>
      {accounts.length === 0 ? (
        <p className="text-14 text-muted">{t('payment.ledgerNone')}</p>
      ) : (
        <div className="grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-x-6 gap-y-5 pt-2">
          {accounts.map((account) => (
            <TAccount key={account.id} account={account} currency={story.payment.currency} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Story({ story }: { story: PaymentStory }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const { payment } = story;
  const steps = useMemo(() => storySteps(story), [story]);
  const bankName = useBankName(payment);
  const facts = usePaymentFacts(payment);
  return (
    <div className="flex flex-col gap-4">
      <PageHead
        back={{ to: '/payments', label: t('payment.back') }}
        title={<Summary payment={payment} />}
        actions={<Code text={payment.id} label={t('app.copyId')} />}
      />
      <OutcomeNote payment={payment} />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]">
        <Panel title={t('payment.story')}>
          <Timeline steps={steps} entries={story.entries} bankName={bankName} />
        </Panel>
        <div className="flex min-w-0 flex-col gap-4">
          <Panel title={t('payment.facts')}>
            <Facts facts={facts} />
          </Panel>
          <Ledger story={story} />
          <Panel title={t('app.raw')} hint={t('payment.rawHint')}>
            <RawJson label={`${ui('show')} JSON`} value={story} />
          </Panel>
        </div>
      </div>
    </div>
  );
}

/** The whole story of one payment. */
export function PaymentPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { data: story, error, refetch } = useQuery(storyQuery(id));
  if (story) return <Story story={story} />;
  if (error instanceof ApiError && (error.status === 404 || error.status === 400))
    return <Missing title={t('payment.missing')} detail={t('payment.missingDetail')} />;
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return <Waiting />;
}
