import type { MemberView, Today } from '@feiqian/contract';
import { Amount, bankFaceClass, cx } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMs, formatShare } from '../model/numbers.ts';
import { usePick } from '../words.ts';
import { BreakerState, LinkState } from './link-state.tsx';
import { Panel } from './places.tsx';

type BankRow = Today['banks'][number];

/** A share as a bar with its number beside it. */
function ShareBar({ share }: { share: number | null }) {
  return (
    <span className="flex items-center gap-3 max-lg:flex-row-reverse">
      <span className="figures w-14 text-right font-semibold">{formatShare(share)}</span>
      <span
        aria-hidden="true"
        className="h-2 w-full min-w-16 max-w-40 overflow-hidden rounded-pill bg-sunken"
      >
        <span className="block h-full bg-jade-fill" style={{ width: `${(share ?? 0) * 100}%` }} />
      </span>
    </span>
  );
}

/** The middle and the slowest hundredth of the answers on one scale for all banks. */
function LatencyBar({ bank, scaleMs }: { bank: BankRow; scaleMs: number }) {
  const at = (ms: number | null) => `${Math.min(100, ((ms ?? 0) / scaleMs) * 100)}%`;
  return (
    <span className="flex items-center gap-3 max-lg:flex-row-reverse">
      <span className="figures w-34 shrink-0 whitespace-nowrap text-right">
        <span className="text-muted">{formatMs(bank.p50_ms)}</span>
        <span className="ml-3 font-semibold">{formatMs(bank.p99_ms)}</span>
      </span>
      <span aria-hidden="true" className="relative h-2 w-full min-w-16 max-w-40 rounded-pill bg-sunken">
        <span
          className="absolute inset-y-0 left-0 rounded-pill bg-line-strong"
          style={{ width: at(bank.p99_ms) }}
        />
        <span className="absolute inset-y-0 left-0 rounded-pill bg-ink" style={{ width: at(bank.p50_ms) }} />
      </span>
    </span>
  );
}

/** What a bank owes or is owed, growing right or left from the middle. */
function PositionBar({ minor, currency, scale }: { minor: number; currency: string; scale: number }) {
  const { t } = useTranslation();
  const half = scale === 0 ? 0 : (Math.abs(minor) / scale) * 50;
  return (
    <span className="flex items-center justify-end gap-3">
      <span aria-hidden="true" className="relative hidden h-2 w-32 rounded-pill bg-sunken 2xl:block">
        <span className="-inset-y-1 absolute left-1/2 w-px bg-line-strong" />
        <span
          className="absolute inset-y-0 bg-ink"
          style={minor >= 0 ? { left: '50%', width: `${half}%` } : { right: '50%', width: `${half}%` }}
        />
      </span>
      <span className="text-12 text-muted">
        {minor === 0 ? null : minor > 0 ? t('today.owes') : t('today.isOwed')}
      </span>
      <Amount minor={Math.abs(minor)} currency={currency} size={14} className="min-w-28 text-right" />
    </span>
  );
}

/** One value under its name; at a desk the names stand once, above the rows. */
function Cell({ name, children, end }: { name: string; children: ReactNode; end?: boolean }) {
  return (
    <span className={cx('flex min-w-0 items-center justify-between gap-4', end && 'lg:justify-end')}>
      <span className="text-12 text-muted lg:sr-only">{name}</span>
      {children}
    </span>
  );
}

interface BankFiguresProps {
  today: Today;
  members: readonly MemberView[];
  /** False for a merchant: what banks owe each other is not its business. */
  positions: boolean;
}

function BankLine({ bank, today, members, positions }: BankFiguresProps & { bank: BankRow }) {
  const { t } = useTranslation();
  const pick = usePick();
  const link = members.find((one) => one.code === bank.id)?.link;
  const scaleMs = Math.max(1, ...today.banks.map((one) => one.p99_ms ?? 0));
  const scale = Math.max(...today.banks.map((one) => Math.abs(one.position)));
  const words = t('today.latencyWords', { p50: formatMs(bank.p50_ms), p99: formatMs(bank.p99_ms) });
  return (
    <li className={cx('grid gap-x-6 gap-y-1.5 px-4 py-2.5 lg:items-center', grid)}>
      <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <Link
          to="/payments"
          search={{ bank: bank.id }}
          className="inline-flex items-center gap-2 text-14 text-ink hover:underline"
        >
          <span aria-hidden="true" className={cx('size-3 rounded-pill', bankFaceClass(bank.id))} />
          {pick(bank.name, bank.name_en)}
        </Link>
        {link ? (
          <Link to="/members" hash={bank.id} className="inline-flex flex-wrap gap-1 rounded-pill">
            <LinkState state={link.state} />
            <BreakerState breaker={link.breaker} />
          </Link>
        ) : null}
      </span>
      <Cell name={t('today.approval')}>
        <Link
          to="/payments"
          search={{ bank: bank.id, state: 'declined' }}
          className="flex-1 rounded-small hover:underline max-lg:max-w-60"
        >
          <ShareBar share={bank.approval_rate} />
        </Link>
      </Cell>
      <Cell name={t('today.latency')}>
        <span className="flex-1 max-lg:max-w-72" title={words}>
          <LatencyBar bank={bank} scaleMs={scaleMs} />
        </span>
      </Cell>
      {positions ? (
        <Cell name={t('today.position')} end>
          <PositionBar minor={bank.position} currency={today.currency} scale={scale} />
        </Cell>
      ) : null}
    </li>
  );
}

const grid = 'lg:grid-cols-[minmax(19rem,1.1fr)_minmax(0,0.9fr)_minmax(0,1.1fr)_minmax(0,1fr)]';

/** Each bank's approval, answer time, position and link; every number leads to its rows. */
export function BankFigures({ today, members, positions }: BankFiguresProps) {
  const { t } = useTranslation();
  if (today.banks.length === 0) return null;
  return (
    <Panel title={t('today.banks')} flush>
      <div
        aria-hidden="true"
        className={cx('hidden gap-x-6 border-line border-b px-4 pb-1.5 text-12 text-muted lg:grid', grid)}
      >
        <span>
          {t('today.bank')} · {t('today.link')}
        </span>
        <span>{t('today.approval')}</span>
        <span>
          {t('today.latency')} · {t('today.p50')} / {t('today.p99')}
        </span>
        {positions ? (
          <span className="text-right" title={t('today.positionHint')}>
            {t('today.position')}
          </span>
        ) : null}
      </div>
      <ul className="divide-y divide-line text-14 text-ink">
        {today.banks.map((bank) => (
          <BankLine key={bank.id} bank={bank} today={today} members={members} positions={positions} />
        ))}
      </ul>
    </Panel>
  );
}
