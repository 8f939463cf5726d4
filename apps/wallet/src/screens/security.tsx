import type { SecuritySettings } from '@feiqian/contract';
import {
  Button,
  ErrorNotice,
  formatAge,
  formatMoney,
  List,
  ListRow,
  PinPad,
  Section,
  Sheet,
  Skeleton,
  toast,
  useLanguage,
} from '@feiqian/ui';
import { browserSupportsWebAuthn, startRegistration } from '@simplewebauthn/browser';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useSecurityText } from '../parts/security-text.ts';
import { InnerPage } from '../parts/tab-page.tsx';
import { securityQuery } from '../queries.ts';
import { deviceName, networkNow } from '../session.ts';
import { signed } from '../signed.ts';

type RegistrationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];

function useChange<T>(what: (value: T) => Promise<unknown>, said: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: what,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: securityQuery.queryKey });
      toast(said);
    },
  });
}

interface NewPinProps {
  open: boolean;
  onClose: () => void;
  onChosen: (pin: string) => void;
}

/** Asks for a new PIN twice. */
function NewPin({ open, onClose, onChosen }: NewPinProps) {
  const t = useSecurityText();
  const [first, setFirst] = useState<string | null>(null);
  const [differs, setDiffers] = useState(false);
  const close = () => {
    setFirst(null);
    setDiffers(false);
    onClose();
  };
  const enter = (pin: string) => {
    if (first === null) {
      setFirst(pin);
      return setDiffers(false);
    }
    setFirst(null);
    if (pin !== first) return setDiffers(true);
    onChosen(pin);
    close();
  };
  const lead = first === null ? t('security.newPin') : t('security.repeatPin');
  return (
    <Sheet open={open} onClose={close} title={t('security.pin')}>
      <div className="flex flex-col gap-4 pb-4">
        <p role="status" className="text-center text-16">
          {lead}
        </p>
        {differs ? (
          <p role="alert" className="text-center text-14 text-rose">
            {t('security.pinDiffers')}
          </p>
        ) : null}
        <PinPad key={first === null ? 'first' : 'second'} hardware={open} onComplete={enter} />
      </div>
    </Sheet>
  );
}

function Pin({ settings }: { settings: SecuritySettings }) {
  const t = useSecurityText();
  const [choosing, setChoosing] = useState<'new' | 'forgotten' | null>(null);
  const set = useChange(
    (chosen: { pin: string; forgotten: boolean }) => signed.put('/v1/wallet/pin', chosen),
    t('security.pinDone'),
  );
  const { pin } = settings;
  const state = pin.locked ? t('security.pinLocked') : pin.set ? t('security.pinSet') : t('security.pinNone');
  const [forgotten, setForgotten] = useState(false);
  const begin = (how: 'new' | 'forgotten') => {
    setForgotten(how === 'forgotten');
    setChoosing(how);
  };
  return (
    <Section title={t('security.pin')}>
      <List>
        <ListRow
          onClick={() => begin('new')}
          leading={<KeyRound size={22} strokeWidth={1.75} aria-hidden="true" />}
          title={pin.set ? t('security.changePin') : t('security.setPin')}
          trailing={<span className="text-14 text-muted">{state}</span>}
          chevron
        />
        {pin.set ? (
          <ListRow onClick={() => begin('forgotten')} title={t('security.forgotPin')} chevron />
        ) : null}
      </List>
      {set.isError ? <ErrorNotice error={set.error} title={t('security.pinFailed')} /> : null}
      <NewPin
        open={choosing !== null}
        onClose={() => setChoosing(null)}
        onChosen={(chosen) => set.mutate({ pin: chosen, forgotten })}
      />
    </Section>
  );
}

function Passkeys({ settings }: { settings: SecuritySettings }) {
  const t = useSecurityText();
  const language = useLanguage();
  const add = useChange(async () => {
    const { options } = await signed.post<{ options: unknown }>('/v1/wallet/passkey-options');
    const response = await startRegistration({ optionsJSON: options as RegistrationOptions });
    await signed.post('/v1/wallet/passkeys', { response, name: deviceName() });
  }, t('security.passkeyDone'));
  const remove = useChange(
    (id: string) => signed.delete(`/v1/wallet/passkeys/${id}`),
    t('security.passkeyRemoved'),
  );
  const error = add.error ?? remove.error;
  return (
    <Section title={t('security.passkeys')}>
      {settings.passkeys.length > 0 ? (
        <List>
          {settings.passkeys.map((passkey) => (
            <div key={passkey.id} className="flex items-center gap-3 px-4 py-3">
              <Fingerprint size={22} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-16">{passkey.name}</span>
                <span className="block text-14 text-muted">
                  {passkey.last_used_at === null
                    ? t('security.passkeyNever')
                    : t('security.passkeyUsed', {
                        age: formatAge(Date.parse(passkey.last_used_at), networkNow(), language),
                      })}
                </span>
              </span>
              <Button kind="ghost" className="text-14" onClick={() => remove.mutate(passkey.id)}>
                {t('security.passkeyRemove', { name: passkey.name })}
              </Button>
            </div>
          ))}
        </List>
      ) : null}
      {browserSupportsWebAuthn() ? (
        <Button kind="secondary" wide busy={add.isPending} onClick={() => add.mutate(undefined)}>
          {t('security.passkeyAdd')}
        </Button>
      ) : (
        <p className="text-14 text-muted">{t('security.passkeyUnsupported')}</p>
      )}
      {error ? <ErrorNotice error={error} title={t('security.passkeyFailed')} /> : null}
    </Section>
  );
}

/** Limits to choose from, as parts of the network's own, in minor units. */
function choices(max: number, now: number): number[] {
  const parts = [0, max / 5, max / 2, max].map(Math.round);
  return [...new Set([...parts, now])].sort((a, b) => a - b);
}

function Limit({ settings }: { settings: SecuritySettings }) {
  const t = useSecurityText();
  const language = useLanguage();
  const change = useChange(
    (amount: number) => signed.put('/v1/wallet/free-limit', { amount }),
    t('security.limitDone'),
  );
  return (
    <Section title={t('security.limit')}>
      <p className="pb-2 text-14 text-muted">{t('security.limitDetail')}</p>
      <fieldset className="overflow-hidden rounded-card border border-line bg-raised">
        <legend className="sr-only">{t('security.limit')}</legend>
        {choices(settings.free_limit_max, settings.free_limit).map((amount) => (
          <label key={amount} className="target flex cursor-pointer items-center gap-3 px-4 py-3 text-16">
            <input
              type="radio"
              name="limit"
              className="size-5 accent-brand"
              checked={amount === settings.free_limit}
              disabled={change.isPending}
              onChange={() => change.mutate(amount)}
            />
            {amount === 0 ? t('security.limitNone') : formatMoney(amount, 'CNY', language)}
          </label>
        ))}
      </fieldset>
      {change.isError ? <ErrorNotice error={change.error} title={t('security.limitFailed')} /> : null}
    </Section>
  );
}

/** What this person verifies with, and from which amount on. */
export function SecurityScreen() {
  const t = useSecurityText();
  const { data, isError, error, refetch } = useQuery(securityQuery);
  return (
    <InnerPage title={t('security.title')} fallback="/me">
      <p className="pb-2 text-14 text-muted">{t('security.lead')}</p>
      {isError ? <ErrorNotice error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Skeleton className="h-64 w-full rounded-card" /> : null}
      {data ? (
        <>
          <Pin settings={data} />
          <Passkeys settings={data} />
          <Limit settings={data} />
        </>
      ) : null}
    </InnerPage>
  );
}
