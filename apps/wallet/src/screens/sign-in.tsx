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
              detail={language === 'en' ? person.note_en : person.note}
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

/** The state of a sign-in: number, code, what was sent, and the two requests. */
function useSignIn() {
  const { t } = useTranslation();
  const goOn = useNext();
  const [mobile, setMobile] = useState('');
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState('');
  const [sentAt, setSentAt] = useState(0);
  const ask = useMutation({
    mutationFn: (to: string) => api.post('/v1/wallet/codes', { mobile: to }),
    onSuccess: () => setSentAt(Date.now()),
  });
  const enter = useMutation({ mutationFn: () => signIn(mobile, code), onSuccess: goOn });
  const askFor = (to: string) => {
    setWrong('');
    enter.reset();
    if (mobilePattern.test(to)) ask.mutate(to);
    else setWrong(t('signIn.mobileWrong'));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (sentAt === 0) return askFor(mobile);
    if (!codePattern.test(code)) return setWrong(t('signIn.codeWrong'));
    setWrong('');
    enter.mutate();
  };
  return { mobile, setMobile, code, setCode, wrong, sentAt, setSentAt, ask, enter, askFor, submit };
}

type SignIn = ReturnType<typeof useSignIn>;

function CodeStep({ form }: { form: SignIn }) {
  const { t } = useTranslation();
  const now = useSeconds();
  const waitMs = Math.min(againMs, Math.max(0, form.sentAt + againMs - now));
  return (
    <>
      <Field
        label={t('signIn.code')}
        hint={t('signIn.codeSent', { mobile: form.mobile })}
        error={form.wrong}
        value={form.code}
        onChange={(event) => form.setCode(event.target.value.replace(/\D/g, ''))}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        autoFocus
        className="figures tracking-widest"
        trailing={
          <Button
            kind="ghost"
            className="text-14"
            disabled={waitMs > 0}
            busy={form.ask.isPending}
            aria-label={waitMs > 0 ? t('signIn.againIn', { seconds: Math.ceil(waitMs / 1000) }) : undefined}
            onClick={() => form.askFor(form.mobile)}
          >
            {waitMs > 0 ? `${Math.ceil(waitMs / 1000)} s` : t('signIn.again')}
          </Button>
        }
      />
      <Button type="submit" large wide busy={form.enter.isPending}>
        {t('signIn.submit')}
      </Button>
      <Button kind="ghost" wide onClick={() => form.setSentAt(0)}>
        {t('signIn.change')}
      </Button>
    </>
  );
}

function MobileStep({ form }: { form: SignIn }) {
  const { t } = useTranslation();
  return (
    <>
      <Field
        label={t('signIn.mobile')}
        hint={t('signIn.mobileHint')}
        error={form.wrong}
        value={form.mobile}
        onChange={(event) => form.setMobile(event.target.value.replace(/\D/g, ''))}
        type="tel"
        inputMode="numeric"
        autoComplete="tel-national"
        maxLength={11}
        className="figures"
      />
      <Button type="submit" large wide busy={form.ask.isPending}>
        {t('signIn.getCode')}
      </Button>
    </>
  );
}

/** Mobile number, then the one-time code. In the sandbox its people are one tap away. */
export function SignInScreen() {
  const { t } = useTranslation();
  useTitle(t('signIn.title'));
  const form = useSignIn();
  const { ended } = useSearch({ from: '/sign-in' });
  const sandbox = useQuery(sandboxQuery).data;
  const sent = form.sentAt > 0;
  const failure = form.enter.error ?? form.ask.error;
  const choose = (person: string) => {
    form.setMobile(person);
    form.setCode(sandbox?.code ?? '');
    form.askFor(person);
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
      {ended && !sent ? (
        <p role="status" className="mb-4 rounded-card bg-amber-soft p-4 text-14 text-amber">
          {t(`signIn.ended.${ended}`)}
        </p>
      ) : null}
      <form onSubmit={form.submit} noValidate className="flex flex-col gap-4">
        {sent ? <CodeStep form={form} /> : <MobileStep form={form} />}
        {failure ? <ErrorNotice error={failure} title={t('signIn.failed')} /> : null}
      </form>
      {sandbox && !sent ? <People sandbox={sandbox} onChoose={choose} /> : null}
      <p className="mt-auto pt-8 text-center text-12 text-muted">{t('signIn.privacy')}</p>
    </main>
  );
}
