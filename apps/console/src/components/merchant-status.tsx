import type { MerchantView } from '@feiqian/contract';
import { Badge, type Tone } from '@feiqian/ui';
import { Ban, CircleCheck, Hourglass, type LucideIcon } from 'lucide-react';
import { useWord } from '../words.ts';

const looks: Record<MerchantView['status'], { icon: LucideIcon; tone: Tone }> = {
  pending_review: { icon: Hourglass, tone: 'amber' },
  active: { icon: CircleCheck, tone: 'jade' },
  suspended: { icon: Ban, tone: 'rose' },
};

/** Whether a merchant may take payments: icon and word. */
export function MerchantStatus({ status }: { status: MerchantView['status'] }) {
  const word = useWord();
  const { icon, tone } = looks[status];
  return (
    <Badge icon={icon} tone={tone}>
      {word('merchantStatus', status)}
    </Badge>
  );
}
