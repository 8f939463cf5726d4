import type { AuditCheck, AuditView, MemberView } from '@feiqian/contract';
import { cx, EmptyState, ErrorNotice } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, ClockAlert, type LucideIcon, Scale } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Code } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { PageHead, Panel, Waiting } from '../components/places.tsx';
import { Time } from '../components/time.tsx';
import { type BooksState, booksState, checksByOwner } from '../model/books.ts';
import { formatCount, formatMs, shortId } from '../model/numbers.ts';
import { auditQuery, membersQuery } from '../queries.ts';
import { usePick, useWord } from '../words.ts';

const looks: Record<'right' | 'wrong' | 'stale', { icon: LucideIcon; text: string; frame: string }> = {
  right: { icon: CircleCheck, text: 'text-jade', frame: 'border-line' },
  wrong: { icon: CircleAlert, text: 'text-rose', frame: 'border-rose' },
  stale: { icon: ClockAlert, text: 'text-amber', frame: 'border-amber' },
};

type Known = Extract<BooksState, { kind: 'right' | 'wrong' | 'stale' }>;

function useVerdict(view: AuditView, state: Known): { title: string; detail: string } {
  const { t } = useTranslation();
  switch (state.kind) {
    case 'wrong':
      return { title: t('books.wrong', { count: state.findings }), detail: t('books.wrongDetail') };
    case 'stale':
      return { title: t('books.stale', { minutes: state.minutes }), detail: t('books.staleDetail') };
    case 'right':
      return {
        title: t('books.right'),
        detail: t('books.rightDetail', {
          checks: view.last?.checks ?? 0,
          payments: formatCount(view.last?.payments ?? 0),
          seconds: view.every_seconds,
        }),
      };
  }
}

/** The one thing to know, and since when. */
function Verdict({ view, state }: { view: AuditView; state: Known }) {
  const { t } = useTranslation();
  const { title, detail } = useVerdict(view, state);
  const look = looks[state.kind];
  const Icon = look.icon;
  const { last, day } = view;
  return (
    <section
      aria-label={title}
      className={cx('flex flex-col gap-4 rounded-card border bg-raised p-4 lg:p-5', look.frame)}
    >
      <div role="status" className="flex items-start gap-3">
        <Icon size={28} strokeWidth={1.75} aria-hidden="true" className={cx('mt-0.5 shrink-0', look.text)} />
        <div className="min-w-0">
          <p className={cx('font-semibold text-20', look.text)}>{title}</p>
          <p className="text-14 text-muted">{detail}</p>
        </div>
      </div>
      {last ? (
        <Facts
          facts={[
            [t('books.last'), <Time key="last" at={last.at} />],
            [t('books.took'), formatMs(last.ms)],
            [t('books.day'), formatCount(day.looks)],
            [t('books.dayPayments'), formatCount(day.payments)],
            [t('books.dayFound'), formatCount(day.looks_with_findings)],
          ]}
        />
      ) : null}
    </section>
  );
}

/** What one check found: the rows, each a link where there is a page for it. */
function Finding({ check }: { check: AuditCheck }) {
  const { t } = useTranslation();
  const pick = usePick();
  const word = useWord();
  const more = check.findings - check.examples.length;
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <p className="flex flex-wrap items-baseline gap-x-3 text-14 text-ink">
        <span className="font-mono text-12 text-rose">{check.invariant}</span>
        <span className="inline-block min-w-0 first-letter:uppercase">
          {pick(check.title_zh, check.title)}
        </span>
      </p>
      <ul className="flex flex-col gap-1">
        {check.examples.map((example) => (
          <li key={example.what} className="flex flex-wrap items-baseline gap-x-3 text-12">
            <span className="text-muted">{word('subject', check.subject)}</span>
            {example.payment_id ? (
              <Link
                to="/payments/$id"
                params={{ id: example.payment_id }}
                title={example.payment_id}
                className="font-mono text-azure hover:underline"
              >
                {shortId(example.payment_id)}
              </Link>
            ) : (
              <span className="break-all font-mono text-ink">{example.what}</span>
            )}
            <span className="min-w-0 break-words text-ink" lang="en">
              {example.found}
            </span>
          </li>
        ))}
      </ul>
      {more > 0 ? <p className="text-12 text-muted">{t('books.more', { count: more })}</p> : null}
    </li>
  );
}

