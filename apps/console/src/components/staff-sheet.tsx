import type { MerchantView } from '@feiqian/contract';
import { Button, ErrorNotice, Field, SelectField, Sheet, useUiText } from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { type FieldProblem, staffProblems } from '../model/merchant-form.ts';
import { merchantsQuery } from '../queries.ts';

/** What is typed about a new member of staff. */
function useStaffForm(merchant: MerchantView) {
  const [name, setName] = useState('');
  const [pin, setPin] = useState('');
  const [role, setRole] = useState<'cashier' | 'supervisor'>('cashier');
  const [storeId, setStoreId] = useState(merchant.stores[0]?.id ?? '');
  return { name, setName, pin, setPin, role, setRole, storeId, setStoreId };
}

type StaffFormState = ReturnType<typeof useStaffForm>;

/** Stores the new one and finds the number the network gave. */
function useCreateStaff(merchant: MerchantView, form: StaffFormState) {
  const queryClient = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  return useMutation({
    mutationFn: async () => {
      const before = new Set(merchant.staff.map((one) => one.id));
      const body = { store_id: form.storeId, name: form.name.trim(), role: form.role, pin: form.pin };
      await api.createStaff(merchant.id, body, key);
      const all = await queryClient.fetchQuery({ ...merchantsQuery, staleTime: 0 });
      return all.find((one) => one.id === merchant.id)?.staff.find((one) => !before.has(one.id));
    },
  });
}

function StaffFields({
  merchant,
  form,
  tried,
}: {
  merchant: MerchantView;
  form: StaffFormState;
  tried: boolean;
}) {
  const { t } = useTranslation();
  const problems = tried ? staffProblems(form) : {};
  const say = (problem: FieldProblem | undefined) =>
    problem ? t(`create.${problem.word}`, { max: problem.max }) : undefined;
  return (
    <>
      <Field
        label={t('merchants.staffName')}
        value={form.name}
        error={say(problems.name)}
        autoComplete="off"
        onChange={(event) => form.setName(event.target.value)}
      />
      <SelectField
        label={t('merchants.staffStore')}
        value={form.storeId}
        onChange={(event) => form.setStoreId(event.target.value)}
        options={merchant.stores.map((store) => ({ value: store.id, label: store.name }))}
      />
      <SelectField
        label={t('merchants.staffRole')}
        value={form.role}
        onChange={(event) => form.setRole(event.target.value === 'supervisor' ? 'supervisor' : 'cashier')}
        options={(['cashier', 'supervisor'] as const).map((value) => ({
          value,
          label: t(`staffRole.${value}`),
        }))}
      />
      <Field
        label={t('merchants.staffPin')}
        hint={t('merchants.staffPinHint')}
        value={form.pin}
        error={say(problems.pin)}
        inputMode="numeric"
        maxLength={6}
        autoComplete="off"
        onChange={(event) => form.setPin(event.target.value.replace(/\D/g, ''))}
      />
    </>
  );
}

/** A new member of staff; the number they sign in with is shown when it is done. */
export function StaffSheet({ merchant, onClose }: { merchant: MerchantView; onClose: () => void }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const form = useStaffForm(merchant);
  const [tried, setTried] = useState(false);
  const mutation = useCreateStaff(merchant, form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(staffProblems(form)).length === 0) mutation.mutate();
  };
  const made = mutation.data;
  const actions = mutation.isSuccess ? (
    <Button compact onClick={onClose}>
      {ui('done')}
    </Button>
  ) : (
    <>
      <Button kind="secondary" compact onClick={onClose}>
        {ui('cancel')}
      </Button>
      <Button compact type="submit" form="new-staff" busy={mutation.isPending}>
        {t('merchants.addStaff')}
      </Button>
    </>
  );
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('merchants.addStaff')}
      dismissible={!mutation.isPending}
      actions={<div className="flex justify-end gap-2">{actions}</div>}
    >
      {mutation.isSuccess ? (
        <div role="status" className="flex flex-col gap-1 pb-2">
          <p className="text-16 text-ink">
            {t('merchants.staffCreated', { name: made?.name ?? form.name, number: made?.number ?? '—' })}
          </p>
          <p className="text-14 text-muted">{t('merchants.staffDone')}</p>
        </div>
      ) : (
        <form id="new-staff" onSubmit={submit} noValidate className="flex flex-col gap-4 pb-2">
          <StaffFields merchant={merchant} form={form} tried={tried} />
          {mutation.error ? <ErrorNotice error={mutation.error} /> : null}
        </form>
      )}
    </Sheet>
  );
}
