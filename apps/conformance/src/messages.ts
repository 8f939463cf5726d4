import { accountIdentification, type Message, originalData } from '@feiqian/iso8583';
import { fresh, transmitted } from './isoLink.ts';
import type { Subject } from './subject.ts';

/** What a check says of a message; the rest is made up around it. */
export interface MessageParts {
  mti?: string;
  /** Field 3. */
  processing?: string;
  amount: number | bigint;
  pan: string;
  expiry?: string;
  /** The message it speaks of, in field 90. */
  original?: Message;
  /** Field 37 of the original, as reversals have it. */
  reference?: Message;
  more?: Message['fields'];
}

/** A business message as the network sends it. */
export function message(subject: Subject, parts: MessageParts): Message {
  const now = Date.now();
  const at = transmitted(now);
  const { stan, rrn } = fresh();
  const mti = parts.mti ?? '0200';
  const { acquirer } = subject.iso;
  const fields: Message['fields'] = {
    2: parts.pan,
    3: parts.processing ?? '000000',
    4: parts.amount.toString().padStart(12, '0'),
    7: at,
    11: stan,
    12: at.slice(4),
    13: at.slice(0, 4),
    18: '5411',
    22: '100',
    25: '00',
    32: acquirer,
    33: acquirer,
    37: parts.reference ? String(parts.reference.fields[37]) : rrn,
    41: 'CONFORM1',
    42: 'CONFORMANCE0001',
    43: 'CONFORMANCE SUITE',
    49: '156',
  };
  if (parts.expiry) fields[14] = parts.expiry;
  if (mti.startsWith('022')) fields[39] = '00';
  if (parts.original) {
    const { mti: type, fields: o } = parts.original;
    fields[90] = originalData({
      mti: type,
      stan: String(o[11]),
      transmittedAt: String(o[7]),
      acquirer,
      forwarder: acquirer,
    });
  }
  return { mti, fields: { ...fields, ...parts.more } };
}

/** The reversal advice of a message. */
export function reversalOf(subject: Subject, original: Message, change: Message['fields'] = {}): Message {
  return message(subject, {
    mti: '0420',
    processing: String(original.fields[3]),
    amount: BigInt(String(original.fields[4])),
    pan: String(original.fields[2]),
    original,
    reference: original,
    more: change,
  });
}

/** The repeat of a message: the same but for its type. */
export function repeated(original: Message): Message {
  return { ...original, mti: `${original.mti.slice(0, 3)}1` };
}

/** One end of a transfer. */
export interface End {
  institution: string;
  number: string;
  expiry?: string;
}

/** The debit leg of a transfer. */
export function debitLeg(subject: Subject, from: End, to: End, amount: number, more = {}): Message {
  return message(subject, {
    processing: '460000',
    amount,
    pan: from.number,
    ...(from.expiry ? { expiry: from.expiry } : {}),
    more: { 18: '4829', 102: accountIdentification(from), 103: accountIdentification(to), ...more },
  });
}

/** The credit leg of a transfer; of a repayment with `470030`. */
export function creditLeg(
  subject: Subject,
  from: End,
  to: End,
  amount: number,
  processing = '470000',
): Message {
  return message(subject, {
    processing,
    amount,
    pan: to.number,
    more: { 18: '4829', 102: accountIdentification(from), 103: accountIdentification(to) },
  });
}

/** What names a leg in the bank API. */
export function legKey(subject: Subject, { fields }: Message) {
  const at = String(fields[7]);
  const now = new Date();
  const monthAhead = Number(at.slice(0, 2)) - (now.getUTCMonth() + 1);
  // A run over New Year: December was last year.
  const year = now.getUTCFullYear() - (monthAhead > 6 ? 1 : 0);
  const part = (from: number) => at.slice(from, from + 2);
  return {
    acquirer: subject.iso.acquirer,
    stan: String(fields[11]),
    rrn: String(fields[37]),
    transmitted_at: `${year}-${part(0)}-${part(2)}T${part(4)}:${part(6)}:${part(8)}Z`,
  };
}
