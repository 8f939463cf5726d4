import { Button, Spinner } from '@feiqian/ui';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useNow } from '../device/clock.ts';
import { mayCancel, type Sale, secondsChecking } from '../model/sale.ts';
import { sales } from '../till.ts';
import { BigAmount } from './big-amount.tsx';
import { Stage } from './stage.tsx';

type Why = 'collecting' | 'checking' | 'unknown' | 'silent';

function whyOf(sale: Sale): Why {
  if (sale.silent) return 'silent';
  if (sale.payment?.state === 'unknown') return 'unknown';
  return sale.phase === 'checking' ? 'checking' : 'collecting';
}

/** The bank has been asked. Calm, exact about what is known, and the next customer need not wait. */
export function CheckingView({ sale }: { sale: Sale }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const now = useNow(500);
  const why = whyOf(sale);
  const seconds = secondsChecking(sale, now);
  const words = {
    collecting: [t('checking.collecting'), t('checking.lead')],
    checking: [t('checking.title'), t('checking.lead')],
    unknown: [t('checking.unknown'), t('checking.unknownLead')],
    silent: [t('checking.silent'), t('checking.silentLead')],
  }[why];
  return (
    <Stage
      surface="bg-amber-soft text-ink"
      className="items-center justify-center gap-6 text-center"
      foot={
        <>
          <Button kind="secondary" large wide onClick={() => void navigate({ to: '/' })}>
            {t('checking.next')}
          </Button>
          {mayCancel(sale) && sale.payment !== null ? (
            <Button kind="ghost" wide busy={sale.cancelling} onClick={() => sales.cancel(sale.id)}>
              {t('code.cancel')}
            </Button>
          ) : null}
        </>
      }
    >
      <BigAmount minor={sale.amount} currency={sale.currency} />
      <div className="flex items-center gap-4 text-amber">
        <Spinner size={36} />
        <p className="figures font-semibold text-40">{t('checking.seconds', { count: seconds })}</p>
      </div>
      <div role="status" className="flex max-w-xl flex-col gap-2">
        <h1 className="font-semibold text-28" tabIndex={-1}>
          {words[0]}
        </h1>
        <p className="text-16 lg:text-20">{words[1]}</p>
      </div>
      <p className="figures text-14 text-muted">{t('result.order', { reference: sale.orderReference })}</p>
    </Stage>
  );
}
