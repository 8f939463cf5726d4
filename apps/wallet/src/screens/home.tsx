import type { Card, Payment } from '@feiqian/contract';
import {
  buttonClass,
  CardFace,
  cx,
  dayKey,
  EmptyState,
  ErrorNotice,
  List,
  Section,
  Skeleton,
  useLanguage,
  Wordmark,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeftRight, HandCoins, Plus, QrCode, ScanLine, Settings, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BalancePeek } from '../parts/balance.tsx';
import { bankName } from '../parts/bank-name.ts';
import { NoticeBell } from '../parts/notice-bell.tsx';
import { PaymentRow } from '../parts/payment-row.tsx';
import { TabPage } from '../parts/tab-page.tsx';
import { cardsQuery, devicesQuery, recentQuery } from '../queries.ts';
import { isRecord } from '../record.ts';
import { openRequestsQuery } from '../request-queries.ts';
import { networkNow } from '../session.ts';

function Door({ to, main, icon, label, detail }: DoorProps) {
  return (
    <Link
      to={to}
      className={cx(
        'flex min-h-32 flex-1 flex-col justify-between rounded-card p-4 transition-colors duration-(--motion)',
        main
          ? 'bg-brand-fill text-on-brand hover:bg-brand-fill-press'
          : 'border border-line bg-raised text-ink hover:bg-sunken',
      )}
    >
      {icon}
      <span>
        <span className="block font-semibold text-20">{label}</span>
        <span className={cx('block text-14', main ? 'text-on-brand' : 'text-muted')}>{detail}</span>
      </span>
    </Link>
  );
}

function SmallDoor({ to, icon, label }: { to: '/transfers' | '/receive'; icon: ReactNode; label: string }) {
  return (
    <Link
      to={to}
      search={{}}
      className="target flex flex-1 items-center justify-center gap-2 rounded-card border border-line bg-raised px-4 py-3 text-16 hover:bg-sunken"
    >
      {icon}
      {label}
    </Link>
  );
}

/** Sending to and receiving from people. */
function SmallDoors() {
  const { t } = useTranslation();
  return (
    <div className="mt-3 flex gap-3">
      <SmallDoor
        to="/transfers"
        icon={<ArrowLeftRight size={20} strokeWidth={1.75} aria-hidden="true" className="text-brand" />}
        label={t('home.transfer')}
      />
      <SmallDoor
        to="/receive"
        icon={<QrCode size={20} strokeWidth={1.75} aria-hidden="true" className="text-brand" />}
        label={t('home.receive')}
      />
    </div>
  );
}

/** What others ask this person to pay: one line while there is something. */
function Waiting() {
  const { t } = useTranslation();
  const { data } = useQuery(openRequestsQuery);
  if (!data?.length) return null;
  return (
    <Link
      to="/requests"
      className="target mt-3 flex items-center gap-3 rounded-card bg-amber-soft px-4 py-3 text-16 text-amber"
    >
      <HandCoins size={20} strokeWidth={1.75} aria-hidden="true" />
      {t('home.asked', { count: data.length })}
    </Link>
  );
}

interface DoorProps {
  to: '/scan' | '/code';
  main?: boolean;
  icon: ReactNode;
  label: string;
  detail: string;
}

/** A card of the row: its face leads to the card's page, the balance is a control of its own on it. */
function CardTile({ card }: { card: Card }) {
  const language = useLanguage();
  const name = bankName(card.bank, language);
  return (
    <li className="relative w-68 shrink-0 snap-start">
      <Link to="/cards/$cardId" params={{ cardId: card.id }} className="block rounded-card">
        <CardFace
          bankId={card.bank.id}
          bankName={name}
          tail={card.last4}
          kind={card.kind}
          isDefault={card.is_default}
        />
      </Link>
      <div className="absolute right-4 bottom-4">
        <BalancePeek card={card} />
      </div>
    </li>
  );
}

