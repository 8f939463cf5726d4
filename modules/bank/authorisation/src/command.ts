import {
  ACCOUNT_TYPE,
  type Message,
  missingFields,
  readAccountIdentification,
  readOriginalData,
  readReplacementAmount,
  TRANSACTION_TYPE,
} from '@feiqian/iso8583';
import { maskPan } from '@feiqian/keys';
import type { ResponseCode } from './responseCode.ts';

export type CommandKind =
  | 'hold'
  | 'purchase'
  | 'completion'
  | 'refund'
  | 'reversal'
  | 'transfer_out'
  | 'transfer_in'
  /** No message: the network asks by the bank API that a leg be refused should it still come. */
  | 'abandon';

/** The other end of a transfer. */
export interface OtherEnd {
  institution: string;
  /** Keyed hash of the number. */
  lookup: string;
  /** As a statement shows the number. */
  numberMasked: string;
}

/** How a message names the one it speaks of. */
export interface OriginalName {
  /** From field 90: acquirer, transmission time and STAN of the original. Null where the field is missing. */
  reference: string | null;
  /** Field 37: of the original in a reversal, and where field 90 is missing. */
  rrn: string;
}

/** One authenticated business message, read and typed. Amounts in minor units. */
export interface Command {
  kind: CommandKind;
  /** Names this message for ever: date, acquirer, STAN, RRN, message type. A repeat has the same. */
  key: string;
  /** What field 90 of a later message will call it. */
  reference: string;
  /** Message type without the repeat digit. */
  mti: string;
  acquirer: string;
  terminal: string;
  rrn: string;
  /** Field 38: of the original, where the message names one. */
  approvalCode: string | null;
  /** Keyed hash of the card number. */
  panLookup: string;
  /** YYMM as the message says, or null. */
  expiry: string | null;
  amount: bigint;
  /** ISO 4217 numeric code. */
  currency: number;
  /** What the statement will show. */
  description: string;
  original: OriginalName | null;
  /** Of a leg of a transfer. */
  otherEnd: OtherEnd | null;
  /** What a credit leg names in field 2, where it may be an account number. */
  payeeNumber: string | null;
  /** A credit leg that may go to a credit account alone. */
  toCredit: boolean;
  fingerprint: string;
}

/** A message that cannot be a command. `code` goes into field 39. */
export interface Refusal {
  code: ResponseCode;
  reason: string;
}

export type ReadCommand = { ok: true; command: Command } | { ok: false; refusal: Refusal };

const YEAR_MS = 365.25 * 86_400_000;
const panDigitsMin = 12;
/** Of what the statement shows. */
const descriptionCharsMax = 140;

/**
 * Reads a business message (ISO 8583:1987): 0100, 0200, 0220, 0400, 0420 and their repeats.
 *
 * @param lookup keyed hash of a card number: the digits go no further than this
 * @param nowMs tells the year, which field 7 does not carry: the nearest one is meant
 */
