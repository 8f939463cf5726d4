import type { Sandbox } from '@feiqian/contract';
import {
  Button,
  Disc,
  ErrorNotice,
  Field,
  LanguageSwitcher,
  List,
  ListRow,
  Mark,
  Section,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../client.ts';
import { useSeconds } from '../parts/seconds.ts';
import { useTitle } from '../parts/tab-page.tsx';
import { sandboxQuery } from '../queries.ts';
import { signIn } from '../session.ts';

const mobilePattern = /^1[3-9]\d{9}$/;
const codePattern = /^\d{6}$/;
const againMs = 60_000;

function People({ sandbox, onChoose }: { sandbox: Sandbox; onChoose: (mobile: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Section title={t('signIn.sandbox')}>
      <p className="text-14 text-muted">{t('signIn.sandboxDetail', { code: sandbox.code })}</p>
      <List>
        {sandbox.people.map((person) => {
          const name = language === 'en' ? person.name_en : person.name;
          return (
            <ListRow
              key={person.mobile}
              onClick={() => onChoose(person.mobile)}
              leading={<Disc tone="brand">{[...name][0]}</Disc>}
              title={name}
              detail={person.note}
              trailing={<span className="figures text-14 text-muted">{person.mobile}</span>}
            />
          );
        })}
      </List>
    </Section>
  );
}

/** Where the person was going before the sign-in; only paths of this app. */
function useNext(): () => void {
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  return () => {
    const path = next?.startsWith('/') && !next.startsWith('//') ? next.replace(/^\/wallet(?=\/)/, '') : '/';
    void router.navigate({
      href: router.buildLocation({ to: '/' }).href.replace(/\/$/, '') + path,
      replace: true,
    });
  };
}

/** Mobile number, then the one-time code. In the sandbox its people are one tap away. */
export function SignInScreen() {
  const { t } = useTranslation();
  useTitle(t('signIn.title'));
  const goOn = useNext();
  const sandbox = useQuery(sandboxQuery).data;
  const [mobile, setMobile] = useState('');
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState('');
  const [sentAt, setSentAt] = useState(0);
  const ask = useMutation({
    mutationFn: (to: string) => api.post('/v1/wallet/codes', { mobile: to }),
    onSuccess: () => setSentAt(Date.now()),
  });
  const enter = useMutation({ mutationFn: () => signIn(mobile, code), onSuccess: goOn });
  const now = useSeconds(sentAt > 0);
  const waitSeconds = Math.min(againMs / 1000, Math.max(0, Math.ceil((sentAt + againMs - now) / 1000)));
  const sent = sentAt > 0;

  const askFor = (to: string) => {
    setWrong('');
    enter.reset();
    if (mobilePattern.test(to)) ask.mutate(to);
    else setWrong(t('signIn.mobileWrong'));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!sent) return askFor(mobile);
    if (!codePattern.test(code)) return setWrong(t('signIn.codeWrong'));
    setWrong('');
    enter.mutate();
  };
  const choose = (person: string) => {
    setMobile(person);
    setCode(sandbox?.code ?? '');
    askFor(person);
  };

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col px-6 pt-[max(2rem,env(safe-area-inset-top))] pb-8">
      <div className="ml-auto w-44">
        <LanguageSwitcher />
      </div>
      <div className="mt-6 mb-8 flex flex-col gap-3">
        <Mark size={64} className="text-brand" />
        <h1 className="font-semibold text-28">{t('signIn.title')}</h1>
        <p className="text-16 text-muted">{t('signIn.lead')}</p>
      </div>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        {sent ? (
          <>
            <Field
              label={t('signIn.code')}
              hint={t('signIn.codeSent', { mobile })}
              error={wrong}
              value={code}
              onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              autoFocus
              className="figures tracking-widest"
              trailing={
                <Button
                  kind="ghost"
                  className="text-14"
                  disabled={waitSeconds > 0}
                  busy={ask.isPending}
                  onClick={() => askFor(mobile)}
                >
                  {waitSeconds > 0 ? `${waitSeconds} s` : t('signIn.again')}
                </Button>
              }
            />
            <Button type="submit" large wide busy={enter.isPending}>
              {t('signIn.submit')}
            </Button>
            <Button kind="ghost" wide onClick={() => setSentAt(0)}>
              {t('signIn.change')}
            </Button>
          </>
        ) : (
          <>
            <Field
              label={t('signIn.mobile')}
              hint={t('signIn.mobileHint')}
              error={wrong}
              value={mobile}
              onChange={(event) => setMobile(event.target.value.replace(/\D/g, ''))}
              type="tel"
              inputMode="numeric"
              autoComplete="tel-national"
              maxLength={11}
              className="figures"
            />
            <Button type="submit" large wide busy={ask.isPending}>
              {t('signIn.getCode')}
            </Button>
          </>
        )}
        {enter.isError ? <ErrorNotice error={enter.error} title={t('signIn.failed')} /> : null}
        {ask.isError ? <ErrorNotice error={ask.error} title={t('signIn.failed')} /> : null}
      </form>
      {sandbox && !sent ? <People sandbox={sandbox} onChoose={choose} /> : null}
      <p className="mt-auto pt-8 text-center text-12 text-muted">{t('signIn.privacy')}</p>
    </main>
  );
}
