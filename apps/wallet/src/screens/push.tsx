import type { WalletPush } from '@feiqian/contract';
import { ErrorNotice, Skeleton, Switch, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { usePushText } from '../parts/push-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { PushError, pushAbility, pushState, switchPushOff, switchPushOn } from '../push.ts';

const pushQuery = {
  queryKey: ['push'],
  queryFn: ({ signal }: { signal: AbortSignal }) => pushState(signal),
};

/** Why a switch did not move. */
function Failure({ error, title }: { error: Error; title: string }) {
  const t = usePushText();
  if (!(error instanceof PushError)) return <ErrorNotice error={error} title={title} />;
  return (
    <p role="alert" className="pt-2 text-14 text-amber">
      {t(`failed.${error.why}`)}
    </p>
  );
}

function Switches({ push, publicKey }: { push: WalletPush; publicKey: string }) {
  const t = usePushText();
  const language = useLanguage();
  const client = useQueryClient();
  const change = (said: string) => ({
    onSuccess: (told: WalletPush) => {
      client.setQueryData(pushQuery.queryKey, told);
      toast(said);
    },
  });
  const on = useMutation({
    mutationFn: (amounts: boolean) => switchPushOn(publicKey, { language, amounts }),
    ...change(push.subscription === null ? t('switchedOn') : t('changed')),
  });
  const off = useMutation({ mutationFn: switchPushOff, ...change(t('switchedOff')) });
  const busy = on.isPending || off.isPending;
  const turn = (wanted: boolean) => {
    on.reset();
    off.reset();
    if (wanted) on.mutate(push.subscription?.amounts ?? true);
    else off.mutate();
  };
  return (
    <>
      <div className="divide-y divide-line rounded-card border border-line bg-raised px-4 py-1">
        <Switch
          checked={push.subscription !== null}
          onChange={turn}
          disabled={busy}
          label={t('on')}
          detail={t('onDetail')}
        />
        {push.subscription === null ? null : (
          <Switch
            checked={push.subscription.amounts}
            onChange={(amounts) => on.mutate(amounts)}
            disabled={busy}
            label={t('amounts')}
            detail={t('amountsDetail')}
          />
        )}
      </div>
      {on.error ? <Failure error={on.error} title={t('failed.title')} /> : null}
      {off.error ? <Failure error={off.error} title={t('failed.offTitle')} /> : null}
      <p className="pt-4 text-14 text-muted">{t('private')}</p>
    </>
  );
}

/** Whether this device is told of news while the wallet is closed, and how much. */
export function PushScreen() {
  const t = usePushText();
  const { data, isError, error, refetch } = useQuery(pushQuery);
  const ability = pushAbility();
  const cannot = ability === 'able' ? (data && data.public_key === null ? 'no_key' : null) : ability;
  return (
    <InnerPage title={t('title')} fallback="/me">
      <p className="pb-4 text-14 text-muted">{t('lead')}</p>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-24 w-full rounded-card" /> : null}
      {cannot ? <p className="text-16">{t(`cannot.${cannot}`)}</p> : null}
      {data?.public_key && !cannot ? <Switches push={data} publicKey={data.public_key} /> : null}
    </InnerPage>
  );
}
