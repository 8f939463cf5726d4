import type { CardDiscovery, IssuingBank } from '@feiqian/contract';
import {
  Button,
  bankFaceClass,
  Checkbox,
  cx,
  ErrorNotice,
  List,
  Section,
  Skeleton,
  useLanguage,
} from '@feiqian/ui';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bankOfNumber, standingOf } from '../card-number.ts';
import { banksQuery } from '../queries.ts';
import { signed } from '../signed.ts';
import { bankName } from './bank-name.ts';
import { CardNumberField, useCardNumberText } from './card-number-field.tsx';
import { InnerPage } from './tab-page.tsx';

/** What was found, and the last digits of the one card that was asked for by its number. */
export type OnFound = (found: CardDiscovery, wanted: string | null) => void;

/** Banks are asked one after another in the worst case, so this may take longer than other requests. */
export const discoveryMsMax = 30_000;

/** Asks banks for this person's cards; with a number, for the one that ends as it does. */
function useDiscovery(digits: string, onFound: OnFound) {
  const { t } = useTranslation();
  const tell = useCardNumberText();
  const language = useLanguage();
  const [missing, setMissing] = useState<string | null>(null);
  const discover = useMutation({
    mutationFn: (ids: string[]) =>
      signed.post<CardDiscovery>(
        '/v1/wallet/card-discoveries',
        { bank_ids: ids, consent: true },
        { timeoutMs: discoveryMsMax },
      ),
    onSuccess: (found) => {
      const last4 = digits.slice(-4);
      const [only] = found.banks;
      if (digits === '') onFound(found, null);
      else if (only?.cards.some((card) => card.last4 === last4)) onFound(found, last4);
      else if (only?.status === 'unavailable') setMissing(t('bind.unavailable'));
      else setMissing(tell('notYours', { bank: only ? bankName(only.bank, language) : '', last4 }));
    },
  });
  return { discover, missing, forget: () => setMissing(null) };
}

interface BankChoiceProps {
  banks: readonly IssuingBank[];
  picked: ReadonlySet<string>;
  disabled: boolean;
  onPick: (picked: ReadonlySet<string>) => void;
}

function BankChoice({ banks, picked, disabled, onPick }: BankChoiceProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const toggle = (id: string, on: boolean) => {
    const next = new Set(picked);
    if (on) next.add(id);
    else next.delete(id);
    onPick(next);
  };
  const everything = picked.size === banks.length;
  const all = () => onPick(everything ? new Set() : new Set(banks.map((b) => b.id)));
  return (
    <Section
      title={t('bind.stepBanks')}
      action={
        banks.length > 1 ? (
          <Button kind="ghost" className="text-14" onClick={all}>
            {everything ? t('bind.none') : t('bind.all')}
          </Button>
        ) : null
      }
    >
      <p className="text-14 text-muted">{t('bind.banksLead')}</p>
      {banks.length > 0 ? (
        <List label={t('bind.stepBanks')}>
          {banks.map((bank) => (
            <div key={bank.id} className="flex items-center gap-3 px-4 py-1">
              <span
                aria-hidden="true"
                className={cx('h-8 w-12 shrink-0 rounded-small', bankFaceClass(bank.id))}
              />
              <Checkbox
                checked={picked.has(bank.id)}
                onChange={(on) => toggle(bank.id, on)}
                disabled={disabled}
                label={bankName(bank, language)}
              />
            </div>
          ))}
        </List>
      ) : null}
    </Section>
  );
}

/** The first step of binding: which banks to ask, or the number of one card. */
export function BankStep({ onFound }: { onFound: OnFound }) {
  const { t } = useTranslation();
  const [digits, setDigits] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const [consent, setConsent] = useState(false);
  const { discover, missing, forget } = useDiscovery(digits, onFound);
  const banks = useQuery(banksQuery);
  const all = banks.data ?? [];
  const numbered = bankOfNumber(all, digits)?.bank;
  const listed = chosen ?? new Set(all.map((bank) => bank.id));
  const fit = digits === '' || standingOf(all, digits) === 'fit';
  const asked = digits === '' ? [...listed] : numbered ? [numbered.id] : [];

  return (
    <InnerPage
      title={t('bind.title')}
      fallback="/cards"
      foot={
        <div className="flex flex-col gap-2">
          <Checkbox
            checked={consent}
            onChange={setConsent}
            label={<span className="text-14">{t('bind.consent')}</span>}
          />
          <Button
            large
            wide
            busy={discover.isPending}
            disabled={!consent || !fit || asked.length === 0}
            onClick={() => discover.mutate(asked)}
          >
            {discover.isPending ? t('bind.finding') : t('bind.find')}
          </Button>
        </div>
      }
    >
      <div hidden={digits !== ''}>
        <BankChoice banks={all} picked={listed} disabled={discover.isPending} onPick={setChosen} />
      </div>
      {banks.isError ? (
        <ErrorNotice error={banks.error} assurance={t('loadFailed')} onRetry={() => void banks.refetch()} />
      ) : null}
      {banks.isPending ? <Skeleton className="h-40 w-full rounded-card" /> : null}
      <div className="mt-6 flex flex-col gap-2">
        <CardNumberField
          banks={all}
          digits={digits}
          disabled={discover.isPending}
          onDigits={(typed) => {
            setDigits(typed);
            forget();
          }}
        />
        <p role="status" className="text-14 text-rose">
          {missing}
        </p>
        {discover.isError ? <ErrorNotice error={discover.error} title={t('bind.failed')} /> : null}
      </div>
    </InnerPage>
  );
}
