import type { MoneyRequest } from '@feiqian/contract';
import { Button, Field, formatMoney, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { AmountField, AskProblem, currency, isMobile, minorOf, PersonFields } from '../parts/ask-form.tsx';
import { useOnline } from '../parts/online.ts';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { signed } from '../signed.ts';

/** Asks, once for what was filled in however often it is pressed. */
function useAsk() {
  const t = useRequestsText();
  const router = useRouter();
  const client = useQueryClient();
  const attempt = useRef({ text: '', key: '' });
  return useMutation({
    mutationFn: (body: object) => {
      const text = JSON.stringify(body);
      if (attempt.current.text !== text) attempt.current = { text, key: crypto.randomUUID() };
      const { key } = attempt.current;
      return signed.post<MoneyRequest>('/v1/wallet/requests', body, { idempotencyKey: key });
    },
    onSuccess: (request) => {
      toast(t('sent'));
      client.setQueryData(['requests', request.id], request);
      void client.invalidateQueries({ queryKey: ['requests'] });
      void router.navigate({ to: '/requests/$requestId', params: { requestId: request.id }, replace: true });
    },
  });
}

/** Asks somebody for money, by mobile number. */
export function AskScreen() {
  const t = useRequestsText();
  const language = useLanguage();
  const online = useOnline();
  const [mobile, setMobile] = useState('');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  const ask = useAsk();
  const amount = minorOf(text);
  const whole = isMobile(mobile) && amount > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!whole || !online) return;
    const called = name.trim();
    const what = note.trim();
    ask.mutate({
      mobile,
      amount,
      currency,
      ...(called ? { name: called } : {}),
      ...(what ? { note: what } : {}),
    });
  };
  return (
    <InnerPage title={t('ask')} fallback="/transfers">
      <OfflineNote />
      <form onSubmit={submit} className="flex flex-col gap-4">
        <AmountField label={t('amount')} value={text} onChange={setText} />
        <PersonFields mobile={mobile} name={name} onMobile={setMobile} onName={setName} />
        <Field
          label={t('note')}
          hint={t('noteHint')}
          value={note}
          maxLength={60}
          onChange={(event) => setNote(event.target.value)}
        />
        <p className="text-14 text-muted">{t('uniform')}</p>
        {ask.isError && !ask.isPending ? <AskProblem error={ask.error} /> : null}
        <Button type="submit" large wide busy={ask.isPending} disabled={!whole || !online}>
          {t('send', { amount: formatMoney(amount, currency, language) })}
        </Button>
      </form>
    </InnerPage>
  );
}
