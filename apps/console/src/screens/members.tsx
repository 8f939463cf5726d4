import type { LinkAction, MemberView } from '@feiqian/contract';
import { Amount, Badge, Button, bankFaceClass, cx, EmptyState, ErrorNotice, toast } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { KeyRound, Landmark, LogIn, LogOut, Radio, ShieldCheck, ShieldOff } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ConfirmSheet } from '../components/confirm-sheet.tsx';
import { BreakerState, LinkState, NoLink } from '../components/link-state.tsx';
import { PageHead, Waiting } from '../components/places.tsx';
import { Time } from '../components/time.tsx';
import { may } from '../model/access.ts';
import { formatCount, formatMs } from '../model/numbers.ts';
import { membersQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { usePick, useWord } from '../words.ts';

type LinkFigures = NonNullable<MemberView['link']>;

/** What stops cards from working, or changes a key, is typed by name first. */
const dangerous: readonly LinkAction[] = ['sign_off', 'exchange_keys'];

const actionIcons = { sign_on: LogIn, sign_off: LogOut, echo: Radio, exchange_keys: KeyRound } as const;

/** The acts that make sense in a state: one signs off only what is signed on. */
function actionsFor(state: string): readonly LinkAction[] {
  return state === 'signed_on' ? ['echo', 'exchange_keys', 'sign_off'] : ['sign_on', 'echo'];
}

function LinkActions({ member, link }: { member: MemberView; link: LinkFigures }) {
  const { t } = useTranslation();
  const pick = usePick();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<LinkAction | null>(null);
  const bank = pick(member.name, member.name_en);
  const mutation = useMutation({
    mutationFn: (action: LinkAction) => api.actOnLink(member.id, action),
    onSuccess: (outcome, action) => {
      if (outcome.ok) toast(t('members.done', { bank, action: t(`members.${action}`) }));
      return queryClient.invalidateQueries({ queryKey: membersQuery.queryKey });
    },
  });
  return (
    <div className="flex flex-col gap-3">
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">{t('members.actions', { bank })}</legend>
        {actionsFor(link.state).map((action) => {
          const Icon = actionIcons[action];
          return (
            <Button
              key={action}
              compact
              kind={action === 'sign_off' ? 'danger' : 'secondary'}
              busy={mutation.isPending && mutation.variables === action && asked === null}
              disabled={mutation.isPending}
              icon={<Icon size={16} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => (dangerous.includes(action) ? setAsked(action) : mutation.mutate(action))}
            >
              {t(`members.${action}`)}
            </Button>
          );
        })}
      </fieldset>
      {mutation.error && asked === null ? <ErrorNotice error={mutation.error} /> : null}
      {mutation.data?.ok === false && mutation.variables ? (
        <ErrorNotice
          title={t('members.failed', { bank, action: t(`members.${mutation.variables}`) })}
          detail={t('members.failedDetail', { code: mutation.data.code })}
        />
      ) : null}
      {asked ? (
        <ConfirmSheet
          open
          onClose={() => setAsked(null)}
          title={t(`members.${asked}_title`, { bank })}
          detail={t(`members.${asked}_detail`)}
          word={member.code}
          act={t(`members.${asked}`)}
          onConfirm={() => mutation.mutateAsync(asked)}
        />
      ) : null}
    </div>
  );
}

function Figure({ name, children, alarm }: { name: string; children: ReactNode; alarm?: boolean }) {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-muted">{name}</dt>
      <dd className={cx('figures truncate font-semibold text-16', alarm ? 'text-rose' : 'text-ink')}>
        {children}
      </dd>
    </div>
  );
}

function LinkFacts({ link }: { link: LinkFigures }) {
  const { t } = useTranslation();
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
      <Figure name={t('members.inFlight')}>{formatCount(link.in_flight)}</Figure>
      <Figure name={t('members.p50')}>{formatMs(link.p50_ms)}</Figure>
      <Figure name={t('members.p99')}>{formatMs(link.p99_ms)}</Figure>
      <Figure name={t('members.lastEcho')}>
        {link.last_echo_at ? <Time at={link.last_echo_at} /> : t('members.never')}
      </Figure>
      <Figure name={t('members.forwards')}>{formatCount(link.forwards_pending)}</Figure>
      <Figure name={t('members.escalated')} alarm={link.forwards_escalated > 0}>
        {formatCount(link.forwards_escalated)}
      </Figure>
    </dl>
  );
}

