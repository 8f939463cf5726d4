import type { MoneyRequest } from '@feiqian/contract';
import { Amount, Badge, Disc, formatTime, type Tone, useLanguage } from '@feiqian/ui';
import { Ban, CircleCheck, Clock, HandCoins, Hourglass, type LucideIcon, Undo2 } from 'lucide-react';
import { RowLink } from './links.ts';
import { useRequestsText } from './requests-text.ts';

type State = MoneyRequest['state'];

const looks: Record<State, { icon: LucideIcon; tone: Tone }> = {
  asked: { icon: Clock, tone: 'azure' },
  paying: { icon: Hourglass, tone: 'amber' },
  paid: { icon: CircleCheck, tone: 'jade' },
  declined: { icon: Ban, tone: 'rose' },
  withdrawn: { icon: Undo2, tone: 'plain' },
  expired: { icon: Clock, tone: 'plain' },
};

/** A request's state: icon and word, never colour alone. */
export function RequestBadge({ state }: { state: State }) {
  const t = useRequestsText();
  const { icon, tone } = looks[state];
  return (
    <Badge icon={icon} tone={tone}>
      {t(`state.${state}`)}
    </Badge>
  );
}

/** Who the other one is: the asker's masked name, or how the asker calls who is asked. */
export const otherOf = ({ direction, asker, asked }: MoneyRequest): string =>
  direction === 'in' ? (asker.name ?? asker.mobile) : (asked.name ?? asked.mobile);

/** One request in a list. */
export function RequestRow({ request }: { request: MoneyRequest }) {
  const t = useRequestsText();
  const language = useLanguage();
  const { direction, state, amount, currency } = request;
  const ended = state === 'declined' || state === 'withdrawn' || state === 'expired';
  const time = formatTime(request.created_at, 'dayTime', language);
  return (
    <RowLink
      to="/requests/$requestId"
      params={{ requestId: request.id }}
      leading={
        <Disc tone={state === 'asked' && direction === 'in' ? 'brand' : 'ink'}>
          <HandCoins size={18} strokeWidth={1.75} />
        </Disc>
      }
      title={t(direction === 'in' ? 'from' : 'to', { name: otherOf(request) })}
      detail={request.note ? `${time} · ${request.note}` : time}
      trailing={<Amount minor={amount} currency={currency} struck={ended} tone={ended ? 'muted' : 'ink'} />}
      trailingDetail={<RequestBadge state={state} />}
    />
  );
}
