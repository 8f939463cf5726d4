import type { Card } from '@feiqian/contract';
import { CardLine, List, useLanguage } from '@feiqian/ui';
import { Link } from '@tanstack/react-router';
import { Check, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keep, kept } from '../keep.ts';
import { bankName } from './bank-name.ts';

/** The card to pay with: the one chosen last on this phone, else the default, else the first. */
export function useChosenCard(cards: readonly Card[] | undefined): [Card | undefined, (card: Card) => void] {
  const [id, setId] = useState<string | undefined>(undefined);
  useEffect(() => {
    void kept('cardId').then((known) => setId((now) => now ?? known));
  }, []);
  const card = cards?.find((one) => one.id === id) ?? cards?.find((one) => one.is_default) ?? cards?.[0];
  const choose = (next: Card) => {
    setId(next.id);
    void keep('cardId', next.id);
  };
  return [card, choose];
}

interface CardChoicesProps {
  cards: readonly Card[];
  chosen: string | undefined;
  onChoose: (card: Card) => void;
}

/** Cards to choose one from: the rows of a list. */
export function CardChoices({ cards, chosen, onChoose }: CardChoicesProps) {
  const language = useLanguage();
  return cards.map((card) => (
    <button
      key={card.id}
      type="button"
      aria-pressed={card.id === chosen}
      onClick={() => onChoose(card)}
      className="target flex w-full items-center justify-between gap-3 px-4 py-3 text-left text-16 hover:bg-sunken"
    >
      <CardLine
        bankId={card.bank.id}
        bankName={bankName(card.bank, language)}
        tail={card.last4}
        kind={card.kind}
      />
      {card.id === chosen ? (
        <Check size={20} strokeWidth={2} aria-hidden="true" className="shrink-0 text-jade" />
      ) : null}
    </button>
  ));
}

interface CardPickerProps extends CardChoicesProps {
  /** Adding a card leads back to this payment. */
  forPayment?: string;
}

/** The wallet's cards as a list to choose one from. */
export function CardPicker({ cards, chosen, onChoose, forPayment }: CardPickerProps) {
  const { t } = useTranslation();
  return (
    <List label={t('confirm.chooseCard')}>
      <CardChoices cards={cards} chosen={chosen} onChoose={onChoose} />
      <Link
        to="/bind"
        search={{ pay: forPayment }}
        className="target flex items-center gap-2 px-4 py-3 text-16 text-azure hover:bg-sunken"
      >
        <Plus size={20} strokeWidth={1.75} aria-hidden="true" />
        {t('cards.add')}
      </Link>
    </List>
  );
}
