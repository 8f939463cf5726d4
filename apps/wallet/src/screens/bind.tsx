import type { BindCards, BindResult, CardDiscovery } from '@feiqian/contract';
import {
  Badge,
  Button,
  bankFaceClass,
  buttonClass,
  CardTail,
  Checkbox,
  cx,
  EmptyState,
  ErrorNotice,
  List,
  Section,
  useLanguage,
  useUiText,
} from '@feiqian/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { bankName, productName } from '../parts/bank-name.ts';
import { BankStep, discoveryMsMax, type OnFound } from '../parts/bank-step.tsx';
import { InnerPage } from '../parts/tab-page.tsx';
import { signed } from '../signed.ts';

/** Cards that one binding takes at the most; the network's own limit. */
const bindMax = 10;

type Found = CardDiscovery['banks'][number];
type FoundCard = Found['cards'][number];
const keyOf = (bank: Found, card: FoundCard) => `${bank.bank.id} ${card.ref}`;

interface FoundBankProps {
  found: Found;
  chosen: ReadonlySet<string>;
  onToggle: (key: string, on: boolean) => void;
  full: boolean;
}

function FoundBank({ found, chosen, onToggle, full }: FoundBankProps) {
  const { t } = useTranslation();
  const ui = useUiText();
  const language = useLanguage();
  const nothing = found.status === 'unavailable' ? t('bind.unavailable') : t('bind.noCustomer');
  return (
    <List label={bankName(found.bank, language)}>
      <p className="flex items-center gap-3 px-4 py-3 font-semibold text-16">
        <span aria-hidden="true" className={cx('h-5 w-8 rounded-[4px]', bankFaceClass(found.bank.id))} />
        {bankName(found.bank, language)}
      </p>
      {found.cards.length === 0 ? <p className="px-4 py-3 text-14 text-muted">{nothing}</p> : null}
      {found.cards.map((card) => {
        const key = keyOf(found, card);
        return (
          <div key={key} className="px-4">
            <Checkbox
              checked={card.bound || chosen.has(key)}
              disabled={card.bound || (full && !chosen.has(key))}
              onChange={(on) => onToggle(key, on)}
              label={
                <span className="flex items-center justify-between gap-2">
                  <span className="truncate">{productName(card, language)}</span>
                  <CardTail tail={card.last4} />
                </span>
              }
              detail={card.bound ? t('bind.alreadyBound') : ui(`card.${card.kind}`)}
            />
          </div>
        );
      })}
    </List>
  );
}

interface CardStepProps {
  found: CardDiscovery;
  /** Last digits of the one card that was asked for; null when all are meant. */
  wanted: string | null;
  onBound: (result: BindResult) => void;
  onBack: () => void;
}

function CardStep({ found, wanted, onBound, onBack }: CardStepProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const free = found.banks.flatMap((bank) =>
    bank.cards
      .filter((card) => !card.bound && (wanted === null || card.last4 === wanted))
      .map((card) => keyOf(bank, card)),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(free.slice(0, bindMax)));
  const bind = useMutation({
    mutationFn: () => {
      const cards = [...chosen].map((key) => {
        const cut = key.indexOf(' ');
        return { bank_id: key.slice(0, cut), ref: key.slice(cut + 1) };
      });
      const body: BindCards = { discovery_id: found.id, cards };
      return signed.post<BindResult>('/v1/wallet/cards', body, { timeoutMs: discoveryMsMax });
    },
    onSuccess: async (result) => {
      await client.invalidateQueries({ queryKey: ['cards'] });
      onBound(result);
    },
  });
  const toggle = (key: string, on: boolean) => {
    const next = new Set(chosen);
    if (on && next.size < bindMax) next.add(key);
    else next.delete(key);
    setChosen(next);
  };
  const none = found.banks.every((bank) => bank.cards.length === 0);

  return (
    <InnerPage
      title={t('bind.title')}
      foot={
        <div className="flex flex-col gap-2">
          {none ? null : (
            <Button
              large
              wide
              busy={bind.isPending}
              disabled={chosen.size === 0}
              onClick={() => bind.mutate()}
            >
              {chosen.size === 0 ? t('bind.bindNone') : t('bind.bindButton', { count: chosen.size })}
            </Button>
          )}
          <Button kind="ghost" wide disabled={bind.isPending} onClick={onBack}>
            {t('bind.back')}
          </Button>
        </div>
      }
    >
      <Section title={t('bind.stepCards')}>
        {none ? <EmptyState title={t('bind.noneFound')} detail={t('bind.noneFoundDetail')} /> : null}
        {none ? null : (
          <p aria-live="polite" className="text-14 text-muted">
            {t('bind.cardsLead', { max: bindMax, count: chosen.size })}
          </p>
        )}
        {found.banks.map((bank) => (
          <FoundBank
            key={bank.bank.id}
            found={bank}
            chosen={chosen}
            onToggle={toggle}
            full={chosen.size >= bindMax}
          />
        ))}
        {bind.isError ? <ErrorNotice error={bind.error} title={t('bind.failed')} /> : null}
      </Section>
    </InnerPage>
  );
}