function MemberHead({ member, name }: { member: MemberView; name: string }) {
  const { t } = useTranslation();
  const word = useWord();
  const facts = [
    ...member.roles.map((role) => word('memberRole', role)),
    ...(member.status === 'active' ? [] : [word('memberStatus', member.status)]),
  ];
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-center gap-3">
        <span
          aria-hidden="true"
          className={cx('h-10 w-1.5 shrink-0 rounded-pill', bankFaceClass(member.code))}
        />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h2 className="truncate font-semibold text-16 text-ink">{name}</h2>
            {member.link ? <LinkState state={member.link.state} /> : null}
            {member.link ? <BreakerState breaker={member.link.breaker} /> : null}
          </div>
          <p className="text-12 text-muted">
            <span className="font-mono">{member.code}</span>
            {facts.map((fact) => ` · ${fact}`).join('')}
            {member.bins.length > 0 ? (
              <>
                {' · '}
                {t('members.bins')} <span className="font-mono">{member.bins.join(' ')}</span>
              </>
            ) : null}
          </p>
        </div>
      </div>
      <div className="max-sm:basis-full sm:text-right">
        <p className="text-12 text-muted">
          {t('members.position')}
          {member.position === 0 ? null : ` · ${member.position > 0 ? t('today.owes') : t('today.isOwed')}`}
        </p>
        <Amount minor={Math.abs(member.position)} currency={member.currency} size={20} />
      </div>
    </div>
  );
}

/** Where the line goes and how it speaks. */
function LinkLine({ link, code }: { link: LinkFigures; code: string }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-12 text-muted">
      {link.since ? (
        <span>
          {t('members.since')} <Time at={link.since} />
        </span>
      ) : null}
      <span className="font-mono">{link.address}</span>
      <Badge icon={link.tls ? ShieldCheck : ShieldOff} tone="plain">
        {link.tls ? t('members.tls') : t('members.plain')}
      </Badge>
      <span>
        {t('members.profile')} <span className="font-mono">{link.profile}</span>
      </span>
      <Link to="/payments" search={{ bank: code }} className="text-azure hover:underline">
        {t('members.payments')}
      </Link>
    </div>
  );
}

function Member({ member, mayAct }: { member: MemberView; mayAct: boolean }) {
  const pick = usePick();
  const { link } = member;
  const name = pick(member.name, member.name_en);
  return (
    <article
      id={member.code}
      aria-label={name}
      className="flex scroll-mt-20 flex-col gap-4 rounded-card border border-line bg-raised p-4 target:border-ink lg:p-5"
    >
      <MemberHead member={member} name={name} />
      {link ? (
        <>
          <LinkFacts link={link} />
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-line border-t pt-4">
            <LinkLine link={link} code={member.code} />
            {mayAct ? <LinkActions member={member} link={link} /> : null}
          </div>
        </>
      ) : (
        <NoLink />
      )}
    </article>
  );
}

/** Banks and acquirers: is the line up, how fast do they answer, what do they owe. */
export function Members() {
  const { t } = useTranslation();
  const me = useMe();
  const { data: members, error, refetch } = useQuery(membersQuery);
  if (error && !members) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!members) return <Waiting />;
  return (
    <div className="flex flex-col gap-3">
      <PageHead title={t('members.title')} lead={t('members.lead')} />
      {members.length === 0 ? (
        <EmptyState
          icon={<Landmark size={40} strokeWidth={1.25} aria-hidden="true" />}
          title={t('app.none')}
        />
      ) : null}
      {[...members.filter((one) => one.link), ...members.filter((one) => !one.link)].map((member) => (
        <Member key={member.id} member={member} mayAct={may(me.role, 'act_on_links')} />
      ))}
    </div>
  );
}
