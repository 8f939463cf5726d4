import {
  Button,
  ElderSwitcher,
  Fact,
  LanguageSwitcher,
  minorDigits,
  readPreference,
  Section,
  Sheet,
  Switch,
  ThemeSwitcher,
  useLanguage,
  writePreference,
} from '@feiqian/ui';
import { LogOut, Volume2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame } from '../components/frame.tsx';
import { liveState } from '../components/live-link.tsx';
import { usePending } from '../components/live-sales.ts';
import { playTune, unlockSound } from '../device/sound.ts';
import { canSpeak, speak } from '../device/speech.ts';
import { canStayAwake } from '../device/wake-lock.ts';
import { sentenceOf } from '../model/announce.ts';
import { signOut, useMe } from '../session.ts';
import { useStore } from '../store.ts';

const panel = 'rounded-card border border-line bg-raised px-4 py-2';

/** Sound, speech, language, theme; who is signed in and on what. */
export function SettingsScreen() {
  const { t } = useTranslation();
  return (
    <Frame place="settings" className="p-4 lg:max-w-3xl lg:p-6">
      <h1 className="font-semibold text-28" tabIndex={-1}>
        {t('settings.title')}
      </h1>
      <Told />
      <Section title={t('settings.look')}>
        <div className="flex flex-col gap-3 rounded-card border border-line bg-raised p-4">
          <LanguageSwitcher />
          <ThemeSwitcher />
          <ElderSwitcher />
        </div>
      </Section>
      <Device />
      <Leaving />
    </Frame>
  );
}

function useChoice(name: 'sound' | 'speech'): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => readPreference(name) !== 'off');
  return [
    on,
    (next) => {
      writePreference(name, next ? null : 'off');
      setOn(next);
    },
  ];
}

function Told() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { currency } = useMe();
  const [sound, setSound] = useChoice('sound');
  const [speech, setSpeech] = useChoice('speech');
  const speaks = canSpeak();
  const attempt = () => {
    unlockSound();
    if (sound) playTune('paid');
    const sentence = sentenceOf('paid', { minor: 1800, currency, exponent: minorDigits(currency) }, language);
    if (speech && sentence !== null) speak(sentence, language);
  };
  return (
    <Section
      title={t('settings.told')}
      action={
        <Button
          kind="ghost"
          onClick={attempt}
          icon={<Volume2 size={20} strokeWidth={1.75} aria-hidden="true" />}
        >
          {t('settings.try')}
        </Button>
      }
    >
      <div className={panel}>
        <Switch
          checked={sound}
          onChange={setSound}
          label={t('settings.sound')}
          detail={t('settings.soundDetail')}
        />
        <Switch
          checked={speech && speaks}
          onChange={setSpeech}
          disabled={!speaks}
          label={t('settings.speech')}
          detail={speaks ? t('settings.speechDetail') : t('settings.speechNone')}
        />
      </div>
    </Section>
  );
}

function Device() {
  const { t } = useTranslation();
  const me = useMe();
  const live = useStore(liveState);
  return (
    <Section title={t('settings.device')}>
      <dl className={`divide-y divide-line ${panel}`}>
        <Fact name={t('settings.merchant')}>{me.merchant.name}</Fact>
        <Fact name={t('settings.store')}>{me.store.name}</Fact>
        <Fact name={t('settings.terminal')}>
          <span className="figures">{me.terminal}</span>
        </Fact>
        <Fact name={t('settings.awake')}>
          {canStayAwake() ? t('settings.awakeOn') : t('settings.awakeOff')}
        </Fact>
        <Fact name={t('settings.live')}>
          {live === 'open' ? t('settings.liveOpen') : t('settings.liveClosed')}
        </Fact>
      </dl>
    </Section>
  );
}

function Leaving() {
  const { t } = useTranslation();
  const me = useMe();
  const { open } = usePending();
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    await signOut();
  };
  return (
    <Section title={t('settings.who')}>
      <div className={`flex items-center justify-between gap-4 ${panel}`}>
        <p className="min-w-0">
          <span className="block truncate text-16">{me.staff.name}</span>
          <span className="block text-14 text-muted">{t(`role.${me.staff.role}`)}</span>
        </p>
        <Button
          kind="secondary"
          onClick={() => setAsked(true)}
          icon={<LogOut size={20} strokeWidth={1.75} aria-hidden="true" />}
        >
          {t('settings.signOut')}
        </Button>
      </div>
      <Sheet
        open={asked}
        onClose={() => setAsked(false)}
        title={t('settings.signOutTitle')}
        actions={
          <Button kind="danger" busy={busy} onClick={() => void leave()}>
            {t('settings.signOut')}
          </Button>
        }
      >
        <p className="text-16">
          {open.length > 0 ? t('settings.signOutOpen', { count: open.length }) : t('settings.signOutPlain')}
        </p>
      </Sheet>
    </Section>
  );
}
