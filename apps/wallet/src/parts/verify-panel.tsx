import type { Verification, VerificationMethod } from '@feiqian/contract';
import { ApiError, Button, buttonClass, ErrorNotice, Field, PinPad, Sheet, Skeleton } from '@feiqian/ui';
import { browserSupportsWebAuthn, startAuthentication } from '@simplewebauthn/browser';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fingerprint } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Asking } from '../asking.ts';
import { securityQuery } from '../queries.ts';
import { signed } from '../signed.ts';
import { type Factors, IdentityForm } from './identity-form.tsx';
import { useSecurityText } from './security-text.ts';
import { nextStep, openWays } from './verify-step.ts';

type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

interface StepProps {
  path: string;
  onPassed: (now: Verification) => void;
}

/** Why a try did not pass, in the person's words. */
function useFailure(error: unknown): string {
  const t = useSecurityText();
  if (!(error instanceof ApiError)) return error ? t('verify.wrong') : '';
  if (error.code === 'pin_locked') return t('verify.locked');
  const left = error.problem.tries_left;
  if (typeof left === 'number') return t('verify.left', { n: left });
  return error.code === 'verification_failed' ? t('verify.wrong') : '';
}

function Failure({ error }: { error: unknown }) {
  const words = useFailure(error);
  if (!error) return null;
  return words === '' ? (
    <ErrorNotice error={error} />
  ) : (
    <p role="alert" className="text-center text-14 text-rose">
      {words}
    </p>
  );
}

function PinStep({ path, onPassed }: StepProps) {
  const t = useSecurityText();
  const enter = useMutation({
    mutationFn: (pin: string) => signed.post<Verification>(`${path}/pin`, { pin }),
    onSuccess: onPassed,
  });
  return (
    <div className="flex flex-col gap-4">
      <p className="text-center text-16">{t('verify.pinLead')}</p>
      <Failure error={enter.isPending ? null : enter.error} />
      <PinPad hardware onComplete={(pin) => enter.mutate(pin)} />
    </div>
  );
}

function CodeStep({ path, onPassed }: StepProps) {
  const t = useSecurityText();
  const [code, setCode] = useState('');
  const send = useMutation({ mutationFn: () => signed.post(`${path}/code-requests`) });
  const enter = useMutation({
    mutationFn: () => signed.post<Verification>(`${path}/code`, { code }),
    onSuccess: onPassed,
  });
  const sent = useRef(false);
  useEffect(() => {
    if (sent.current) return;
    sent.current = true;
    send.mutate();
  }, [send.mutate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.length === 6) enter.mutate();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field
        label={t('verify.codeLabel')}
        hint={t('verify.codeLead')}
        value={code}
        onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        className="figures tracking-widest"
      />
      <Failure error={enter.error ?? send.error} />
      <Button type="submit" large wide busy={enter.isPending}>
        {t('verify.confirm')}
      </Button>
      <Button kind="ghost" wide busy={send.isPending} onClick={() => send.mutate()}>
        {t('verify.codeAgain')}
      </Button>
    </form>
  );
}

function PasskeyStep({ path, onPassed }: StepProps) {
  const t = useSecurityText();
  const enter = useMutation({
    mutationFn: async () => {
      const { options } = await signed.post<{ options: unknown }>(`${path}/passkey-options`);
      const response = await startAuthentication({ optionsJSON: options as AuthenticationOptions });
      return signed.post<Verification>(`${path}/passkey`, { response });
    },
    onSuccess: onPassed,
  });
  return (
    <div className="flex flex-col gap-4">
      <Failure error={enter.isPending ? null : enter.error} />
      <Button large wide busy={enter.isPending} onClick={() => enter.mutate()}>
        <Fingerprint size={22} strokeWidth={1.75} aria-hidden="true" />
        {t('verify.passkey')}
      </Button>
    </div>
  );
}

function IdentityStep({ path, onPassed }: StepProps) {
  const t = useSecurityText();
  const enter = useMutation({
    mutationFn: (factors: Factors) => signed.post<Verification>(`${path}/identity`, factors),
    onSuccess: onPassed,
  });
  return (
    <div className="flex flex-col gap-4">
      <p className="text-16">{t('verify.identity')}</p>
      <IdentityForm
        busy={enter.isPending}
        error={enter.error}
        submit={t('verify.confirm')}
        onSubmit={enter.mutate}
      />
    </div>
  );
}

const nothing = { pin: { set: false, locked: false }, passkeys: [] };

/** Leads through what one verification asks for. */
export function VerifyPanel({ asking }: { asking: Asking }) {
  const t = useSecurityText();
  // What the person has matters only where a PIN or a passkey would do; a phone that waits is not told it.
  const choosing = asking.verification.accepts.flat().some((m) => m === 'pin' || m === 'passkey');
  const security = useQuery({ ...securityQuery, staleTime: 0, enabled: choosing });
  const has = choosing ? security.data : nothing;
  const [now, setNow] = useState(asking.verification);
  const [preferred, prefer] = useState<VerificationMethod | null>(null);
  const path = `/v1/wallet/verifications/${now.id}`;
  const passed = (next: Verification) => {
    setNow(next);
    if (next.satisfied) asking.settle(true);
  };
  const passkeysWork = browserSupportsWebAuthn();
  const step = has ? nextStep(now, has, passkeysWork, preferred) : null;
  const others = has ? openWays(now, has, passkeysWork).flat() : [];
  const switches = (['pin', 'passkey'] as const).filter((m) => m !== step && others.includes(m));
  const words = { locked: t('verify.locked'), nothing: t('verify.nothing') };
  return (
    <div className="flex flex-col gap-4 pb-2">
      <p className="text-14 text-muted">{t('verify.lead')}</p>
      {security.isError ? (
        <ErrorNotice error={security.error} onRetry={() => void security.refetch()} />
      ) : null}
      {step === null && !security.isError ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      {step === 'pin' ? <PinStep path={path} onPassed={passed} /> : null}
      {step === 'code' ? <CodeStep path={path} onPassed={passed} /> : null}
      {step === 'identity' ? <IdentityStep path={path} onPassed={passed} /> : null}
      {step === 'passkey' ? <PasskeyStep path={path} onPassed={passed} /> : null}
      {step === 'locked' || step === 'nothing' ? (
        <>
          <p role="status" className="rounded-card bg-amber-soft p-3 text-14 text-amber">
            {words[step]}
          </p>
          <Link
            to="/me/security"
            onClick={() => asking.settle(false)}
            className={buttonClass('primary', { wide: true, large: true })}
          >
            {t('verify.settings')}
          </Link>
        </>
      ) : null}
      {step === 'pin' || step === 'passkey'
        ? switches.map((method) => (
            <Button key={method} kind="ghost" wide onClick={() => prefer(method)}>
              {method === 'pin' ? t('verify.usePin') : t('verify.usePasskey')}
            </Button>
          ))
        : null}
      <Button kind="ghost" wide onClick={() => asking.settle(false)}>
        {t('verify.cancel')}
      </Button>
    </div>
  );
}

/** The panel in a sheet of its own, for screens that have none open. */
export function VerifySheet({ asking }: { asking: Asking }) {
  const t = useSecurityText();
  return (
    <Sheet open onClose={() => asking.settle(false)} title={t('verify.title')}>
      <VerifyPanel asking={asking} />
    </Sheet>
  );
}
