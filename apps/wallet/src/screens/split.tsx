import { type Split, splitPeopleMax } from '@feiqian/contract';
import { Button, Field, formatMoney, IconButton, Segments, Switch, toast, useLanguage } from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import {
  AmountField,
  AskProblem,
  currency,
  digitsOf,
  isMobile,
  minorOf,
  PersonFields,
} from '../parts/ask-form.tsx';
import { useOnline } from '../parts/online.ts';
import { useRequestsText } from '../parts/requests-text.ts';
import { InnerPage, OfflineNote } from '../parts/tab-page.tsx';
import { receiptQuery } from '../queries.ts';
import { spentOf } from '../record.ts';
import { signed } from '../signed.ts';
import { sharesOf } from '../split.ts';

interface Person {
  id: number;
  mobile: string;
  name: string;
  amount: string;
}

/** Splits, once for what was filled in however often it is pressed. */
function useSplit() {
  const t = useRequestsText();
  const router = useRouter();
  const client = useQueryClient();
  const attempt = useRef({ text: '', key: '' });
  return useMutation({
    mutationFn: (body: object) => {
      const text = JSON.stringify(body);
      if (attempt.current.text !== text) attempt.current = { text, key: crypto.randomUUID() };
      const { key } = attempt.current;
      return signed.post<Split>('/v1/wallet/splits', body, { idempotencyKey: key });
    },
    onSuccess: (split) => {
      toast(t('sent'));
      client.setQueryData(['requests', 'splits', split.id], split);
      void client.invalidateQueries({ queryKey: ['requests'] });
      void router.navigate({ to: '/splits/$splitId', params: { splitId: split.id }, replace: true });
    },
  });
}

/** The people of a bill, as they are filled in. */
function usePeople() {
  const next = useRef(1);
  const [people, setPeople] = useState<Person[]>([{ id: 0, mobile: '', name: '', amount: '' }]);
  return {
    people,
    change: (id: number, change: Partial<Person>) =>
      setPeople((all) => all.map((p) => (p.id === id ? { ...p, ...change } : p))),
    remove: (id: number) => setPeople((all) => all.filter((p) => p.id !== id)),
    add() {
      const id = next.current++;
      setPeople((all) => [...all, { id, mobile: '', name: '', amount: '' }]);
    },
  };
}

type People = ReturnType<typeof usePeople>;

function PersonCard(props: { person: Person; n: number; part: number; given: boolean; people: People }) {
  const { person, n, part, given, people } = props;
  const t = useRequestsText();
  const language = useLanguage();
  return (
    <fieldset
      aria-label={t('person', { n })}
      className="flex min-w-0 flex-col gap-3 rounded-card border border-line bg-raised p-4"
    >
      <div className="flex min-h-11 items-center justify-between gap-2">
        <span className="font-semibold text-14">{t('person', { n })}</span>
        <span className="flex items-center gap-1">
          {given ? null : <span className="figures text-16">{formatMoney(part, currency, language)}</span>}
          {people.people.length > 1 ? (
            <IconButton label={t('remove', { n })} onClick={() => people.remove(person.id)}>
              <X size={18} strokeWidth={1.75} aria-hidden="true" />
            </IconButton>
          ) : null}
        </span>
      </div>
      <PersonFields
        mobile={person.mobile}
        name={person.name}
        onMobile={(mobile) => people.change(person.id, { mobile: digitsOf(mobile) })}
        onName={(name) => people.change(person.id, { name })}
      />
      {given ? (
        <Field
          label={t('part')}
          value={person.amount}
          inputMode="decimal"
          autoComplete="off"
          placeholder="0.00"
          className="figures"
          onChange={(event) =>
            people.change(person.id, { amount: event.target.value.replace(/[^\d.]/g, '') })
          }
        />
      ) : null}
    </fieldset>
  );
}

interface Bill {
  total: number;
  note: string;
  given: boolean;
  own: boolean;
  people: readonly Person[];
  paymentId: string | undefined;
}

const bodyOf = (bill: Bill) => ({
  total: bill.total,
  currency,
  own_part: bill.own,
  ...(bill.note ? { note: bill.note } : {}),
  ...(bill.paymentId ? { payment_id: bill.paymentId } : {}),
  people: bill.people.map((p) => ({
    mobile: p.mobile,
    ...(p.name.trim() ? { name: p.name.trim() } : {}),
    ...(bill.given ? { amount: minorOf(p.amount) } : {}),
  })),
});