function DoneStep({
  found,
  result,
  onMore,
}: {
  found: CardDiscovery;
  result: BindResult;
  onMore: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { pay } = useSearch({ from: '/signed-in/bind' });
  const finish = buttonClass('primary', { wide: true, large: true });
  const bound = result.results.filter((one) => one.status === 'bound').length;
  const cardOf = (bankId: string, ref: string) =>
    found.banks.find((bank) => bank.bank.id === bankId)?.cards.find((card) => card.ref === ref);
  const bankOf = (bankId: string) => found.banks.find((bank) => bank.bank.id === bankId)?.bank;

  return (
    <InnerPage
      title={t('bind.stepDone')}
      foot={
        <div className="flex flex-col gap-2">
          {pay ? (
            <Link to="/pay/$paymentId" params={{ paymentId: pay }} replace className={finish}>
              {t('bind.backToPay')}
            </Link>
          ) : (
            <Link to="/" replace className={finish}>
              {t('bind.finish')}
            </Link>
          )}
          <Button kind="ghost" wide onClick={onMore}>
            {t('bind.more')}
          </Button>
        </div>
      }
    >
      <h2 aria-live="polite" className="mt-4 mb-4 font-semibold text-28">
        {bound > 0 ? t('bind.done', { count: bound }) : t('bind.doneNone')}
      </h2>
      <List>
        {result.results.map((one) => {
          const card = cardOf(one.bank_id, one.ref);
          const bank = bankOf(one.bank_id);
          const good = one.status === 'bound' || one.status === 'already_bound';
          return (
            <div key={`${one.bank_id} ${one.ref}`} className="flex items-center gap-3 px-4 py-3">
              <span
                aria-hidden="true"
                className={cx('h-8 w-12 shrink-0 rounded-small', bankFaceClass(one.bank_id))}
              />
              <span className="min-w-0 flex-1">
                <span className="block truncate text-16">
                  {bank ? bankName(bank, language) : one.bank_id}{' '}
                  {card ? (
                    <span className="ml-1">
                      <CardTail tail={card.last4} />
                    </span>
                  ) : null}
                </span>
                {card ? (
                  <span className="block truncate text-14 text-muted">{productName(card, language)}</span>
                ) : null}
              </span>
              <Badge icon={good ? CircleCheck : CircleX} tone={good ? 'jade' : 'rose'}>
                {t(`bind.result.${one.status}`)}
              </Badge>
            </div>
          );
        })}
      </List>
      <p className="mt-4 text-14 text-muted">{t('bind.token')}</p>
    </InnerPage>
  );
}

/** Binding in three steps: which banks, which cards, what came of each. */
export function BindScreen() {
  const [found, setFound] = useState<CardDiscovery | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [result, setResult] = useState<BindResult | null>(null);
  const restart = () => {
    setFound(null);
    setResult(null);
  };
  if (found && result) return <DoneStep found={found} result={result} onMore={restart} />;
  if (found) return <CardStep found={found} wanted={wanted} onBound={setResult} onBack={restart} />;
  const onFound: OnFound = (all, last4) => {
    setWanted(last4);
    setFound(all);
  };
  return <BankStep onFound={onFound} />;
}
