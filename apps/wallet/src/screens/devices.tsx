import type { Device } from '@feiqian/contract';
import {
  Badge,
  Button,
  ErrorNotice,
  formatAge,
  List,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InnerPage } from '../parts/tab-page.tsx';
import { WaitingDevice } from '../parts/waiting-device.tsx';
import { devicesQuery } from '../queries.ts';
import { networkNow } from '../session.ts';
import { signed } from '../signed.ts';

function Remove({ device, onClose }: { device: Device | null; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (id: string) => signed.delete(`/v1/wallet/devices/${id}`),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['devices'] });
      toast(t('devices.removed'));
      onClose();
    },
  });
  return (
    <Sheet
      open={device !== null}
      onClose={onClose}
      dismissible={!remove.isPending}
      title={t('devices.removeTitle', { name: device?.name ?? '' })}
      description={t('devices.removeDetail')}
      actions={
        <Button
          kind="danger"
          wide
          large
          busy={remove.isPending}
          onClick={() => device && remove.mutate(device.id)}
        >
          {t('devices.removeConfirm')}
        </Button>
      }
    >
      {remove.isError ? <ErrorNotice error={remove.error} title={t('devices.failed')} /> : null}
    </Sheet>
  );
}

/** A device that waits appears by the stream; looking backs it up. */
const lookMs = 5000;

/** The devices of this person, each with its own payment key. */
export function DevicesScreen() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data, isError, error, refetch } = useQuery({ ...devicesQuery, refetchInterval: lookMs });
  const known = data?.filter((device) => device.state !== 'pending') ?? [];
  const [leaving, setLeaving] = useState<Device | null>(null);
  return (
    <InnerPage title={t('devices.title')} fallback="/me">
      <p className="pb-4 text-14 text-muted">{t('devices.lead')}</p>
      {isError ? (
        <ErrorNotice error={error} assurance={t('loadFailed')} onRetry={() => void refetch()} />
      ) : null}
      {!data && !isError ? <Skeleton className="h-32 w-full rounded-card" /> : null}
      {data?.map((device) =>
        device.waits && !device.current ? (
          <WaitingDevice key={device.id} device={device} number={device.waits.number} />
        ) : null,
      )}
      {data ? (
        <List>
          {known.map((device) => (
            <div key={device.id} className="flex items-center gap-3 px-4 py-3">
              <Smartphone size={22} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-16">{device.name}</span>
                <span className="block text-14 text-muted">
                  {t('devices.lastUsed', {
                    age: formatAge(Date.parse(device.last_used_at), networkNow(), language),
                  })}
                </span>
              </span>
              {device.state === 'frozen' ? <Badge tone="amber">{t('devices.paused')}</Badge> : null}
              {device.current ? (
                <Badge tone="jade">{t('devices.current')}</Badge>
              ) : (
                <Button
                  kind="ghost"
                  className="text-14"
                  aria-label={t('devices.removeTitle', { name: device.name })}
                  onClick={() => setLeaving(device)}
                >
                  {t('devices.remove')}
                </Button>
              )}
            </div>
          ))}
        </List>
      ) : null}
      <Remove device={leaving} onClose={() => setLeaving(null)} />
    </InnerPage>
  );
}
