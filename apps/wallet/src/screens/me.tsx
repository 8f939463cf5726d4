import {
  Button,
  Disc,
  ElderSwitcher,
  ErrorNotice,
  LanguageSwitcher,
  List,
  ListRow,
  Section,
  Sheet,
  ThemeSwitcher,
  useLanguage,
} from '@feiqian/ui';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import {
  BadgeCheck,
  BellRing,
  Download,
  FileDown,
  KeyRound,
  LogOut,
  Smartphone,
  Snowflake,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInstall } from '../install.ts';
import { useIdentityText } from '../parts/identity-text.ts';
import { RowLink } from '../parts/links.ts';
import { usePushText } from '../parts/push-text.ts';
import { TabPage } from '../parts/tab-page.tsx';
import { keepPushUp } from '../push.ts';
import { signOut, useSession } from '../session.ts';

function SignOut({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: () => router.navigate({ to: '/sign-in', replace: true }),
  });
  return (
    <Sheet
      open={open}
      onClose={onClose}
      dismissible={!leave.isPending}
      title={t('me.signOutTitle')}
      description={t('me.signOutDetail')}
      actions={
        <Button kind="danger" wide large busy={leave.isPending} onClick={() => leave.mutate()}>
          {t('me.signOutConfirm')}
        </Button>
      }
    >
      {leave.isError ? (
        <ErrorNotice error={leave.error} title={t('me.signOutFailed')} assurance={t('me.signOutOffline')} />
      ) : null}
    </Sheet>
  );
}

/** The way to push messages, which follow the language that is chosen here. */
function PushRow() {
  const t = usePushText();
  const language = useLanguage();
  useEffect(() => void keepPushUp(language).catch(() => undefined), [language]);
  return (
    <RowLink
      to="/me/push"
      leading={<BellRing size={22} strokeWidth={1.75} aria-hidden="true" />}
      title={t('title')}
      detail={t('rowDetail')}
      chevron
    />
  );
}

function SafetyRows() {
  const words = useIdentityText();
  return (
    <>
      <RowLink
        to="/me/identity"
        leading={<BadgeCheck size={22} strokeWidth={1.75} aria-hidden="true" />}
        title={words('name.row')}
        detail={words('name.rowDetail')}
        chevron
      />
      <RowLink
        to="/me/lost"
        leading={<Snowflake size={22} strokeWidth={1.75} aria-hidden="true" />}
        title={words('lost.row')}
        detail={words('lost.rowDetail')}
        chevron
      />
      <RowLink
        to="/me/data"
        leading={<FileDown size={22} strokeWidth={1.75} aria-hidden="true" />}
        title={words('leave.row')}
        detail={words('leave.rowDetail')}
        chevron
      />
    </>
  );
}

/** Who is signed in, how the app looks and speaks, devices, and the way out. */
export function MeScreen() {
  const { t } = useTranslation();
  const session = useSession();
  const install = useInstall();
  const [leaving, setLeaving] = useState(false);
  const name = session?.user.name ?? t('me.unnamed');
  return (
    <TabPage tab="me" title={t('me.title')}>
      <div className="flex items-center gap-4 py-2">
        <Disc tone="brand">{[...name][0]}</Disc>
        <div className="min-w-0">
          <p className="truncate font-semibold text-20">{name}</p>
          <p className="figures text-14 text-muted">{session?.user.mobile}</p>
        </div>
      </div>
      <Section title={t('me.appearance')}>
        <div className="flex flex-col gap-3 rounded-card border border-line bg-raised p-4">
          <ThemeSwitcher />
          <ElderSwitcher />
        </div>
      </Section>
      <Section title={t('me.language')}>
        <LanguageSwitcher />
      </Section>
      <div className="mt-6">
        <List>
          <RowLink
            to="/me/devices"
            leading={<Smartphone size={22} strokeWidth={1.75} aria-hidden="true" />}
            title={t('me.devices')}
            detail={t('me.devicesDetail')}
            chevron
          />
          <RowLink
            to="/me/security"
            leading={<KeyRound size={22} strokeWidth={1.75} aria-hidden="true" />}
            title={t('me.security')}
            detail={t('me.securityDetail')}
            chevron
          />
          <PushRow />
          <SafetyRows />
          {install ? (
            <ListRow
              onClick={install}
              leading={<Download size={22} strokeWidth={1.75} aria-hidden="true" />}
              title={t('me.install')}
              detail={t('me.installDetail')}
              chevron
            />
          ) : null}
          <ListRow
            onClick={() => setLeaving(true)}
            leading={<LogOut size={22} strokeWidth={1.75} aria-hidden="true" />}
            title={t('me.signOut')}
            chevron
          />
        </List>
      </div>
      <SignOut open={leaving} onClose={() => setLeaving(false)} />
    </TabPage>
  );
}
