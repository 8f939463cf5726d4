import type { MemberView } from '@feiqian/contract';
import { cx } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { ChevronRight, CircleCheck, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attention } from '../model/attention.ts';
import { formatMs, formatShare } from '../model/numbers.ts';
import { usePick, useWord } from '../words.ts';

function useSentence(members: readonly MemberView[]): (one: Attention) => string {
  const { t } = useTranslation();
  const pick = usePick();
  const word = useWord();
  const name = (code: string) => {
    const member = members.find((one) => one.code === code);
    return member ? pick(member.name, member.name_en) : code;
  };
  return (one) => {
    switch (one.kind) {
      case 'books_wrong':
        return t('today.books_wrong', { count: one.count });
      case 'books_stale':
        return t('today.books_stale', { minutes: one.minutes });
      case 'link_down':
        return t('today.link_down', { bank: name(one.bank), state: word('linkState', one.state) });
      case 'breaker_open':
        return t('today.breaker_open', { bank: name(one.bank), reason: t(`breaker.${one.reason}`) });
      case 'escalated':
        return t('today.escalated', { bank: name(one.bank), count: one.count });
      case 'unknown':
        return t('today.unknownMany', { count: one.count });
      case 'slow':
        return t('today.slow', { bank: name(one.bank), ms: formatMs(one.p99Ms) });
      case 'declines':
        return t('today.declines', { bank: name(one.bank), rate: formatShare(one.rate) });
    }
  };
}

/** Wrong books are not one concern among others. */
const grave = (one: Attention) => one.kind === 'books_wrong';

const line =
  'flex min-h-11 items-center gap-3 px-4 py-2 text-14 text-ink hover:bg-amber-soft focus-visible:-outline-offset-2';

/** Each kind of concern leads where it can be dealt with. */
function Row({ one, children }: { one: Attention; children: ReactNode }) {
  if (one.kind === 'books_wrong' || one.kind === 'books_stale')
    return (
      <Link to="/books" className={line}>
        {children}
      </Link>
    );
  if (one.kind === 'unknown')
    return (
      <Link to="/payments" search={{ state: 'unknown' }} className={line}>
        {children}
      </Link>
    );
  if (one.kind === 'declines' || one.kind === 'slow')
    return (
      <Link
        to="/payments"
        search={one.kind === 'declines' ? { bank: one.bank, state: 'declined' } : { bank: one.bank }}
        className={line}
      >
        {children}
      </Link>
    );
  return (
    <Link to="/members" hash={one.bank} className={line}>
      {children}
    </Link>
  );
}

/** What a person should look at now; one calm line when there is nothing. */
export function AttentionList({
  found,
  members,
}: {
  found: readonly Attention[];
  members: readonly MemberView[];
}) {
  const { t } = useTranslation();
  const sentence = useSentence(members);
  if (found.length === 0)
    return (
      <p className="flex items-center gap-2 text-14 text-jade">
        <CircleCheck size={18} strokeWidth={1.75} aria-hidden="true" />
        {t('today.attentionNone')}
      </p>
    );
  return (
    <section
      aria-label={t('today.attention')}
      className={cx(
        'overflow-hidden rounded-card border bg-raised',
        found.some(grave) ? 'border-rose' : 'border-amber',
      )}
    >
      <ul className="divide-y divide-line">
        {found.map((one) => (
          <li key={`${one.kind} ${'bank' in one ? one.bank : ''}`}>
            <Row one={one}>
              <TriangleAlert
                size={18}
                strokeWidth={1.75}
                aria-hidden="true"
                className={cx('shrink-0', grave(one) ? 'text-rose' : 'text-amber')}
              />
              <span className="min-w-0 flex-1">{sentence(one)}</span>
              <ChevronRight size={16} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-muted" />
            </Row>
          </li>
        ))}
      </ul>
    </section>
  );
}
