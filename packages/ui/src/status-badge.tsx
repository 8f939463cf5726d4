import type { PaymentState } from '@feiqian/contract';
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  Clock,
  Hourglass,
  LoaderCircle,
  Lock,
  type LucideIcon,
  RotateCcw,
  Undo2,
} from 'lucide-react';
import { cx } from './cx.ts';
import { useUiText } from './i18n.ts';

export type PaymentStatus = PaymentState;

export type Tone = 'plain' | 'jade' | 'amber' | 'rose' | 'azure';

/** In the order of a payment's life. */
const looks: Record<PaymentStatus, { icon: LucideIcon; tone: Tone }> = {
  created: { icon: CircleDashed, tone: 'azure' },
  processing: { icon: LoaderCircle, tone: 'azure' },
  authorised: { icon: Lock, tone: 'azure' },
  captured: { icon: CircleCheck, tone: 'jade' },
  declined: { icon: CircleX, tone: 'rose' },
  cancelled: { icon: Ban, tone: 'plain' },
  expired: { icon: Clock, tone: 'plain' },
  unknown: { icon: Hourglass, tone: 'amber' },
  reversed: { icon: Undo2, tone: 'plain' },
  partially_refunded: { icon: RotateCcw, tone: 'plain' },
  refunded: { icon: RotateCcw, tone: 'plain' },
};

const tones: Record<Tone, string> = {
  plain: 'bg-sunken text-ink',
  jade: 'bg-jade-soft text-jade',
  amber: 'bg-amber-soft text-amber',
  rose: 'bg-rose-soft text-rose',
  azure: 'bg-azure-soft text-azure',
};

/** An icon and a word in a pill; for any state that is not a payment's. */
export function Badge({
  icon: Icon,
  tone = 'plain',
  children,
}: {
  icon?: LucideIcon;
  tone?: Tone;
  children: string;
}) {
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 whitespace-nowrap rounded-pill px-2 py-0.5 font-semibold text-12',
        tones[tone],
      )}
    >
      {Icon ? <Icon size={14} strokeWidth={2} aria-hidden="true" /> : null}
      {children}
    </span>
  );
}

/** A payment's state: icon and word, never colour alone. */
export function StatusBadge({ status }: { status: PaymentStatus }) {
  const t = useUiText();
  const look = looks[status];
  return (
    <Badge icon={look.icon} tone={look.tone}>
      {t(`status.${status}`)}
    </Badge>
  );
}
