import type { MemberView, Today } from '@feiqian/contract';
import { Amount, bankFaceClass, cx } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { formatMs, formatShare } from '../model/numbers.ts';
import { usePick } from '../words.ts';
import { LinkState } from './link-state.tsx';
import { Panel } from './places.tsx';

type BankRow = Today['banks'][number];

/** A share as a bar with its number beside it. */
function ShareBar({ share }: { share: number | null }) {
  return (
    <span className="flex items-center gap-3">
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
    <span className="flex items-center gap-3">
      <span className="figures w-32 text-right">
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
      <span className="text-12 text-muted">{minor >= 0 ? t('today.owes') : t('today.isOwed')}</span>
      <Amount minor={Math.abs(minor)} currency={currency} size={14} className="min-w-28 text-right" />
    </span>
  );
}

/** Each bank's approval, answer time, position and link; every number leads to its rows. */
export function BankFigures({ today, members }: { today: Today; members: readonly MemberView[] }) {
  const { t } = useTranslation();
  const pick = usePick();
  if (today.banks.length === 0) return null;
  const scaleMs = Math.max(1, ...today.banks.map((bank) => bank.p99_ms ?? 0));
  const scale = Math.max(...today.banks.map((bank) => Math.abs(bank.position)));
  const head = 'px-3 font-normal text-12 text-muted first:pl-4 last:pr-4';
  const cell = 'px-3 py-2 first:pl-4 last:pr-4';
  return (
    <Panel title={t('today.banks')} flush>
      <table className="w-full border-collapse whitespace-nowrap text-14">
        <thead className="border-line border-b text-left">
          <tr className="h-(--row)">
            <th scope="col" className={head}>
              {t('today.bank')}
            </th>
            <th scope="col" className={cx(head, 'max-md:hidden')}>
              {t('today.link')}
            </th>
            <th scope="col" className={head}>
              {t('today.approval')}
            </th>
            <th scope="col" className={cx(head, 'max-md:hidden')}>
              {t('today.latency')} · {t('today.p50')} / {t('today.p99')}
            </th>
            <th scope="col" className={cx(head, 'text-right max-sm:hidden')} title={t('today.positionHint')}>
              {t('today.position')}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {today.banks.map((bank) => {
            const link = members.find((one) => one.code === bank.id)?.link;
            return (
              <tr key={bank.id}>
                <th scope="row" className={cx(cell, 'text-left font-normal')}>
                  <Link
                    to="/payments"
                    search={{ bank: bank.id }}
                    className="inline-flex items-center gap-2 hover:underline"
                  >
                    <span aria-hidden="true" className={cx('size-3 rounded-pill', bankFaceClass(bank.id))} />
                    {pick(bank.name, bank.name_en)}
                  </Link>
                </th>
                <td className={cx(cell, 'max-md:hidden')}>{link ? <LinkState state={link.state} /> : '—'}</td>
                <td className={cell}>
                  <Link
                    to="/payments"
                    search={{ bank: bank.id, state: 'declined' }}
                    className="block rounded-small hover:underline"
                  >
                    <ShareBar share={bank.approval_rate} />
                  </Link>
                </td>
                <td className={cx(cell, 'max-md:hidden')}>
                  <LatencyBar bank={bank} scaleMs={scaleMs} />
                </td>
                <td className={cx(cell, 'max-sm:hidden')}>
                  <PositionBar minor={bank.position} currency={today.currency} scale={scale} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
