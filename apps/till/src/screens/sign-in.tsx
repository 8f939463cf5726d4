import {
  ApiError,
  Button,
  ErrorNotice,
  Field,
  LanguageSwitcher,
  PinPad,
  Spinner,
  Wordmark,
} from '@feiqian/ui';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session, signIn } from '../session.ts';
import { useStore } from '../store.ts';

const SandboxStaff = lazy(() => import('../components/sandbox-staff.tsx'));

type Working = 'idle' | 'working' | { failed: unknown };

/** Number first, then the PIN; in the sandbox one tap does both. */
export default function SignInScreen() {
  const { t } = useTranslation();
  const { ended } = useStore(session);
  const [number, setNumber] = useState('');
  const [step, setStep] = useState<'number' | 'pin'>('number');
  const [working, setWorking] = useState<Working>('idle');

  const enter = async (staffNumber: string, pin: string) => {
    setWorking('working');
    try {
      await signIn(staffNumber, pin);
    } catch (failed) {
      setWorking({ failed });
    }
  };

  return (
    <div className="flex min-h-dvh flex-col bg-ground">
      <header className="mx-auto flex w-full max-w-md items-center justify-between gap-3 px-4 pt-[max(16px,env(safe-area-inset-top))]">
        <Wordmark name={t('name')} suffix={t('suffix')} />
        <div className="w-44">
          <LanguageSwitcher />
        </div>
      </header>
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col gap-6 px-4 py-8">
        <div className="flex flex-col gap-1">
          <h1 className="font-semibold text-28" tabIndex={-1}>
            {step === 'pin' ? t('signIn.pinTitle') : t('signIn.title')}
          </h1>
          <p className="text-16 text-muted">
            {step === 'pin' ? t('signIn.pinFor', { number }) : t('signIn.lead')}
          </p>
        </div>
        {ended && working === 'idle' ? (
          <p role="status" className="rounded-card border border-line bg-raised p-4 text-14">
            {t('signIn.ended')}
          </p>
        ) : null}
        {typeof working === 'object' ? <Failure error={working.failed} /> : null}
        {working === 'working' ? (
          <p role="status" className="flex min-h-40 items-center justify-center gap-3 text-16">
            <Spinner /> {t('signIn.working')}
          </p>
        ) : step === 'number' ? (
          <>
            <NumberForm number={number} onNumber={setNumber} onDone={() => setStep('pin')} />
            <Suspense>
              <SandboxStaff onChoose={enter} />
            </Suspense>
          </>
        ) : (
          <>
            <PinPad onComplete={(pin) => void enter(number, pin)} hardware />
            <Button
              kind="ghost"
              onClick={() => {
                setWorking('idle');
                setStep('number');
              }}
            >
              {t('signIn.change')}
            </Button>
          </>
        )}
      </main>
    </div>
  );
}

function Failure({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const code = error instanceof ApiError ? error.code : '';
  if (code === 'wrong_code' || code === 'unauthenticated')
    return <ErrorNotice title={t('signIn.wrong')} detail="" />;
  if (code === 'too_many_attempts' || code === 'too_many_requests') {
    return <ErrorNotice title={t('signIn.tooMany')} detail="" />;
  }
  return <ErrorNotice error={error} />;
}

interface NumberFormProps {
  number: string;
  onNumber: (number: string) => void;
  onDone: () => void;
}

function NumberForm({ number, onNumber, onDone }: NumberFormProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const good = /^[0-9]{4,10}$/.test(number);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (good) onDone();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Field
        label={t('signIn.number')}
        hint={t('signIn.numberHint')}
        error={asked && !good ? t('signIn.numberWrong') : undefined}
        value={number}
        onChange={(event) => onNumber(event.target.value.replace(/\D/g, '').slice(0, 10))}
        inputMode="numeric"
        autoComplete="username"
        className="figures text-20"
        autoFocus
      />
      <Button type="submit" wide large>
        {t('signIn.next')}
      </Button>
    </form>
  );
}
