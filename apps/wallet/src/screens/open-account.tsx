import type { AccountList, Opening } from '@feiqian/contract';
import {
  Button,
  buttonClass,
  EmptyState,
  ErrorNotice,
  Field,
  formatTime,
  ResultTick,
  Section,
  Segments,
  SelectField,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { accountsQuery } from '../account-queries.ts';
import { api } from '../client.ts';
import { classesQuery, messagesQuery } from '../credit-queries.ts';
import { bankName } from '../parts/bank-name.ts';
import { useCreditText } from '../parts/credit-text.ts';
import { LimitBreach } from '../parts/limit-breach.tsx';
import { LimitList } from '../parts/limit-list.tsx';
import { NeedsIdentity } from '../parts/needs-identity.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { VerifiedIdentity, WhenVerified } from '../parts/verified-identity.tsx';
import { signed } from '../signed.ts';

type Remote = Opening['class'];
const bankCodeForm = /^[0-9]{6}$/;

/** Cards on this device that are of a Class I account. */
function classOneCards(accounts: AccountList | undefined) {
  return (accounts?.data ?? [])
    .filter((a) => a.kind === 'class_1' && a.status === 'open')
    .flatMap((a) => a.card_ids.map((id) => ({ id, bank: a.bank, last4: a.last4 })));
}

function NoCard() {
  const t = useCreditText();
  const action = (
    <Link to="/bind" className={buttonClass('primary')}>
      {t('next')}
    </Link>
  );
  return <EmptyState title={t('noDebit')} action={action} />;
}

function useBanks() {
  return useQuery({
    queryKey: ['banks'],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: Opening['bank'][] }>('/v1/wallet/banks', { signal })).data,
  });
}

/** What a class of account is for, and the rules that hold for it now. */
function Rules({ kind }: { kind: Remote }) {
  const t = useCreditText();
  const { data } = useQuery(classesQuery);
  const table = data?.data.find((one) => one.effective_from === data.in_force);
  const rules = table?.classes.find((c) => c.class === kind);
  return (
    <div>
      <p className="text-14">{t(`classLead.${kind}`)}</p>
      {rules && table ? (
        <>
          <LimitList limits={rules.limits} />
          <p className="mt-1 text-12 text-muted">
            {t('rulesSince', { day: table.effective_from, count: rules.accounts_max })}
          </p>
        </>
      ) : null}
    </div>
  );
}

function Choose({ onStarted }: { onStarted: (opening: Opening) => void }) {
  const t = useCreditText();
  const language = useLanguage();
  const accounts = useQuery(accountsQuery);
  const banks = useBanks();
  const cards = classOneCards(accounts.data);
  const [bank, setBank] = useState('');
  const [kind, setKind] = useState<Remote>('class_2');
  const [card, setCard] = useState('');
  const key = useRef(crypto.randomUUID());
  const cardId = card || cards[0]?.id;
  const bankId = bank || banks.data?.[0]?.id;
  const start = useMutation({
    mutationFn: () =>
      signed.post<Opening>(
        '/v1/wallet/account-openings',
        {
          bank_id: bankId,
          class: kind,
          card_id: cardId,
        },
        { idempotencyKey: key.current },
      ),
    onSuccess: onStarted,
    onError: () => {
      key.current = crypto.randomUUID();
    },
  });
  if (accounts.data && cards.length === 0) return <NoCard />;
  const good = bankId && cardId;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (good && !start.isPending) start.mutate();
      }}
    >
      <p className="text-14 text-muted">{t('openLead')}</p>
      <SelectField
        label={t('chooseBank')}
        value={bankId ?? ''}
        options={(banks.data ?? []).map((b) => ({ value: b.id, label: bankName(b, language) }))}
        onChange={(event) => setBank(event.target.value)}
      />
      <Segments
        label={t('chooseClass')}
        value={kind}
        options={(['class_2', 'class_3'] as const).map((value) => ({ value, label: t(`classes.${value}`) }))}
        onChange={setKind}
      />
      <Rules kind={kind} />
      <SelectField
        label={t('chooseCard')}
        value={cardId ?? ''}
        options={cards.map((c) => ({ value: c.id, label: `${bankName(c.bank, language)} ${c.last4}` }))}
        onChange={(event) => setCard(event.target.value)}
      />
      <VerifiedIdentity />
      {start.isError ? (
        <>
          <ErrorNotice error={start.error} assurance={t('openFailed')} />
          <LimitBreach error={start.error} />
          <NeedsIdentity error={start.error} />
        </>
      ) : null}
      <Button type="submit" wide large busy={start.isPending}>
        {t('sendCode')}
      </Button>
    </form>
  );
}

