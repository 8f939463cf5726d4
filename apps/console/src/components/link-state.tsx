import type { MemberView } from '@feiqian/contract';
import { Badge, type Tone } from '@feiqian/ui';
import {
  CircleCheck,
  CirclePause,
  CirclePlay,
  type LucideIcon,
  RefreshCw,
  Unplug,
  ZapOff,
} from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useWord } from '../words.ts';

const looks: Record<string, { icon: LucideIcon; tone: Tone }> = {
  signed_on: { icon: CircleCheck, tone: 'jade' },
  signed_off: { icon: CirclePause, tone: 'amber' },
  connected: { icon: CirclePlay, tone: 'amber' },
  signing_on: { icon: RefreshCw, tone: 'azure' },
  connecting: { icon: RefreshCw, tone: 'amber' },
};
const otherwise = { icon: Unplug, tone: 'rose' } as const;

/** Whether messages flow to a bank: icon and word. */
export function LinkState({ state }: { state: string }) {
  const word = useWord();
  const { icon, tone } = looks[state] ?? otherwise;
  return (
    <Badge icon={icon} tone={tone}>
      {word('linkState', state)}
    </Badge>
  );
}

type Breaker = NonNullable<MemberView['link']>['breaker'];

/** That payments are kept back from a failing bank, and why; nothing while they flow. */
export function BreakerState({ breaker }: { breaker: Breaker }) {
  const { t } = useTranslation();
  if (breaker.state === 'closed') return null;
  const words = [breaker.state, ...(breaker.reason === null ? [] : [breaker.reason])];
  return (
    <Badge icon={ZapOff} tone={breaker.state === 'open' ? 'rose' : 'amber'}>
      {words.map((one) => t(`breaker.${one}`)).join(' · ')}
    </Badge>
  );
}

/** The place of a link that is not there: an acquirer has none. */
export function NoLink() {
  const { t } = useTranslation();
  return <span className="text-12 text-muted">{t('members.noLink')}</span>;
}
