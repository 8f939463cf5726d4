import { Field } from '@feiqian/ui';
import { useSession } from '../session.ts';
import { useCreditText } from './credit-text.ts';

export interface Identity {
  name: string;
  document: string;
}

const documentForm = /^[0-9]{17}[0-9X]$/;
export const isDocument = (text: string): boolean => documentForm.test(text);

/** Name and document, with the mobile number that was verified at sign-in. */
export function IdentityFields({
  value,
  onChange,
  checked,
}: {
  value: Identity;
  onChange: (next: Identity) => void;
  checked: boolean;
}) {
  const t = useCreditText();
  const session = useSession();
  return (
    <>
      <Field
        label={t('name')}
        autoComplete="name"
        maxLength={60}
        value={value.name}
        onChange={(event) => onChange({ ...value, name: event.target.value })}
      />
      <Field
        label={t('document')}
        inputMode="text"
        autoComplete="off"
        maxLength={18}
        value={value.document}
        error={checked && !isDocument(value.document) ? t('documentWrong') : undefined}
        onChange={(event) => onChange({ ...value, document: event.target.value.toUpperCase().trim() })}
      />
      <Field label={t('mobile')} value={session?.user.mobile ?? ''} readOnly disabled />
    </>
  );
}
