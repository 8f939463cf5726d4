import {
  ACCOUNT_TYPE,
  accountIdentification,
  amount,
  asciiText,
  type Message,
  MTI,
  NETWORK_MANAGEMENT,
  originalData,
  processingCode,
  repeatMti,
  utf8Text,
} from '@feiqian/iso8583';
import { maskCardNumbers, maskPan } from '@feiqian/keys';
import { currencyOf } from '@feiqian/money';
import type { NetworkFunction } from './link.ts';
import type { IssuerRequest, IssuerRequestKind, MaskedFields } from './request.ts';
import type { MessageTimes } from './times.ts';

/** What messages need besides the request. */
export interface MessageContext {
  times: MessageTimes;
  /** DE33: the network's own number. */
  forwarder: string;
}

const mtiOf: Record<IssuerRequestKind, string> = {
  authorisation: MTI.authorisationRequest,
  financial: MTI.financialRequest,
  refund: MTI.financialRequest,
  transfer_debit: MTI.financialRequest,
  transfer_credit: MTI.financialRequest,
  completion_advice: MTI.financialAdvice,
  refund_advice: MTI.financialAdvice,
  reversal: MTI.reversalRequest,
  reversal_advice: MTI.reversalAdvice,
};

const purchase = processingCode('purchase');
const refund = processingCode('refund');
const debitLeg = processingCode('transferOut');
const creditLeg = processingCode('transferIn');
const repaymentLeg = processingCode('transferIn', ACCOUNT_TYPE.default, ACCOUNT_TYPE.credit);
/** DE25: normal presentment. */
const normalCondition = '00';
const FIELD_COUNT = 129;
const merchantNameCharsMax = 40;
const merchantNameShownBytesMax = 120;

/** True for a message that takes another one back. */
export function isReversal(kind: IssuerRequestKind): boolean {
  return kind === 'reversal' || kind === 'reversal_advice';
}

/** The message type of a request, its repeat form when it may have been sent before. */
export function requestMti(kind: IssuerRequestKind, repeat: boolean): string {
  const mti = mtiOf[kind];
  return repeat ? repeatMti(mti) : mti;
}

/**
 * The message of a request (docs/iso8583.md). A reversal carries the retrieval reference of what it takes back
 * (DE37) and names it in DE90; an advice says `00` in DE39, because the network has decided it.
 */
export function requestMessage(r: IssuerRequest, context: MessageContext): Message {
  const { times } = context;
  const { original } = r;
  const fields: Message['fields'] = {
    2: r.pan,
    3: processingCodeOf(r),
    4: amount(r.amount),
    7: times.transmitted(r.transmittedAtMs),
    11: r.stan,
    12: times.localTime(r.transmittedAtMs),
    13: times.localDate(r.transmittedAtMs),
    18: r.mcc,
    22: r.posEntryMode,
    25: normalCondition,
    32: r.acquirerCode,
    33: context.forwarder,
    37: isReversal(r.kind) && original ? original.rrn : r.rrn,
    41: r.terminalId,
    42: r.merchantCode,
    43: plainText(r.merchantName),
    49: currencyOf(r.currency).numeric,
  };
  if (!isReversal(r.kind) && r.expiry !== null) fields[14] = r.expiry;
  if (r.ends) {
    fields[102] = accountIdentification(r.ends.from);
    fields[103] = accountIdentification(r.ends.to);
  }
  if (r.merchantNameShown) fields[62] = utf8Text(r.merchantNameShown, merchantNameShownBytesMax);
  if (r.kind === 'completion_advice' || r.kind === 'refund_advice') fields[39] = '00';
  if (original) {
    if (original.approvalCode) fields[38] = original.approvalCode;
    fields[90] = originalData({
      mti: original.mti,
      stan: original.stan,
      transmittedAt: times.transmitted(original.transmittedAtMs),
      acquirer: r.acquirerCode,
      forwarder: context.forwarder,
    });
  }
  return { mti: requestMti(r.kind, r.repeat === true), fields };
}

/** Most names are fit to be sent as they are; that is quickly seen. */
function plainText(name: string): string {
  const fit = name.length <= merchantNameCharsMax && /^[ -~]*$/.test(name);
  return fit ? name : asciiText(name, merchantNameCharsMax);
}

function processingCodeOf(r: IssuerRequest): string {
  if (isReversal(r.kind)) return r.original?.processingCode ?? purchase;
  if (r.kind === 'transfer_debit') return debitLeg;
  if (r.kind === 'transfer_credit') return r.toCredit === true ? repaymentLeg : creditLeg;
  return r.kind === 'refund' || r.kind === 'refund_advice' ? refund : purchase;
}

