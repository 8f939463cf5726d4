import { Amount, EmptyState, formatTime, List, ListRow, Sheet, useLanguage } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { Hourglass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../device/clock.ts';
import { type Sale, secondsChecking } from '../model/sale.ts';
import { usePending } from './live-sales.ts';
import { phaseLooks } from './phase-look.ts';
import { usePhaseWord } from './phase-words.ts';

/** The sales that go on behind the screen, each one tap away. */
export default function PendingSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const word = usePhaseWord();
  const now = useNow(1000);
  const { open, news } = usePending();
  const all = [...news, ...open];
  const view = (sale: Sale) => {
    onClose();
    void navigate({ to: '/live/$saleId', params: { saleId: sale.id } });
  };
  return (
    <Sheet open onClose={onClose} title={t('pending.title')}>
      {all.length === 0 ? (
        <EmptyState
          icon={<Hourglass size={32} strokeWidth={1.5} aria-hidden="true" />}
          title={t('pending.empty')}
          detail={t('pending.emptyDetail')}
        />
      ) : (
        <List>
          {all.map((sale) => {
            const look = phaseLooks[sale.phase];
            const waiting = sale.checkingSinceMs !== null;
            return (
              <ListRow
                key={sale.id}
                leading={<look.icon size={24} strokeWidth={1.75} aria-hidden="true" className={look.tone} />}
                title={word(sale.phase)}
                detail={
                  waiting
                    ? t('checking.seconds', { count: secondsChecking(sale, now) })
                    : `${formatTime(sale.startedAtMs, 'time', language)} · ${sale.orderReference}`
                }
                trailing={<Amount minor={sale.amount} currency={sale.currency} size={20} />}
                onClick={() => view(sale)}
                chevron
              />
            );
          })}
        </List>
      )}
    </Sheet>
  );
}
