import { Button, ErrorNotice, Field, Sheet, useUiText } from '@feiqian/ui';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface ConfirmSheetProps {
  open: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, what will not, and whether it can be undone. */
  detail: string;
  /** What has to be typed. */
  word: string;
  act: string;
  onConfirm: () => Promise<unknown>;
}

/** A dangerous act: it is done only after its object has been typed by name. */
export function ConfirmSheet({ open, onClose, title, detail, word, act, onConfirm }: ConfirmSheetProps) {
  const { t } = useTranslation();
  const ui = useUiText();
  const [typed, setTyped] = useState('');
  const leave = () => {
    setTyped('');
    mutation.reset();
    onClose();
  };
  const mutation = useMutation({ mutationFn: onConfirm, onSuccess: leave });
  const ready = typed.trim() === word;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) mutation.mutate();
  };
  return (
    <Sheet
      open={open}
      onClose={leave}
      title={title}
      description={detail}
      dismissible={!mutation.isPending}
      actions={
        <div className="flex justify-end gap-2">
          <Button kind="secondary" compact onClick={leave} disabled={mutation.isPending}>
            {ui('cancel')}
          </Button>
          <Button
            kind="danger"
            compact
            type="submit"
            form="confirm-act"
            disabled={!ready}
            busy={mutation.isPending}
          >
            {act}
          </Button>
        </div>
      }
    >
      <form id="confirm-act" onSubmit={submit} className="flex flex-col gap-4 pb-2">
        <Field
          label={t('confirm.type', { word })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
        {mutation.error ? <ErrorNotice error={mutation.error} /> : null}
      </form>
    </Sheet>
  );
}
