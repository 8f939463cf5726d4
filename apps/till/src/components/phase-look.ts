import {
  Ban,
  CircleCheck,
  CircleX,
  Clock,
  CloudOff,
  Hourglass,
  type LucideIcon,
  QrCode,
  Undo2,
} from 'lucide-react';
import type { Phase } from '../model/sale.ts';

/** Icon and tone of a phase in lists; the word stands beside it, always. */
export const phaseLooks: Record<Phase, { icon: LucideIcon; tone: string }> = {
  opening: { icon: QrCode, tone: 'text-azure' },
  showing: { icon: QrCode, tone: 'text-azure' },
  collecting: { icon: Hourglass, tone: 'text-amber' },
  checking: { icon: Hourglass, tone: 'text-amber' },
  paid: { icon: CircleCheck, tone: 'text-jade' },
  declined: { icon: CircleX, tone: 'text-rose' },
  reversed: { icon: Undo2, tone: 'text-rose' },
  cancelled: { icon: Ban, tone: 'text-muted' },
  expired: { icon: Clock, tone: 'text-muted' },
  refused: { icon: CircleX, tone: 'text-rose' },
  unsent: { icon: CloudOff, tone: 'text-rose' },
};
