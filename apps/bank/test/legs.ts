import { accountIdentification, type Message, processingCode } from '@feiqian/iso8583';
import { acquirer, type PaymentFields, payment } from './iso-client.ts';

/** One end of a transfer in a test. */
export interface End {
  institution: string;
  number: string;
}

let count = 0;
/** A STAN and a retrieval reference that no other message has. */
export function fresh(): { stan: string; rrn: string } {
  count += 1;
  const digits = count.toString().padStart(6, '0');
  return { stan: digits, rrn: `T00000${digits}` };
}

type LegFields = Omit<PaymentFields, 'pan' | 'stan' | 'rrn'> & { stan?: string; rrn?: string };

function leg(code: string, near: End, from: End, to: End, fields: LegFields): Message {
  return payment({
    processing: code,
    pan: near.number,
    ...fresh(),
    ...fields,
    more: {
      18: '4829',
      22: '100',
      102: accountIdentification(from),
      103: accountIdentification(to),
      ...fields.more,
    },
  });
}

export const debitLeg = (from: End, to: End, fields: LegFields): Message =>
  leg(processingCode('transferOut'), from, from, to, fields);
export const creditLeg = (from: End, to: End, fields: LegFields): Message =>
  leg(processingCode('transferIn'), to, from, to, fields);
export const repayment = (from: End, to: End, fields: LegFields): Message =>
  leg(processingCode('transferIn', '00', '30'), to, from, to, fields);

/** What names a leg in the bank API; tests send at one and the same time. */
export const legKey = (message: Message) => ({
  acquirer,
  stan: String(message.fields[11]),
  rrn: String(message.fields[37]),
  transmitted_at: '2026-01-05T01:00:00Z',
});
