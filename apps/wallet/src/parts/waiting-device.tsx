import type { Device } from '@feiqian/contract';
import { Button, buttonClass, ErrorNotice, formatAge, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldQuestion } from 'lucide-react';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';
import { useIdentityText } from './identity-text.ts';

/** A device that waits to be let in: whose it says to be, since when, and the number that it must show. */
export function WaitingDevice({ device, number }: { device: Device; number: string }) {
  const t = useIdentityText();
  const language = useLanguage();
  const client = useQueryClient();
  const settled = async (said: string) => {
    await client.invalidateQueries({ queryKey: ['devices'] });
    toast(said);
  };
  const path = `/v1/wallet/devices/${device.id}`;
  const approve = useMutation({
    mutationFn: () => signed.post(`${path}/approval`, { number }),
    onSuccess: () => settled(t('asking.approved')),
  });
  const refuse = useMutation({
    mutationFn: () => signed.post(`${path}/refusal`),
    onSuccess: () => settled(t('asking.refused')),
  });
  const error = approve.error ?? refuse.error;
  const busy = approve.isPending || refuse.isPending;
  const age = formatAge(Date.parse(device.created_at), networkNow(), language);
  return (
    <section
      aria-label={t('asking.title')}
      className="mb-4 flex flex-col gap-4 rounded-card border border-line-strong bg-raised p-4"
    >
      <div className="flex items-center gap-3">
        <ShieldQuestion size={28} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-amber" />
        <div className="min-w-0">
          <h2 className="font-semibold text-16">{t('asking.title')}</h2>
          <p className="truncate text-14 text-muted">
            {device.name} · {age}
          </p>
        </div>
      </div>
      <div className="rounded-card bg-sunken p-4 text-center">
        <p className="text-14 text-muted">{t('asking.compare')}</p>
        <p className="figures font-semibold text-40 tracking-widest">{number}</p>
      </div>
      <p className="text-14">{t('asking.warning')}</p>
      {error ? <ErrorNotice error={error} title={t('asking.failed')} /> : null}
      <div className="flex flex-col gap-2">
        <Button wide large busy={approve.isPending} disabled={busy} onClick={() => approve.mutate()}>
          {t('asking.approve')}
        </Button>
        <Button
          kind="secondary"
          wide
          large
          busy={refuse.isPending}
          disabled={busy}
          onClick={() => refuse.mutate()}
        >
          {t('asking.refuse')}
        </Button>
        <Link to="/me/lost" className={buttonClass('ghost', { wide: true })}>
          {t('asking.freeze')}
        </Link>
      </div>
    </section>
  );
}
