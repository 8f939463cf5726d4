import { type Static, Type } from 'typebox';
import {
  Amount,
  AmountOrZero,
  Currency,
  Id,
  Instant,
  Mobile,
  Nullable,
  Page,
  Prose,
  Strict,
} from './shapes.ts';

/**
 * The states of a request for money; transitions are tabled in docs/states.md.
 *
 * - `asked`: waits for the person who was asked
 * - `paying`: a transfer pays it and has not come to its end
 * - `paid`: its transfer is completed
 * - `declined`: the person who was asked said no
 * - `withdrawn`: taken back by who asked
 * - `expired`: nobody paid it in time
 */
export const requestStates = ['asked', 'paying', 'paid', 'declined', 'withdrawn', 'expired'] as const;
export type RequestState = (typeof requestStates)[number];
export const RequestState = Type.Enum(requestStates);

/** People among whom a bill may be split, without the one who splits it. */
export const splitPeopleMax = 20;

/** A request for money as one of its two people sees it. */
export const MoneyRequest = Strict({
  id: Id('mrq'),
  state: RequestState,
  direction: Type.Enum(['out', 'in'], { description: 'out: this person asks; in: this person is asked' }),
  amount: Amount,
  currency: Currency,
  note: Nullable(Type.String()),
  asker: Strict({
    name: Nullable(Type.String({ description: 'Masked' })),
    mobile: Type.String({ description: 'Masked' }),
  }),
  asked: Strict({
    name: Nullable(Type.String({ description: 'As the asker wrote it; for the asker alone' })),
    mobile: Type.String({ description: 'Masked' }),
  }),
  split_id: Nullable(Id('spl')),
  transfer_id: Nullable(Id('trf')),
  created_at: Instant,
  updated_at: Instant,
  expires_at: Instant,
  ended_at: Nullable(Instant),
});
export type MoneyRequest = Static<typeof MoneyRequest>;
export const MoneyRequestPage = Page(MoneyRequest);
export type MoneyRequestPage = Static<typeof MoneyRequestPage>;

/** Whom somebody asks. The name is the asker's own memory of who that is; it is compared with nothing. */
const asked = { mobile: Mobile, name: Type.Optional(Prose(30)) };

/** Asks one person. An unknown number is answered like a known one: nobody sees the request, and it expires. */
export const CreateMoneyRequest = Strict({
  ...asked,
  amount: Amount,
  currency: Currency,
  note: Type.Optional(Prose(60)),
});
export type CreateMoneyRequest = Static<typeof CreateMoneyRequest>;
export const PayMoneyRequest = Strict({ from_card_id: Id('tok') });
export type PayMoneyRequest = Static<typeof PayMoneyRequest>;

/**
 * Splits an amount. Equal parts when nobody has an amount: what is left over goes by one fen each to the first, the
 * splitter before the others. Otherwise everybody has an amount, and what they leave of the total is the splitter's.
 */
export const CreateSplit = Strict({
  total: Amount,
  currency: Currency,
  note: Type.Optional(Prose(60)),
  own_part: Type.Boolean({ description: 'The splitter has a part as well' }),
  people: Type.Array(Strict({ ...asked, amount: Type.Optional(Amount) }), {
    minItems: 1,
    maxItems: splitPeopleMax,
  }),
  payment_id: Type.Optional(Id('pay')),
});
export type CreateSplit = Static<typeof CreateSplit>;

/** A bill that somebody has split, with how each part stands. */
export const Split = Strict({
  id: Id('spl'),
  total: Amount,
  own_amount: AmountOrZero,
  paid_amount: AmountOrZero,
  currency: Currency,
  note: Nullable(Type.String()),
  payment_id: Nullable(Id('pay')),
  requests: Type.Array(MoneyRequest),
  created_at: Instant,
});
export type Split = Static<typeof Split>;
export const SplitPage = Page(Split);
export type SplitPage = Static<typeof SplitPage>;
