import { type Static, Type } from 'typebox';
import {
  anyRoute,
  BankAccountKind,
  BankAccountRef,
  type BankApiRoute,
  BankCardParams,
  BankCardRef,
  BankConsentId,
  BankConsentParams,
  ConsentQuery,
  Expiry,
  IdentityNumber,
  Last4,
  SignedAmount,
} from './bank-api-shapes.ts';
import { Currency, Instant, Mobile, Nullable, Strict, Text } from './shapes.ts';

/* Consent, and the cards of the person who gave it. */

export const BankCardKind = Type.Enum(['debit', 'credit']);
export type BankCardKind = Static<typeof BankCardKind>;
/** `frozen`: the network was told that the phone is lost; nothing is taken from the card until it is thawed. */
export const BankCardStatus = Type.Enum(['active', 'frozen', 'lost', 'stolen', 'expired']);
export type BankCardStatus = Static<typeof BankCardStatus>;

/** Asks the bank to record the consent of the person whose mobile number the network has verified. */
export const CreateBankConsent = Strict({
  mobile: Mobile,
  name: Type.Optional(Text(60)),
  identity_number: Type.Optional(IdentityNumber),
});
export type CreateBankConsent = Static<typeof CreateBankConsent>;

export const BankConsent = Strict({
  id: BankConsentId,
  holder_name: Type.String({ description: 'As the bank may show it: the family name and stars' }),
  created_at: Instant,
  expires_at: Instant,
});
export type BankConsent = Static<typeof BankConsent>;

/** A card as a list shows it. */
export const BankCard = Strict({
  ref: BankCardRef,
  account_ref: BankAccountRef,
  account_kind: BankAccountKind,
  kind: BankCardKind,
  form: Type.Enum(['plastic', 'virtual']),
  product: Type.String(),
  product_en: Type.String(),
  last4: Last4,
  expiry: Expiry,
  status: BankCardStatus,
  currency: Currency,
});
export type BankCard = Static<typeof BankCard>;
export const BankCardList = Strict({ data: Type.Array(BankCard) });
export type BankCardList = Static<typeof BankCardList>;
export const BankCardsQuery = Strict(ConsentQuery);

/** The card number, for the network's vault and nothing else. */
export const ProvisionBankCard = Strict(ConsentQuery);
export type ProvisionBankCard = Static<typeof ProvisionBankCard>;
export const ProvisionedBankCard = Strict({
  ref: BankCardRef,
  pan: Type.String({ pattern: '^[0-9]{12,19}$' }),
  expiry: Expiry,
  kind: BankCardKind,
});
export type ProvisionedBankCard = Static<typeof ProvisionedBankCard>;

/** For a debit card the account's balance; for a credit card what is owed is negative. */
export const BankBalance = Strict({
  kind: BankCardKind,
  currency: Currency,
  balance: SignedAmount,
  available: Type.Integer({ minimum: 0, description: 'What may be spent now, holds taken off' }),
  credit_limit: Nullable(Type.Integer({ minimum: 0 })),
  at: Instant,
});
export type BankBalance = Static<typeof BankBalance>;

/** Freezes cards of the person: those named, or all of them. */
export const FreezeBankCards = Strict({
  consent_id: BankConsentId,
  refs: Type.Optional(Type.Array(BankCardRef, { minItems: 1, maxItems: 100, uniqueItems: true })),
  reason: Type.Enum(['lost_phone', 'suspected_fraud', 'asked_by_holder']),
});
export type FreezeBankCards = Static<typeof FreezeBankCards>;
/** Thaws cards that were frozen. The network says when it verified the person anew. */
export const ThawBankCards = Strict({
  consent_id: BankConsentId,
  refs: Type.Optional(Type.Array(BankCardRef, { minItems: 1, maxItems: 100, uniqueItems: true })),
  verified_at: Instant,
});
export type ThawBankCards = Static<typeof ThawBankCards>;

export const bankCardRoutes = {
  createConsent: {
    id: 'createConsent',
    method: 'POST',
    path: '/bank/v1/consents',
    summary: 'Record the consent of a person to show his or her cards and accounts to the network',
    description:
      'Every factor that is given must be the customer’s; which one was not is not said. From now on the bank also tells the network of every change of the person’s accounts, until the consent ends.',
    authenticated: true,
    body: CreateBankConsent,
    status: 201,
    answer: BankConsent,
    problems: [...anyRoute, 'customer_unknown', 'too_many_requests'],
  },
  revokeConsent: {
    id: 'revokeConsent',
    method: 'DELETE',
    path: '/bank/v1/consents/{id}',
    summary: 'Withdraw a consent; repeating it changes nothing',
    authenticated: true,
    params: BankConsentParams,
    status: 204,
    problems: [...anyRoute, 'not_found'],
  },
  listCards: {
    id: 'listCards',
    method: 'GET',
    path: '/bank/v1/cards',
    summary: 'The cards of the person who consented',
    authenticated: true,
    query: BankCardsQuery,
    status: 200,
    answer: BankCardList,
    problems: [...anyRoute, 'consent_required'],
  },
  provisionCard: {
    id: 'provisionCard',
    method: 'POST',
    path: '/bank/v1/cards/{ref}/provision',
    summary: 'The card number and expiry, for the vault of the network',
    authenticated: true,
    params: BankCardParams,
    body: ProvisionBankCard,
    status: 200,
    answer: ProvisionedBankCard,
    problems: [...anyRoute, 'consent_required', 'card_unknown', 'card_not_active'],
  },
  cardBalance: {
    id: 'cardBalance',
    method: 'GET',
    path: '/bank/v1/cards/{ref}/balance',
    summary: 'Balance of the account behind a card',
    authenticated: true,
    params: BankCardParams,
    query: BankCardsQuery,
    status: 200,
    answer: BankBalance,
    problems: [...anyRoute, 'consent_required', 'card_unknown'],
  },
  freezeCards: {
    id: 'freezeCards',
    method: 'POST',
    path: '/bank/v1/cards/freeze',
    summary: 'Freeze the person’s cards: nothing is taken from them any more; repeating it changes nothing',
    description:
      'From the answer on, authorisations, purchases and transfers out are answered 62. Completions of holds, refunds, transfers in and reversals go on. A card that is lost or stolen stays so.',
    authenticated: true,
    body: FreezeBankCards,
    status: 200,
    answer: BankCardList,
    problems: [...anyRoute, 'consent_required', 'card_unknown'],
  },
  thawCards: {
    id: 'thawCards',
    method: 'POST',
    path: '/bank/v1/cards/thaw',
    summary: 'Take a freeze back; repeating it changes nothing',
    description: '`verified_at` lies at most ten minutes back, or the answer is verification_required.',
    authenticated: true,
    body: ThawBankCards,
    status: 200,
    answer: BankCardList,
    problems: [...anyRoute, 'consent_required', 'card_unknown', 'verification_required'],
  },
} as const satisfies Record<string, BankApiRoute>;