/** What the others leave, or by how much the parts miss the total. */
function Balance(props: { shares: ReturnType<typeof sharesOf>; bill: Bill }) {
  const { shares, bill } = props;
  const t = useRequestsText();
  const language = useLanguage();
  const money = (minor: number) => formatMoney(minor, currency, language);
  if (bill.total === 0) return null;
  if (shares.difference === 0)
    return (
      <div role="status" className="flex flex-col gap-1 rounded-card bg-sunken p-4 text-14">
        {bill.own ? (
          <p className="flex justify-between gap-4">
            <span>{t('ownPart')}</span>
            <span className="figures">{money(shares.own)}</span>
          </p>
        ) : null}
        {bill.given ? null : <p className="text-muted">{t(bill.own ? 'rest' : 'restOthers')}</p>}
      </div>
    );
  const amount = money(Math.abs(shares.difference));
  const difference = t(shares.difference > 0 ? 'over' : 'under', { amount });
  return (
    <p role="status" className="rounded-card bg-amber-soft p-4 text-14 text-amber">
      {t('notExact', { difference })}
    </p>
  );
}

function SplitForm({ paymentId, known }: { paymentId?: string; known?: { total: number; note: string } }) {
  const t = useRequestsText();
  const online = useOnline();
  const [text, setText] = useState(known ? (known.total / 100).toFixed(2) : '');
  const [note, setNote] = useState(known?.note ?? '');
  const [how, setHow] = useState<'equal' | 'given'>('equal');
  const [own, setOwn] = useState(true);
  const people = usePeople();
  const split = useSplit();
  const given = how === 'given';
  const bill: Bill = {
    total: minorOf(text),
    note: note.trim(),
    given,
    own,
    people: people.people,
    paymentId,
  };
  const amounts = given ? bill.people.map((p) => minorOf(p.amount)) : null;
  const shares = sharesOf(bill.total, bill.people.length, amounts, own);
  const mobiles = new Set(bill.people.map((p) => p.mobile));
  const whole =
    bill.total > 0 &&
    shares.difference === 0 &&
    shares.parts.every((part) => part > 0) &&
    mobiles.size === bill.people.length &&
    [...mobiles].every(isMobile);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (whole && online) split.mutate(bodyOf(bill));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {paymentId ? <p className="text-14 text-muted">{t('fromPayment')}</p> : null}
      <AmountField label={t('total')} value={text} onChange={setText} />
      <Field
        label={t('note')}
        hint={t('noteHint')}
        value={note}
        maxLength={60}
        onChange={(event) => setNote(event.target.value)}
      />
      <Segments
        label={t('how')}
        value={how}
        options={(['equal', 'given'] as const).map((value) => ({ value, label: t(value) }))}
        onChange={setHow}
      />
      <Switch checked={own} onChange={setOwn} label={t('own')} />
      {people.people.map((person, i) => (
        <PersonCard
          key={person.id}
          person={person}
          n={i + 1}
          part={shares.parts[i] ?? 0}
          given={given}
          people={people}
        />
      ))}
      {people.people.length < splitPeopleMax ? (
        <Button
          kind="secondary"
          wide
          icon={<Plus size={18} strokeWidth={1.75} aria-hidden="true" />}
          onClick={people.add}
        >
          {t('add')}
        </Button>
      ) : null}
      <Balance shares={shares} bill={bill} />
      {split.isError && !split.isPending ? <AskProblem error={split.error} /> : null}
      <Button type="submit" large wide busy={split.isPending} disabled={!whole || !online}>
        {t('splitSend', { count: bill.people.length })}
      </Button>
    </form>
  );
}

/** Splits a bill, by itself or starting from a payment. */
export function SplitScreen() {
  const t = useRequestsText();
  const { payment } = useSearch({ from: '/signed-in/split' });
  const receipt = useQuery({ ...receiptQuery(payment ?? ''), enabled: payment !== undefined });
  const paid = receipt.data?.payment;
  const ready = payment === undefined || receipt.data !== undefined || receipt.isError;
  const known = paid ? { total: spentOf(paid), note: paid.merchant.name } : undefined;
  return (
    <InnerPage title={t('split')} fallback="/records">
      <OfflineNote />
      {ready ? <SplitForm paymentId={paid?.id} known={known} /> : null}
    </InnerPage>
  );
}
