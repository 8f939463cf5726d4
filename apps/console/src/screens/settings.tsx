import { ElderSwitcher, LanguageSwitcher, Segments, ThemeSwitcher } from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Facts } from '../components/facts.tsx';
import { PageHead, Panel } from '../components/places.tsx';
import { healthQuery } from '../queries.ts';
import { useMe } from '../shell.tsx';
import { chooseZone, useZoneChoice, zoneOf } from '../zone-choice.ts';

function Choice({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-2 py-3 md:flex-row md:items-center md:justify-between md:gap-8">
      <div className="max-w-md">
        <p className="text-14 text-ink">{name}</p>
        {hint ? <p className="text-12 text-muted">{hint}</p> : null}
      </div>
      <div className="md:min-w-80">{children}</div>
    </div>
  );
}

/** How the console looks and whose clock it shows; kept on this device. */
export function Settings() {
  const { t } = useTranslation();
  const me = useMe();
  const zone = useZoneChoice();
  const { data: health } = useQuery(healthQuery);
  const profile = (['A', 'B', 'C'] as const).find((one) => one === health?.profile);
  return (
    <div className="flex max-w-4xl flex-col gap-4">
      <PageHead title={t('settings.title')} />
      <Panel>
        <div className="divide-y divide-line">
          <Choice name={t('settings.language')}>
            <LanguageSwitcher />
          </Choice>
          <Choice name={t('settings.theme')}>
            <ThemeSwitcher />
          </Choice>
          <Choice
            name={t('settings.zone')}
            hint={`${t('settings.zoneNow', { zone: zoneOf(zone) })} ${t('settings.zoneHint')}`}
          >
            <Segments
              label={t('settings.zone')}
              value={zone}
              onChange={chooseZone}
              options={[
                { value: 'device', label: t('settings.zoneOwn') },
                { value: 'network', label: t('settings.zoneCity') },
                { value: 'utc', label: 'UTC' },
              ]}
            />
          </Choice>
          <ElderSwitcher />
        </div>
      </Panel>
      <Panel title={t('settings.account')}>
        <Facts
          facts={[
            [t('signIn.username'), me.name],
            [t('settings.role'), t(`role.${me.role}`)],
            [t('settings.tenant'), me.tenant?.name ?? t('settings.network')],
          ]}
        />
      </Panel>
      {health ? (
        <Panel title={t('settings.about')} hint={profile ? t(`engine.${profile}`) : health.promises}>
          <Facts
            facts={[
              [t('engine.version'), health.version],
              [t('engine.profile'), `${health.profile} · ${health.engine}`],
              ...Object.entries(health.settings).map(([name, value]) => [name, value] as const),
            ]}
          />
        </Panel>
      ) : null}
    </div>
  );
}
