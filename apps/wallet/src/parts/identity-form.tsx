import { ApiError, Button, ErrorNotice, Field } from '@feiqian/ui';
import { type FormEvent, useState } from 'react';
import { useIdentityText } from './identity-text.ts';

/** What is compared with the banks' records, besides the account's own number. */
export interface Factors {
  name: string;
  identity_number: string;
}

interface Props {
  busy: boolean;
  error: unknown;
  submit: string;
  onSubmit: (factors: Factors) => void;
}

function Refusal({ error }: { error: unknown }) {
  const t = useIdentityText();
  if (!error) return null;
  const code = error instanceof ApiError ? error.code : '';
  if (code !== 'identity_refused' && code !== 'too_many_attempts')
    return <ErrorNotice error={error} title={t('name.failed')} />;
  return (
    <p role="alert" className="text-14 text-rose">
      {code === 'identity_refused' ? t('name.refused') : t('name.tooMany')}
    </p>
  );
}

/** Asks for name and document number. */
export function IdentityForm({ busy, error, submit, onSubmit }: Props) {
  const t = useIdentityText();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [tried, setTried] = useState(false);
  const nameWrong = name.trim() === '';
  const numberWrong = !/^\d{17}[\dX]$/.test(number);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nameWrong && !numberWrong) onSubmit({ name: name.trim(), identity_number: number });
  };
  return (
    <form onSubmit={send} noValidate className="flex flex-col gap-4">
      <Field
        label={t('name.name')}
        error={tried && nameWrong ? t('name.nameWrong') : ''}
        value={name}
        onChange={(event) => setName(event.target.value)}
        autoComplete="name"
        maxLength={60}
      />
      <Field
        label={t('name.number')}
        hint={t('name.numberHint')}
        error={tried && numberWrong ? t('name.numberWrong') : ''}
        value={number}
        onChange={(event) => setNumber(event.target.value.toUpperCase().replace(/[^0-9X]/g, ''))}
        autoComplete="off"
        maxLength={18}
        className="figures"
      />
      <Refusal error={error} />
      <Button type="submit" large wide busy={busy}>
        {submit}
      </Button>
    </form>
  );
}
