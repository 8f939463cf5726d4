import {
  ApiError,
  Badge,
  Button,
  ErrorNotice,
  Field,
  LanguageSwitcher,
  List,
  ListRow,
  PinPad,
  Spinner,
  Wordmark,
} from '@feiqian/ui';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { network } from '../api.ts';
import { session, signIn } from '../session.ts';
import { useStore } from '../store.ts';

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
            <SandboxStaff onChoose={enter} />
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

/** The sandbox's own staff; outside the sandbox there is no such list and nothing is shown. */
function SandboxStaff({ onChoose }: { onChoose: (number: string, pin: string) => void }) {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['sandbox'],
    queryFn: network.sandbox,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data || data.tills.length === 0) return null;
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold text-16">{t('signIn.sandbox')}</h2>
      <p className="text-14 text-muted">{t('signIn.sandboxLead')}</p>
      <List>
        {data.tills.map((till) => (
          <ListRow
            key={till.staff_number}
            title={till.merchant}
            detail={`${till.name} · ${till.staff_number}`}
            trailing={
              <Badge tone={till.role === 'supervisor' ? 'azure' : 'plain'}>
                {t(till.role === 'supervisor' ? 'role.supervisor' : 'role.cashier')}
              </Badge>
            }
            onClick={() => onChoose(till.staff_number, till.pin)}
            chevron
          />
        ))}
      </List>
    </section>
  );
}
