import { Button, ErrorNotice, Field, toast } from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { PageHead, Panel } from '../components/places.tsx';
import {
  type FieldProblem,
  type MerchantForm,
  merchantBody,
  merchantProblems,
} from '../model/merchant-form.ts';
import { merchantsQuery } from '../queries.ts';

const empty: MerchantForm = {
  name: '',
  name_en: '',
  mcc: '',
  city: '',
  licence: '',
  settlement_account: '',
  store_name: '',
};

const fields = [
  { key: 'name', label: 'name', hint: 'nameHint' },
  { key: 'name_en', label: 'nameEn', hint: 'nameEnHint' },
  { key: 'mcc', label: 'mcc', hint: 'mccHint', digits: true },
  { key: 'city', label: 'city', hint: 'cityHint' },
  { key: 'licence', label: 'licence' },
  { key: 'settlement_account', label: 'account', hint: 'accountHint', digits: true },
  { key: 'store_name', label: 'store' },
] as const satisfies readonly { key: keyof MerchantForm; label: string; hint?: string; digits?: boolean }[];

/** A new merchant, to be reviewed. */
export function NewMerchant() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [form, setForm] = useState(empty);
  const [tried, setTried] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  // One key for one intent: a second press after a lost answer creates no second merchant.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const problems = tried ? merchantProblems(form) : {};
  const say = (problem: FieldProblem | undefined) =>
    problem ? t(`create.${problem.word}`, { max: problem.max }) : undefined;
  const mutation = useMutation({
    mutationFn: () => api.createMerchant(merchantBody(form), key),
    onSuccess: async (merchant) => {
      toast(t('create.done', { name: merchant.name }));
      await queryClient.invalidateQueries({ queryKey: merchantsQuery.queryKey });
      await navigate({ to: '/merchants/$id', params: { id: merchant.id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const [first] = Object.keys(merchantProblems(form));
    if (first === undefined) mutation.mutate();
    else element.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  };
  const change = (field: keyof MerchantForm, value: string) => {
    setForm({ ...form, [field]: value });
    setKey(crypto.randomUUID());
  };
  return (
    <div className="max-w-2xl">
      <PageHead
        back={{ to: '/merchants', label: t('merchants.back') }}
        title={t('create.title')}
        lead={t('create.lead')}
      />
      <Panel>
        <form ref={element} onSubmit={submit} noValidate className="flex flex-col gap-5 pt-2">
          {fields.map((field) => (
            <Field
              key={field.key}
              name={field.key}
              label={t(`create.${field.label}`)}
              hint={'hint' in field ? t(`create.${field.hint}`) : undefined}
              error={say(problems[field.key])}
              value={form[field.key]}
              inputMode={'digits' in field ? 'numeric' : undefined}
              autoComplete="off"
              onChange={(event) => change(field.key, event.target.value)}
            />
          ))}
          {mutation.error ? <ErrorNotice error={mutation.error} /> : null}
          <div>
            <Button type="submit" busy={mutation.isPending}>
              {t('create.submit')}
            </Button>
          </div>
        </form>
      </Panel>
    </div>
  );
}