/** What the sandbox's banks have sent, so that a newcomer sees the code. */
function SandboxInbox() {
  const t = useCreditText();
  const language = useLanguage();
  const { data } = useQuery(messagesQuery);
  if (!data) return null;
  return (
    <Section title={t('sandboxInbox')}>
      {data.length === 0 ? <p className="text-14 text-muted">{t('sandboxEmpty')}</p> : null}
      <ul className="flex flex-col gap-2">
        {data.slice(0, 3).map((m) => (
          <li key={`${m.at} ${m.text}`} className="rounded-card bg-sunken px-4 py-3 text-14">
            <span className="block">{m.text}</span>
            <span className="text-12 text-muted">
              {bankName(m.bank, language)} · {formatTime(m.at, 'seconds', language)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Confirm({ opening, onOpened }: { opening: Opening; onOpened: (opening: Opening) => void }) {
  const t = useCreditText();
  const language = useLanguage();
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const [checked, setChecked] = useState(false);
  const confirm = useMutation({
    mutationFn: () => signed.post<Opening>(`/v1/wallet/account-openings/${opening.id}/confirm`, { code }),
    onSuccess: async (done) => {
      for (const key of ['accounts', 'cards']) await client.invalidateQueries({ queryKey: [key] });
      onOpened(done);
    },
  });
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (bankCodeForm.test(code) && !confirm.isPending) confirm.mutate();
      }}
    >
      <p className="text-14 text-muted">
        {t('codeLead', { bank: bankName(opening.verified_by.bank, language) })}
      </p>
      <Field
        label={t('code')}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        value={code}
        error={checked && !bankCodeForm.test(code) ? t('codeWrong') : undefined}
        onChange={(event) => setCode(event.target.value.trim())}
      />
      {confirm.isError ? (
        <>
          <ErrorNotice error={confirm.error} assurance={t('openFailed')} />
          <LimitBreach error={confirm.error} />
        </>
      ) : null}
      <Button type="submit" wide large busy={confirm.isPending}>
        {t('confirm')}
      </Button>
      <SandboxInbox />
    </form>
  );
}

function Opened({ opening }: { opening: Opening }) {
  const t = useCreditText();
  const language = useLanguage();
  const words = { bank: bankName(opening.bank, language), class: t(`classes.${opening.class}`) };
  return (
    <div className="flex flex-col items-center gap-3 py-8 text-center">
      <ResultTick kind="paid" />
      <h2 className="font-semibold text-20">{t('opened')}</h2>
      <p className="text-14 text-muted">{t(opening.card_id ? 'openedLead' : 'openedNoCard', words)}</p>
      {opening.account_id ? (
        <Link
          to="/accounts/$accountId"
          params={{ accountId: opening.account_id }}
          className={buttonClass('primary')}
        >
          {t('toAccount')}
        </Link>
      ) : null}
    </div>
  );
}

/** Opening a Class II or III account: what and where, the code, done. */
export function OpenAccountScreen() {
  const t = useCreditText();
  const [opening, setOpening] = useState<Opening | null>(null);
  const done = opening?.state === 'opened';
  const title = done ? t('opened') : opening ? t('stepCode') : t('open');
  return (
    <InnerPage title={title} fallback="/accounts">
      {opening === null ? (
        <WhenVerified>
          <Choose onStarted={setOpening} />
        </WhenVerified>
      ) : null}
      {opening && !done ? <Confirm opening={opening} onOpened={setOpening} /> : null}
      {opening && done ? <Opened opening={opening} /> : null}
    </InnerPage>
  );
}