/** DE70 of each function. */
export const networkCode: Record<NetworkFunction, string> = {
  sign_on: NETWORK_MANAGEMENT.signOn,
  sign_off: NETWORK_MANAGEMENT.signOff,
  echo: NETWORK_MANAGEMENT.echo,
  exchange_keys: NETWORK_MANAGEMENT.keyChange,
};

const functionByCode = new Map(
  (Object.entries(networkCode) as [NetworkFunction, string][]).map(([name, code]) => [code, name]),
);

/** What a 0800 asks for; undefined for what this network does not know. */
export function networkFunction(message: Message): NetworkFunction | undefined {
  return functionByCode.get(String(message.fields[70]));
}

/** Answer type by the first two digits and the origin of a request: 0100 → 0110, 0421 → 0430. */
const answerMti: Record<string, string> = {
  '0100': '0110',
  '0101': '0110',
  '0200': '0210',
  '0201': '0210',
  '0220': '0230',
  '0221': '0230',
  '0400': '0410',
  '0401': '0410',
  '0420': '0430',
  '0421': '0430',
  '0800': '0810',
};

/** The key under which the answer to a request will be looked for. */
export function awaitedKey(request: Message): string {
  return matchKeyOf(answerMti[request.mti] ?? '', request.fields);
}

/** The key of an answer: its type, STAN, transmission time, acquirer and terminal. */
export function answerKey(answer: Message): string {
  return matchKeyOf(answer.mti, answer.fields);
}

/** Leading zeros of an institution and blanks after a terminal do not make another one. */
function matchKeyOf(mti: string, fields: Message['fields']): string {
  const given = String(fields[32] ?? '');
  const institution = given.startsWith('0') ? given.replace(/^0+/, '') : given;
  const terminal = String(fields[41] ?? '').trimEnd();
  return `${mti}|${fields[11]}|${fields[7]}|${institution}|${terminal}`;
}

/** What an answer says once it has been found to be the answer to `request`. */
export type AnswerReading =
  | { kind: 'answered'; responseCode: string; approvalCode: string | null }
  | { kind: 'unparsable' }
  | { kind: 'mismatch' };

/** Fields that an answer must repeat as they were asked. */
const echoedFields = [3, 4, 37, 49] as const;

/**
 * Reads an answer. An answer about another amount, currency, kind or reference is a `mismatch`, one without a
 * response code or without the fields it must repeat is `unparsable`: neither is to be believed. A format error
 * (30) need not repeat what the bank could not read, and cannot approve anything.
 */
export function readAnswer(request: Message, answer: Message): AnswerReading {
  const responseCode = answer.fields[39];
  if (typeof responseCode !== 'string' || !/^[0-9A-Z]{2}$/.test(responseCode)) return { kind: 'unparsable' };
  for (const field of echoedFields) {
    const echoed = answer.fields[field];
    if (echoed === undefined) {
      if (responseCode === '30' || responseCode === 'A0') continue;
      return { kind: 'unparsable' };
    }
    if (echoed !== request.fields[field]) return { kind: 'mismatch' };
  }
  const approval = answer.fields[38];
  const approvalCode = typeof approval === 'string' && approval.trim() !== '' ? approval.trim() : null;
  return { kind: 'answered', responseCode, approvalCode };
}

/** Fields that are never stored: expiry, tracks, PIN, chip data, keys, private card data, codes of the message. */
const hiddenFields = [14, 35, 36, 45, 48, 52, 53, 55, 61, 64, 96, 102, 103, 128];
const cardFields = [2, 34];
/** Numbers of a form of their own, which may by chance look like a card number: the merchant's, the original's. */
const exactFields = [42, 90];
/** By field number: text shown, hidden, shown as six and four digits, shown. A table, because this is a hot path. */
const treatment = new Uint8Array(FIELD_COUNT);
for (const field of hiddenFields) treatment[field] = 1;
for (const field of cardFields) treatment[field] = 2;
for (const field of exactFields) treatment[field] = 3;

/**
 * The fields of a message that may be stored and shown: the card number as six and four digits, and those that a bank
 * writes where they do not belong as well.
 */
export function maskedFields(fields: Message['fields']): MaskedFields {
  const out: Record<number, string> = {};
  for (const key in fields) {
    const number = Number(key);
    const value = fields[number];
    const how = treatment[number];
    if (how === 1 || typeof value !== 'string') continue;
    out[number] = how === 2 ? maskPan(value) : how === 0 ? maskCardNumbers(value) : value;
  }
  return out;
}
