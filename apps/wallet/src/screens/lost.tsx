import type { WalletFreeze } from '@feiqian/contract';
import { Button, ErrorNotice, formatAge, Section, Sheet, Skeleton, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Snowflake } from 'lucide-react';
import { useState } from 'react';
import { freezeQuery } from '../identity-queries.ts';
import { bankName } from '../parts/bank-name.ts';
import { useIdentityText } from '../parts/identity-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { banksQuery, devicesQuery } from '../queries.ts';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';

function Banks({ freeze }: { freeze: WalletFreeze }) {
  const t = useIdentityText();
  const language = useLanguage();
  const { data: banks = [] } = useQuery(banksQuery);
  if (freeze.banks.length === 0) return null;
  return (
    <Section title={t('lost.banks')}>
      <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-raised">
        {freeze.banks.map(({ bank_id: id, state }) => {
          const bank = banks.find((b) => b.id === id);
          return (
            <li key={id} className="flex justify-between gap-3 px-4 py-3 text-16">
              <span>{bank ? bankName(bank, language) : id}</span>
              <span className={state === 'free' ? 'text-muted' : 'text-amber'}>
                {t(`lost.bank.${state}`)}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function useChanged(said: string) {
  const client = useQueryClient();
  return async (freeze: WalletFreeze) => {
    client.setQueryData(freezeQuery.queryKey, freeze);
    await client.invalidateQueries();
    toast(said);
  };
}

function Freeze() {
  const t = useIdentityText();
  const { data: devices = [] } = useQuery(devicesQuery);
  const [lost, setLost] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const changed = useChanged(t('lost.frozen'));
  const freeze = useMutation({
    mutationFn: () => signed.post<WalletFreeze>('/v1/wallet/freeze', { lost_device_ids: lost }),
    onSuccess: async (now) => {
      setAsking(false);
      await changed(now);
    },
  });
  const others = devices.filter((d) => !d.current);
  const toggle = (id: string) =>
    setLost(lost.includes(id) ? lost.filter((one) => one !== id) : [...lost, id]);
  return (
    <>
      <fieldset className="overflow-hidden rounded-card border border-line bg-raised">
        <legend className="sr-only">{t('lost.which')}</legend>
        <p className="px-4 pt-3 font-semibold text-16" aria-hidden="true">
          {t('lost.which')}
        </p>
        <p className="px-4 pb-2 text-14 text-muted">
          {others.length === 0 ? t('lost.none') : t('lost.whichDetail')}
        </p>
        {others.map((device) => (
          <label key={device.id} className="target flex cursor-pointer items-center gap-3 px-4 py-3 text-16">
            <input
              type="checkbox"
              className="size-5 accent-brand"
              checked={lost.includes(device.id)}
              onChange={() => toggle(device.id)}
            />
            {device.name}
          </label>
        ))}
      </fieldset>
      <Button kind="danger" large wide className="mt-6" onClick={() => setAsking(true)}>
        <Snowflake size={22} strokeWidth={1.75} aria-hidden="true" />
        {t('lost.freeze')}
      </Button>
      <Sheet
        open={asking}
        onClose={() => setAsking(false)}
        dismissible={!freeze.isPending}
        title={t('lost.sure')}
        description={t('lost.sureDetail')}
        actions={
          <Button kind="danger" wide large busy={freeze.isPending} onClick={() => freeze.mutate()}>
            {t('lost.confirm')}
          </Button>
        }
      >
        {freeze.isError ? <ErrorNotice error={freeze.error} title={t('lost.failed')} /> : null}
      </Sheet>
    </>
  );
}

function Frozen({ freeze, paused }: { freeze: WalletFreeze; paused: boolean }) {
  const t = useIdentityText();
  const language = useLanguage();
  const changed = useChanged(t('lost.unfrozen'));
  const end = useMutation({
    mutationFn: () => signed.post<WalletFreeze>('/v1/wallet/unfreeze'),
    onSuccess: changed,
  });
  const at = freeze.frozen_at;
  return (
    <>
      {at === null ? null : (
        <div role="status" className="flex items-center gap-3 rounded-card bg-amber-soft p-4 text-amber">
          <Snowflake size={28} strokeWidth={1.75} aria-hidden="true" />
          <div>
            <p className="font-semibold text-20">{t('lost.frozen')}</p>
            <p className="text-14">
              {t('lost.frozenAt', { age: formatAge(Date.parse(at), networkNow(), language) })}
            </p>
          </div>
        </div>
      )}
      {paused && at === null ? (
        <p role="status" className="rounded-card bg-amber-soft p-4 text-16 text-amber">
          {t('lost.paused')}
        </p>
      ) : null}
      <Banks freeze={freeze} />
      {end.isError ? <ErrorNotice error={end.error} title={t('lost.unfreezeFailed')} /> : null}
      <Button large wide className="mt-6" busy={end.isPending} onClick={() => end.mutate()}>
        {at !== null ? t('lost.unfreeze') : paused ? t('lost.resume') : t('lost.again')}
      </Button>
    </>
  );
}

/** A phone is lost: freezes everything, shows how far that is, and ends it. */
export function LostScreen() {
  const t = useIdentityText();
  const { data, isError, error, refetch } = useQuery(freezeQuery);
  const { data: devices = [] } = useQuery(devicesQuery);
  const paused = devices.some((device) => device.current && device.state === 'frozen');
  const held = data && (paused || data.frozen_at !== null || data.banks.some((b) => b.state === 'expired'));
  return (
    <InnerPage title={t('lost.title')} fallback="/me">
      <p className="pb-4 text-14 text-muted">{t('lost.lead')}</p>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-48 w-full rounded-card" /> : null}
      {data && held ? <Frozen freeze={data} paused={paused} /> : null}
      {data && data.frozen_at === null && (paused || !held) ? (
        <div className={paused ? 'mt-8' : undefined}>
          {paused ? <p className="pb-3 text-16">{t('lost.notMe')}</p> : null}
          <Freeze />
          {paused ? null : <Banks freeze={data} />}
        </div>
      ) : null}
    </InnerPage>
  );
}
