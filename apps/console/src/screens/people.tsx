import type { PersonView } from '@feiqian/contract';
import { ApiError, Button, EmptyState, ErrorNotice, Field } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { PhoneCall } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ConfirmSheet } from '../components/confirm-sheet.tsx';
import { Facts } from '../components/facts.tsx';
import { PageHead, Panel, Waiting } from '../components/places.tsx';
import { Time } from '../components/time.tsx';
import { healthQuery } from '../queries.ts';

const mobilePattern = /^1[3-9]\d{9}$/;
/** While a bank has not acknowledged a freeze. */
const tellingPollMs = 1000;

const isTelling = (person: PersonView | undefined): boolean =>
  person?.freeze.banks.some((b) => b.state === 'freezing' || b.state === 'thawing') ?? false;

function Found({ person, onFrozen }: { person: PersonView; onFrozen: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const [lost, setLost] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const { frozen_at: frozenAt, banks } = person.freeze;
  const toggle = (id: string) =>
    setLost(lost.includes(id) ? lost.filter((one) => one !== id) : [...lost, id]);
  return (
    <div className="flex flex-col gap-4">
      <Panel title={person.mobile}>
        <Facts
          facts={[
            [t('people.name'), person.name ?? t('people.unnamed')],
            [t('people.state'), frozenAt === null ? t('people.free') : <Time key="frozen" at={frozenAt} />],
            ...banks.map((b) => [b.bank_id, t(`people.bank.${b.state}`)] as const),
          ]}
        />
      </Panel>
      <Panel title={t('people.devices')}>
        <ul className="flex flex-col divide-y divide-line">
          {person.devices.map((device) => (
            <li key={device.id} className="flex items-center gap-3 py-2 text-14">
              <label className="flex min-h-11 items-center gap-2">
                <input
                  type="checkbox"
                  className="size-5 accent-brand"
                  checked={lost.includes(device.id)}
                  onChange={() => toggle(device.id)}
                  aria-label={`${t('people.lost')}: ${device.name}`}
                />
                <span aria-hidden="true">{t('people.lost')}</span>
              </label>
              <span className="min-w-0 flex-1 truncate">{device.name}</span>
              <span className="text-muted">{t(`people.device.${device.state}`)}</span>
              <Time at={device.last_used_at} />
            </li>
          ))}
        </ul>
      </Panel>
      <Button kind="danger" className="self-start" onClick={() => setAsking(true)}>
        {t('people.freeze')}
      </Button>
      <ConfirmSheet
        open={asking}
        onClose={() => setAsking(false)}
        title={t('people.freeze')}
        detail={t('people.freezeDetail')}
        word={person.mobile.slice(-4)}
        act={t('people.freeze')}
        onConfirm={async () => {
          await api.freezePerson(person.id, lost);
          setLost([]);
          await onFrozen();
        }}
      />
    </div>
  );
}

/** Finds who has lost a phone, and freezes everything of that person. */
export function People() {
  const { t } = useTranslation();
  const { data: health } = useQuery(healthQuery);
  const [typed, setTyped] = useState('');
  const [mobile, setMobile] = useState('');
  const found = useQuery({
    queryKey: ['person', mobile],
    queryFn: ({ signal }) => api.person(mobile, signal),
    enabled: mobile !== '',
    retry: false,
    gcTime: 0,
    refetchInterval: (query) => (isTelling(query.state.data) ? tellingPollMs : false),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (mobilePattern.test(typed)) setMobile(typed);
  };
  const unknown = found.error instanceof ApiError && found.error.code === 'not_found';
  return (
    <>
      <PageHead
        title={t('people.title')}
        lead={t('people.lead')}
        actions={
          health?.mode === 'sandbox' ? (
            <a className="text-14 text-azure hover:underline" href="/sandbox/messages">
              {t('people.messages')}
            </a>
          ) : null
        }
      />
      <form onSubmit={submit} className="flex max-w-md items-end gap-3 pb-4">
        <Field
          label={t('people.mobile')}
          hint={t('people.mobileHint')}
          value={typed}
          onChange={(event) => setTyped(event.target.value.replace(/\D/g, ''))}
          inputMode="numeric"
          autoComplete="off"
          maxLength={11}
          className="figures"
        />
        <Button type="submit" kind="secondary">
          {t('people.find')}
        </Button>
      </form>
      {found.isLoading ? <Waiting /> : null}
      {unknown ? (
        <EmptyState
          icon={<PhoneCall size={40} strokeWidth={1.25} aria-hidden="true" />}
          title={t('people.none')}
        />
      ) : null}
      {found.error && !unknown ? <ErrorNotice error={found.error} /> : null}
      {found.data ? <Found key={found.data.id} person={found.data} onFrozen={() => found.refetch()} /> : null}
    </>
  );
}
