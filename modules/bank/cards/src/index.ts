export {
  type Card,
  type CardKind,
  type CardOutcome,
  type CardStatus,
  cardOutcomes,
  isExpired,
  monthOf,
} from './card.ts';
export { type Cards, type CardsDeps, cardsMigrations, createCards, type NewCard } from './cards.ts';