export function readCommand(
  message: Message,
  lookup: (digits: string) => string,
  nowMs: number,
): ReadCommand {
  const kind = kindOf(message);
  if (kind === null) return refuse('12', `message ${message.mti} with this processing code`);
  const mti = message.mti.slice(0, 3) + (message.mti[3] === '1' ? '0' : message.mti[3]);
  const [missing] = missingFields({ ...message, mti }) ?? [];
  if (missing !== undefined) return refuse('30', `field ${missing} is missing`);
  const text = (field: number): string | null => {
    const value = message.fields[field];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const pan = text(2) ?? '';
  if (pan.length < panDigitsMin) return refuse('14', 'the card number is too short');
  const replacement = text(95);
  if (replacement !== null && readReplacementAmount(replacement) !== 0n) {
    return refuse('12', 'partial reversals are not served');
  }
  const sentAt = text(7) ?? '';
  const year = yearOf(sentAt, nowMs);
  if (year === null) return refuse('30', 'field 7 is not a time');
  const rrn = text(37);
  if (rrn === null) return refuse('30', 'field 37 is empty');

  const acquirer = plainNumber(text(32) ?? '0');
  const elements = text(90);
  const reference = elements === null ? null : originalReference(elements, acquirer, nowMs);
  if (elements !== null && reference === null) return refuse('30', 'field 90 does not name a message');
  const original = begins.has(kind) ? null : { reference, rrn };
  const stan = text(11) ?? '';
  const terminal = text(41) ?? '';
  const panLookup = lookup(pan);
  const amount = BigInt(text(4) ?? '0');
  const currency = Number(text(49));
  const processing = text(3) ?? '';
  const otherEnd = isLeg(kind) ? otherEndOf(kind, pan, text(102), text(103), lookup) : null;
  if (isLeg(kind) && otherEnd === null) return refuse('30', 'fields 102 and 103 do not name both ends');
  return {
    ok: true,
    command: {
      kind,
      key: `${year}${sentAt.slice(0, 4)}/${acquirer}/${stan}/${rrn}/${mti}`,
      reference: `${acquirer}/${year}${sentAt}/${stan}`,
      mti,
      acquirer,
      terminal,
      rrn,
      approvalCode: text(38)?.trim() || null,
      panLookup,
      expiry: text(14),
      amount,
      currency,
      description: (text(62) ?? text(43) ?? text(42) ?? '').slice(0, descriptionCharsMax),
      original,
      otherEnd,
      payeeNumber: kind === 'transfer_in' ? pan : null,
      toCredit: kind === 'transfer_in' && processing.slice(4) === ACCOUNT_TYPE.credit,
      fingerprint: [
        terminal,
        processing.slice(0, 2),
        amount,
        currency,
        reference ?? '',
        panLookup.slice(0, 16),
        ...(otherEnd ? [otherEnd.lookup.slice(0, 16)] : []),
      ].join('/'),
    },
  };
}

function refuse(code: ResponseCode, reason: string): ReadCommand {
  return { ok: false, refusal: { code, reason } };
}

function kindOf(message: Message): CommandKind | null {
  const processing = message.fields[3];
  const type = typeof processing === 'string' ? processing.slice(0, 2) : '00';
  switch (message.mti) {
    case '0100':
    case '0101':
      return type === '00' ? 'hold' : null;
    case '0200':
    case '0201':
      if (type === TRANSACTION_TYPE.transferOut) return 'transfer_out';
      if (type === TRANSACTION_TYPE.transferIn) return 'transfer_in';
      return type === '00' ? 'purchase' : type === '20' ? 'refund' : null;
    case '0220':
    case '0221':
      return type === '00' ? 'completion' : type === '20' ? 'refund' : null;
    case '0400':
    case '0401':
    case '0420':
    case '0421':
      // Money that was given is never taken back by a message.
      return type === TRANSACTION_TYPE.transferIn ? null : 'reversal';
    default:
      return null;
  }
}

const begins: ReadonlySet<CommandKind> = new Set(['hold', 'purchase', 'transfer_out', 'transfer_in']);

/** True for the two messages of a transfer. */
export function isLeg(kind: CommandKind): kind is 'transfer_out' | 'transfer_in' {
  return kind === 'transfer_out' || kind === 'transfer_in';
}

/** Field 102 is where a transfer comes from, 103 where it goes: the near end is the number in field 2. */
function otherEndOf(
  kind: 'transfer_out' | 'transfer_in',
  number: string,
  from: string | null,
  to: string | null,
  lookup: (digits: string) => string,
): OtherEnd | null {
  const [payer, payee] = [from, to].map((text) => readAccountIdentification(text?.trimEnd() ?? ''));
  const [near, far] = kind === 'transfer_out' ? [payer, payee] : [payee, payer];
  if (!near || !far || near.number !== number) return null;
  return {
    institution: far.institution,
    lookup: lookup(far.number),
    numberMasked: maskPan(far.number),
  };
}

/** What asks that a leg be refused should it still come; named as its message is. */
export function abandonCommand(leg: LegName): Command {
  const { reference } = leg;
  return {
    kind: 'abandon',
    key: `abandon/${leg.key}`,
    reference: `abandon/${reference}`,
    mti: '',
    acquirer: leg.acquirer,
    terminal: '',
    rrn: leg.rrn,
    approvalCode: null,
    panLookup: '',
    expiry: null,
    amount: 0n,
    currency: 0,
    description: '',
    original: { reference, rrn: leg.rrn },
    otherEnd: null,
    payeeNumber: null,
    toCredit: false,
    fingerprint: '',
  };
}

/** How a leg of a transfer is found again. */
export interface LegName {
  /** Of its message. */
  key: string;
  /** Of its operation. */
  reference: string;
  acquirer: string;
  rrn: string;
}

/** The name of a leg from fields 32, 11, 37 and 7 of its message; `transmittedAtMs` is whole seconds. */
export function legName(acquirer: string, stan: string, rrn: string, transmittedAtMs: number): LegName {
  const plain = plainNumber(acquirer);
  const digits = new Date(transmittedAtMs)
    .toISOString()
    .replace(/[-:TZ.]/g, '')
    .slice(0, 14);
  return {
    key: `${digits.slice(0, 8)}/${plain}/${stan}/${rrn}/0200`,
    reference: `${plain}/${digits}/${stan}`,
    acquirer: plain,
    rrn,
  };
}

/** Identification codes of institutions may come with zeros in front. */
function plainNumber(digits: string): string {
  return digits.replace(/^0+(?=.)/, '');
}

/** The reference that field 90 names, with the message's own acquirer where it has none. */
function originalReference(elements: string, acquirer: string, nowMs: number): string | null {
  const data = readOriginalData(elements);
  const year = data && yearOf(data.transmittedAt, nowMs);
  if (!data || !year) return null;
  return `${data.acquirer === '0' ? acquirer : data.acquirer}/${year}${data.transmittedAt}/${data.stan}`;
}

/** The year that brings MMDDhhmmss (UTC) nearest to now; null when it is no time. */
function yearOf(sentAt: string, nowMs: number): number | null {
  if (!/^[0-9]{10}$/.test(sentAt)) return null;
  const [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map((at) =>
    Number(sentAt.slice(at, at + 2)),
  ) as [number, number, number, number, number];
  const leapYear = 2000;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  if (new Date(Date.UTC(leapYear, month - 1, day)).getUTCDate() !== day) return null;
  const thisYear = new Date(nowMs).getUTCFullYear();
  const ms = Date.UTC(thisYear, month - 1, day, hour, minute, second);
  if (ms - nowMs > YEAR_MS / 2) return thisYear - 1;
  return nowMs - ms > YEAR_MS / 2 ? thisYear + 1 : thisYear;
}