function State({ check }: { check: AuditCheck }) {
  const { t } = useTranslation();
  const right = check.findings === 0;
  const Icon = right ? CircleCheck : CircleAlert;
  return (
    <span className={cx('inline-flex gap-1.5', right ? 'text-jade' : 'text-rose')}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 self-center" />
      <span className={cx('self-baseline', right && 'max-sm:sr-only')}>
        {right ? t('books.ok') : t('books.found', { count: check.findings })}
      </span>
    </span>
  );
}

const cell = 'px-3 py-1.5 align-baseline first:pl-4 last:pr-4';

function CheckRow({ check }: { check: AuditCheck }) {
  const { t } = useTranslation();
  const pick = usePick();
  return (
    <tr>
      <td className={cx(cell, 'whitespace-nowrap font-mono text-12 text-muted')}>{check.invariant}</td>
      <td className={cx(cell, 'w-full first-letter:uppercase')}>{pick(check.title_zh, check.title)}</td>
      <td className={cx(cell, 'figures whitespace-nowrap text-right max-md:hidden')}>
        {formatCount(check.rows_looked)}
      </td>
      <td className={cx(cell, 'whitespace-nowrap max-lg:hidden')}>
        {check.last_finding_at ? (
          <Time at={check.last_finding_at} />
        ) : (
          <span className="text-muted">{t('books.never')}</span>
        )}
      </td>
      <td className={cx(cell, 'whitespace-nowrap')}>
        <State check={check} />
      </td>
    </tr>
  );
}

/** All checks of the network, or of one bank, as the last look left them. */
function Checks({ title, checks }: { title: string; checks: readonly AuditCheck[] }) {
  const { t } = useTranslation();
  const head = cx(cell, 'whitespace-nowrap text-left font-normal text-12 text-muted');
  return (
    <Panel title={title} flush>
      <table aria-label={title} className="w-full border-collapse text-14 text-ink">
        <thead className="border-line border-b">
          <tr>
            <th scope="col" className={head}>
              <span className="max-sm:sr-only">{t('books.invariant')}</span>
            </th>
            <th scope="col" className={head}>
              {t('books.says')}
            </th>
            <th scope="col" className={cx(head, 'text-right max-md:hidden')}>
              {t('books.rows')}
            </th>
            <th scope="col" className={cx(head, 'max-lg:hidden')}>
              {t('books.lastFinding')}
            </th>
            <th scope="col" className={head}>
              <span className="max-sm:sr-only">{t('books.state')}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {checks.map((check) => (
            <CheckRow key={check.name} check={check} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function useOwner(members: readonly MemberView[]): (of: string) => string {
  const { t } = useTranslation();
  const pick = usePick();
  return (of) => {
    if (of === 'network') return t('books.network');
    const member = members.find((one) => one.code === of);
    return member ? pick(member.name, member.name_en) : of;
  };
}

/** Are the books right, who has looked, and what was found. */
export function Books() {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useQuery(auditQuery);
  const { data: members = [] } = useQuery(membersQuery);
  const owner = useOwner(members);
  if (error && !view) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!view) return <Waiting />;
  const state = booksState(view, Date.now());
  const found = view.checks.filter((check) => check.findings > 0);
  return (
    <div className="flex flex-col gap-3">
      <PageHead title={t('books.title')} lead={t('books.lead')} />
      {state.kind === 'none' || state.kind === 'off' ? (
        <EmptyState
          icon={<Scale size={40} strokeWidth={1.25} aria-hidden="true" />}
          title={t(`books.${state.kind}`)}
          detail={
            state.kind === 'off'
              ? t('books.offDetail')
              : t('books.noneDetail', { seconds: view.every_seconds })
          }
        />
      ) : (
        <Verdict view={view} state={state} />
      )}
      {found.length > 0 ? (
        <Panel title={t('books.findings')} flush>
          <ul className="divide-y divide-line">
            {found.map((check) => (
              <Finding key={check.name} check={check} />
            ))}
          </ul>
        </Panel>
      ) : null}
      {checksByOwner(view.checks).map(({ of, checks }) => (
        <Checks key={of} title={owner(of)} checks={checks} />
      ))}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-1 text-12 text-muted">
        <span>{t('books.whole')}</span>
        <Code text="npx feiqian audit" label={t('books.copy')} />
      </div>
    </div>
  );
}
