export {
  type AdditionalAmount,
  AMOUNT_TYPE,
  type AmountType,
  additionalAmounts,
  readAdditionalAmounts,
} from './additionalAmounts.ts';
export {
  type Decoded,
  type DecodeError,
  decodeMessage,
  encodeMessage,
  MessageFormatError,
} from './codec.ts';
export type { DecodeErrorCode } from './cursor.ts';
export { type DescribedField, describe, type MaskedMessage, maskMessage, REMOVED } from './describe.ts';
export {
  ACCOUNT_TYPE,
  amount,
  asciiText,
  digits,
  ENTRY_MODE,
  type KeyChange,
  keyChangeData,
  matchKey,
  NETWORK_MANAGEMENT,
  type OriginalData,
  originalData,
  paymentKey,
  processingCode,
  readKeyChangeData,
  readOriginalData,
  readReplacementAmount,
  replacementAmounts,
  TRANSACTION_TYPE,
  utf8Text,
} from './elements.ts';
export { FIELDS_1987 } from './fields1987.ts';
export {
  createFramer,
  type Framer,
  type FramingError,
  type FramingErrorCode,
  frameMessage,
  type Pushed,
} from './framing.ts';
export { applyMac, type MacKey, verifyMac } from './mac.ts';
export { isRepeat, isRequest, type MessageClass, MTI, messageClass, repeatMti, responseMti } from './mti.ts';
export { type ParsedProfile, parseProfile } from './parseProfile.ts';
export type {
  FieldFormat,
  FieldType,
  LengthHeader,
  MacRule,
  Message,
  MessageProfile,
  VariableLength,
} from './profile.ts';
export { feiqianAscii, feiqianBcd, profiles } from './profiles.ts';
export { RESPONSE_CODES, type ResponseCode, type ResponseOutcome, responseCode } from './responseCodes.ts';
export { MESSAGE_RULES, missingFields, type Presence, type PresenceRules } from './rules.ts';
export { messageTable, profileTable, responseCodeTable } from './tables.ts';
export {
  type AccountIdentification,
  accountIdentification,
  LIMIT_MARKS,
  type LimitMark,
  type LimitNotice,
  limitNotice,
  readAccountIdentification,
  readLimitNotice,
} from './transfer.ts';