function CardRow({ cards }: { cards: Card[] }) {
  const { t } = useTranslation();
  return (
    <ul className="relative no-scrollbar -mx-4 flex snap-x snap-mandatory scroll-px-4 gap-3 overflow-x-auto px-4">
      {cards.map((card) => (
        <CardTile key={card.id} card={card} />
      ))}
      <li className="shrink-0 snap-start">
        <Link
          to="/bind"
          className="flex h-full min-h-32 w-32 flex-col items-center justify-center gap-2 rounded-card border border-line-strong border-dashed text-14 text-muted hover:bg-sunken"
        >
          <Plus size={24} strokeWidth={1.75} aria-hidden="true" />
          {t('home.addCard')}
        </Link>
      </li>
    </ul>
  );
}

function Cards() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useQuery(cardsQuery);
  if (data?.length) return <CardRow cards={data} />;
  if (data) {
    return (
      <div className="rounded-card border border-line bg-raised">
        <EmptyState
          title={t('home.firstCard')}
          detail={t('home.firstCardDetail')}
          action={
            <Link to="/bind" className={buttonClass('primary')}>
              {t('home.addCard')}
            </Link>
          }
        />
      </div>
    );
  }
  if (isError)
    return <ErrorNotice error={error} assurance={t('loadFailed')} onRetry={() => void refetch()} />;
  return <Skeleton className="aspect-[1.586] w-68 rounded-card" />;
}

function todayOf(payments: readonly Payment[]): Payment[] {
  const today = dayKey(networkNow());
  return payments.filter((payment) => isRecord(payment) && dayKey(payment.created_at) === today);
}

function Today() {
  const { t } = useTranslation();
  const { data, isError } = useQuery(recentQuery);
  if (!data) return isError ? null : <Skeleton className="h-20 w-full rounded-card" />;
  const today = todayOf(data);
  if (today.length === 0) {
    return (
      <p className="rounded-card border border-line bg-raised p-6 text-center text-14 text-muted">
        {t('home.todayEmpty')}
      </p>
    );
  }
  return (
    <List>
      {today.map((payment) => (
        <PaymentRow key={payment.id} payment={payment} />
      ))}
    </List>
  );
}

/** Says that another device waits to be let in. */
function Asking() {
  const { t } = useTranslation();
  const { data } = useQuery(devicesQuery);
  if (!data?.some((device) => device.waits && !device.current)) return null;
  return (
    <Link
      to="/me/devices"
      className="target mb-3 flex items-center gap-3 rounded-card bg-amber-soft p-4 text-amber"
    >
      <ShieldQuestion size={22} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
      <span>
        <span className="block font-semibold text-16">{t('devices.asks')}</span>
        <span className="block text-14">{t('devices.asksDetail')}</span>
      </span>
    </Link>
  );
}

/** Two doors to pay through, the cards, and today. */
export function HomeScreen() {
  const { t } = useTranslation();
  return (
    <TabPage
      tab="home"
      title={t('nav.home')}
      header={<Wordmark name={t('title')} className="px-1 lg:invisible" />}
      actions={
        <>
          <NoticeBell />
          <Link
            to="/me"
            aria-label={t('home.settings')}
            title={t('home.settings')}
            className="target inline-flex items-center justify-center rounded-card text-ink hover:bg-sunken lg:invisible"
          >
            <Settings size={22} strokeWidth={1.75} aria-hidden="true" />
          </Link>
        </>
      }
    >
      <h1 className="sr-only">{t('nav.home')}</h1>
      <Asking />
      <div className="flex gap-3">
        <Door
          to="/scan"
          main
          icon={<ScanLine size={36} strokeWidth={1.75} aria-hidden="true" />}
          label={t('home.scan')}
          detail={t('home.scanDetail')}
        />
        <Door
          to="/code"
          icon={<QrCode size={36} strokeWidth={1.75} aria-hidden="true" className="text-brand" />}
          label={t('home.code')}
          detail={t('home.codeDetail')}
        />
      </div>
      <SmallDoors />
      <Waiting />
      <Section
        title={t('home.cards')}
        action={
          <Link to="/cards" className="py-2 text-14 text-azure">
            {t('home.allCards')}
          </Link>
        }
      >
        <Cards />
      </Section>
      <Section
        title={t('home.today')}
        action={
          <Link to="/records" className="py-2 text-14 text-azure">
            {t('home.allRecords')}
          </Link>
        }
      >
        <Today />
      </Section>
    </TabPage>
  );
}
