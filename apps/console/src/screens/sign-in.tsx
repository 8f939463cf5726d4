import { ApiError, Button, coinPath, ErrorNotice, Field, useUiText, Wordmark, wingPaths } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { LanguageChoice } from '../components/language-choice.tsx';
import { sandboxQuery } from '../queries.ts';
import { meQuery } from '../session.ts';

const route = getRouteApi('/sign-in');

function useSignIn() {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next } = route.useSearch();
  return useMutation({
    mutationFn: (who: { username: string; password: string }) => api.signIn(who.username, who.password),
    onSuccess: async ({ me }) => {
      queryClient.setQueryData(meQuery.queryKey, me);
      await router.navigate({ href: next ?? '/' });
    },
  });
}

/** The coin, very large and very quiet, half outside the page. */
function Coin() {
  return (
    <svg
      viewBox="0 0 64 64"
      aria-hidden="true"
      className="-right-[16vmin] -bottom-[22vmin] pointer-events-none absolute size-[96vmin] text-line opacity-70"
      fill="currentColor"
    >
      {[coinPath, ...wingPaths].map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}

/** Identities of the sandbox, one click each. Outside the sandbox there are none. */
function SandboxUsers({ onChoose, busy }: { onChoose: (u: string, p: string) => void; busy: boolean }) {
  const { t } = useTranslation();
  const { data: sandbox } = useQuery(sandboxQuery);
  if (!sandbox || sandbox.console.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-14 text-ink">{t('signIn.sandbox')}</h2>
      <p className="text-12 text-muted">{t('signIn.sandboxDetail')}</p>
      <ul className="flex flex-col overflow-hidden rounded-card border border-line">
        {sandbox.console.map((user) => (
          <li key={user.username} className="border-line not-first:border-t">
            <button
              type="button"
              disabled={busy}
              onClick={() => onChoose(user.username, user.password)}
              className="flex min-h-12 w-full items-center gap-3 px-4 py-2 text-left hover:bg-sunken disabled:opacity-45"
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate text-14 text-ink">{user.name}</span>
                <span className="block truncate text-12 text-muted">
                  {t(`role.${user.role}`)} · {user.username}
                </span>
              </span>
              <ChevronRight size={16} strokeWidth={1.75} aria-hidden="true" className="text-muted" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The way in: a name and a password, or a sandbox identity. */
export function SignIn() {
  const { t } = useTranslation();
  const ui = useUiText();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username !== '' && password !== '') signIn.mutate({ username: username.trim(), password });
  };
  const refused = signIn.error instanceof ApiError && signIn.error.status === 401;
  return (
    <div className="relative flex min-h-dvh flex-col overflow-hidden bg-ground">
      <Coin />
      <header className="relative flex items-center justify-between px-4 py-3 lg:px-8 lg:py-5">
        <Wordmark name={ui('name')} suffix={t('app.name')} />
        <LanguageChoice />
      </header>
      <main className="relative mx-auto flex w-full max-w-md flex-1 flex-col justify-center gap-8 px-4 py-8">
        <div className="flex flex-col gap-6 rounded-card border border-line bg-raised p-6 shadow-float lg:p-8">
          <div>
            <h1 className="font-semibold text-28 text-ink">{t('signIn.title')}</h1>
            <p className="text-14 text-muted">{t('signIn.lead')}</p>
          </div>
          <form onSubmit={submit} className="flex flex-col gap-4">
            <Field
              label={t('signIn.username')}
              name="username"
              value={username}
              onChange={(event) => setUsername(event.target.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
            />
            <Field
              label={t('signIn.password')}
              name="password"
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="current-password"
              required
            />
            {refused ? (
              <ErrorNotice title={t('signIn.wrong')} detail={t('signIn.wrongDetail')} />
            ) : signIn.error ? (
              <ErrorNotice error={signIn.error} />
            ) : null}
            <Button type="submit" wide busy={signIn.isPending}>
              {t('signIn.submit')}
            </Button>
          </form>
          <SandboxUsers
            busy={signIn.isPending}
            onChoose={(name, secret) => signIn.mutate({ username: name, password: secret })}
          />
        </div>
      </main>
    </div>
  );
}
