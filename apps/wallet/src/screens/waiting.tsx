import type { WalletMe } from '@feiqian/contract';
import { Button, ErrorNotice, LanguageSwitcher, Mark, Sheet } from '@feiqian/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { ShieldCheck, Smartphone, Timer } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../client.ts';
import { useIdentityText } from '../parts/identity-text.ts';
import { useSeconds } from '../parts/seconds.ts';
import { useTitle } from '../parts/tab-page.tsx';
import { letIn, networkNow, signOut, useSession } from '../session.ts';
import { signed } from '../signed.ts';

/** How soon the waiting phone notices that it was let in. */
const lookMs = 1500;
const choices = ['pause', 'remove'] as const;

/** Asks until this device is let in, and goes on then. */
function useLetIn(): void {
  const router = useRouter();
  const { data } = useQuery({
    queryKey: ['waiting'],
    queryFn: ({ signal }) => api.get<WalletMe>('/v1/wallet/me', { signal }),
    refetchInterval: lookMs,
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  useEffect(() => {
    if (data && data.device.state !== 'pending') void letIn(data).then(() => router.invalidate());
  }, [data, router]);
}

/** `9:59`. */
function Left({ until }: { until: string }) {
  const t = useIdentityText();
  useSeconds();
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - networkNow()) / 1000));
  const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <p className="figures flex items-center justify-center gap-2 text-14 text-muted">
      <Timer size={16} strokeWidth={1.75} aria-hidden="true" />
      {t('waiting.left', { left })}
    </p>
  );
}

/** Where the first phone is gone: the full check on this one. */
function Recovery({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useIdentityText();
  const router = useRouter();
  const [old, setOld] = useState<(typeof choices)[number]>('pause');
  const recover = useMutation({
    mutationFn: () => signed.post<WalletMe>('/v1/wallet/recovery', { old_devices: old }),
    onSuccess: async (me) => {
      await letIn(me);
      await router.invalidate();
    },
  });
  return (
    <Sheet
      open={open}
      onClose={onClose}
      title={t('waiting.recoverTitle')}
      description={t('waiting.recoverLead')}
      actions={
        <Button wide large busy={recover.isPending} onClick={() => recover.mutate()}>
          {t('waiting.recover')}
        </Button>
      }
    >
      <fieldset className="overflow-hidden rounded-card border border-line bg-raised">
        <legend className="sr-only">{t('waiting.old')}</legend>
        <p className="px-4 pt-3 font-semibold text-16" aria-hidden="true">
          {t('waiting.old')}
        </p>
        {choices.map((choice) => (
          <label key={choice} className="target flex cursor-pointer items-start gap-3 px-4 py-3">
            <input
              type="radio"
              name="old"
              className="mt-1 size-5 shrink-0 accent-brand"
              checked={old === choice}
              onChange={() => setOld(choice)}
            />
            <span>
              <span className="block text-16">{t(`waiting.${choice}`)}</span>
              <span className="block text-14 text-muted">{t(`waiting.${choice}Detail`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {recover.isError ? <ErrorNotice error={recover.error} title={t('waiting.recoverFailed')} /> : null}
    </Sheet>
  );
}

/** This phone waits to be let in beside another one; it goes on by itself. */
export function WaitingScreen() {
  const t = useIdentityText();
  const { t: common } = useTranslation();
  const session = useSession();
  const [recovering, setRecovering] = useState(false);
  useTitle(t('waiting.title'));
  useLetIn();
  const leave = useMutation({ mutationFn: signOut });
  const device = session?.device;
  const waits = device?.waits;
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col gap-6 px-6 pt-[max(2rem,env(safe-area-inset-top))] pb-8">
      <div className="flex items-center justify-between">
        <Mark size={40} className="text-brand" />
        <div className="w-44">
          <LanguageSwitcher />
        </div>
      </div>
      <div className="flex flex-col gap-2">
        <h1 className="font-semibold text-28">{t('waiting.title')}</h1>
        <p className="text-16 text-muted">{t('waiting.lead')}</p>
      </div>
      {waits ? (
        <section
          aria-label={t('waiting.number')}
          className="flex flex-col items-center gap-3 rounded-card border border-line bg-raised p-6"
        >
          <p className="text-14 text-muted">{t('waiting.number')}</p>
          <p className="figures font-semibold text-56 tracking-widest">{waits.number}</p>
          <p className="flex items-center gap-2 text-16">
            <Smartphone size={20} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
            {device.name}
          </p>
          <Left until={waits.expires_at} />
        </section>
      ) : null}
      <ol className="flex list-decimal flex-col gap-2 pl-5 text-16">
        <li>{t('waiting.step1')}</li>
        <li>{t('waiting.step2')}</li>
        <li>{t('waiting.step3')}</li>
      </ol>
      <p role="status" className="flex items-center gap-3 rounded-card bg-amber-soft p-4 text-14 text-amber">
        <ShieldCheck size={20} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
        {t('waiting.still')}
      </p>
      {leave.isError ? <ErrorNotice error={leave.error} title={common('me.signOutFailed')} /> : null}
      <div className="mt-auto flex flex-col gap-2">
        <Button kind="secondary" large wide onClick={() => setRecovering(true)}>
          {t('waiting.gone')}
        </Button>
        <Button kind="ghost" wide busy={leave.isPending} onClick={() => leave.mutate()}>
          {t('waiting.cancel')}
        </Button>
      </div>
      <Recovery open={recovering} onClose={() => setRecovering(false)} />
    </main>
  );
}
