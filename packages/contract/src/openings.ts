import { type Static, Type } from 'typebox';
import { bankCodeDigits } from './bank-api-identity.ts';
import { BankLimitCode } from './bank-api-limits.ts';
import { BankAccountClass, BankRemoteClass, CalendarDate, IdentityNumber, Last4 } from './bank-api-shapes.ts';
import { AmountOrZero, Id, Instant, Nullable, Strict, Text } from './shapes.ts';
import { Bank } from './wallet.ts';

/* Class II and III accounts, opened without a branch: five factors against a Class I account of the same person. */

export const AccountClassRules = Strict({
  class: BankAccountClass,
  opening: Type.Enum(['branch', 'remote']),
  accounts_max: Type.Integer({ minimum: 1, description: 'Of one person at one bank' }),
  plastic: Type.Boolean(),
  cash: Type.Boolean(),
  limits: Type.Array(Strict({ code: BankLimitCode, max: AmountOrZero })),
});
export type AccountClassRules = Static<typeof AccountClassRules>;
/** The network's own tables of rules, each from its day until the next one. Banks enforce theirs besides. */
export const AccountClassTables = Strict({
  in_force: CalendarDate,
  data: Type.Array(Strict({ effective_from: CalendarDate, classes: Type.Array(AccountClassRules) })),
});
export type AccountClassTables = Static<typeof AccountClassTables>;

/** `card_id`: a card on this device of a Class I account of the same person, at whatever bank. */
export const StartOpening = Strict({
  bank_id: Text(32),
  class: BankRemoteClass,
  card_id: Id('tok'),
  /** Left out: as the real-name check has verified them. */
  name: Type.Optional(Text(60)),
  identity_number: Type.Optional(IdentityNumber),
});
export type StartOpening = Static<typeof StartOpening>;
export const ConfirmOpening = Strict({
  code: Type.String({ pattern: `^[0-9]{${bankCodeDigits}}$`, description: 'Sent by the bank of the card' }),
});
export type ConfirmOpening = Static<typeof ConfirmOpening>;

/**
 * `code_sent`: the bank of the card has sent a code, if all agrees. `verified`: the code was right; the account is
 * being opened. `opened`: it is there, its virtual card bound unless `card_id` is null. `refused`: by the bank.
 */
export const Opening = Strict({
  id: Id('opn'),
  state: Type.Enum(['code_sent', 'verified', 'opened', 'refused', 'expired']),
  bank: Bank,
  class: BankRemoteClass,
  verified_by: Strict({ bank: Bank, last4: Last4 }),
  expires_at: Instant,
  account_id: Nullable(Id('acc')),
  card_id: Nullable(Id('tok')),
});
export type Opening = Static<typeof Opening>;

/** What banks that are open for tests have sent to the person's phone. */
export const BankMessageList = Strict({
  data: Type.Array(Strict({ bank: Bank, text: Type.String(), at: Instant })),
});
export type BankMessageList = Static<typeof BankMessageList>;
