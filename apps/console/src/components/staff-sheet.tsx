import type { MerchantView } from '@feiqian/contract';
import { Button, ErrorNotice, Field, SelectField, Sheet, useUiText } from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { type FieldProblem, staffProblems } from '../model/merchant-form.ts';
import { merchantsQuery } from '../queries.ts';

/** A new member of staff; the number they sign in with is shown when it is done. */
export function StaffSheet({ merchant, onClose }: { merchant: MerchantView; onClose: () => void }) {
  const { t } = useTranslation();
  const ui = useUiText();
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [pin, setPin] = useState('');
  const [role, setRole] = useState<'cashier' | 'supervisor'>('cashier');
  const [storeId, setStoreId] = useState(merchant.stores[0]?.id ?? '');
  const [tried, setTried] = useState(false);
  const [key] = useState(() => crypto.randomUUID());
  const problems = tried ? staffProblems({ name, pin }) : {};
  const say = (problem: FieldProblem | undefined) =>
    problem ? t(`create.${problem.word}`, { max: problem.max }) : undefined;
  const mutation = useMutation({
    mutationFn: async () => {
      const before = new Set(merchant.staff.map((one) => one.id));
      await api.createStaff(merchant.id, { store_id: storeId, name: name.trim(), role, pin }, key);
      await queryClient.invalidateQueries({ queryKey: merchantsQuery.queryKey });
      const all = await queryClient.ensureQueryData(merchantsQuery);
      return all.find((one) => one.id === merchant.id)?.staff.find((one) => !before.has(one.id));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(staffProblems({ name, pin })).length === 0) mutation.mutate();
  };
  const made = mutation.data;
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('merchants.addStaff')}
      dismissible={!mutation.isPending}
      actions={
        <div className="flex justify-end gap-2">
          {mutation.isSuccess ? (
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
          )}
        </div>
      }
    >
      {mutation.isSuccess ? (
        <div role="status" className="flex flex-col gap-1 pb-2">
          <p className="text-16 text-ink">
            {t('merchants.staffCreated', { name: made?.name ?? name, number: made?.number ?? '—' })}
          </p>
          <p className="text-14 text-muted">{t('merchants.staffDone')}</p>
        </div>
      ) : (
        <form id="new-staff" onSubmit={submit} noValidate className="flex flex-col gap-4 pb-2">
          <Field
            label={t('merchants.staffName')}
            value={name}
            error={say(problems.name)}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField
            label={t('merchants.staffStore')}
            value={storeId}
            onChange={(event) => setStoreId(event.target.value)}
            options={merchant.stores.map((store) => ({ value: store.id, label: store.name }))}
          />
          <SelectField
            label={t('merchants.staffRole')}
            value={role}
            onChange={(event) => setRole(event.target.value === 'supervisor' ? 'supervisor' : 'cashier')}
            options={(['cashier', 'supervisor'] as const).map((value) => ({
              value,
              label: t(`staffRole.${value}`),
            }))}
          />
          <Field
            label={t('merchants.staffPin')}
            hint={t('merchants.staffPinHint')}
            value={pin}
            error={say(problems.pin)}
            inputMode="numeric"
            maxLength={6}
            autoComplete="off"
            onChange={(event) => setPin(event.target.value.replace(/\D/g, ''))}
          />
          {mutation.error ? <ErrorNotice error={mutation.error} /> : null}
        </form>
      )}
    </Sheet>
  );
}
