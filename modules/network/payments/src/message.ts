import type {
  ForwardPayload,
  IssuerAnswer,
  IssuerRequest,
  NewForward,
  OriginalReference,
} from '@feiqian/links';
import type { Merchant } from '@feiqian/merchants';
import { declineOf, notSent } from './decline.ts';
import type { BankOutcome, Payment, Refund } from './payment.ts';

/** Point of service entry modes (ISO 8583:1987 field 22): 03 bar code or QR, 01 manual; PIN capability unknown. */
const posEntryMode = '030';
/** Length of field 43: name 25, city 13, country 2. */
const nameChars = 25;
const cityChars = 13;

/** What the messages of one payment have in common. */
function body(p: Payment, merchant: Merchant, acquirerCode: string) {
  return {
    currency: p.currency,
    terminalId: p.terminal,
    merchantCode: merchant.code,
    mcc: merchant.mcc,
    merchantName: `${merchant.nameEn.slice(0, nameChars).padEnd(nameChars)}${merchant.city
      .slice(0, cityChars)
      .padEnd(cityChars)}CN`,
    acquirerCode,
    posEntryMode,
  };
}

/** The request that asks the issuer: 0200 for a purchase, 0100 for an authorisation to be captured later. */
export function issuerRequest(
  p: Payment,
  merchant: Merchant,
  acquirerCode: string,
  card: { pan: string; expiry: string },
): IssuerRequest {
  return {
    ...body(p, merchant, acquirerCode),
    kind: p.capture === 'automatic' ? 'financial' : 'authorisation',
    groupId: p.id,
    amount: p.amount,
    stan: p.stan as string,
    rrn: p.rrn as string,
    transmittedAtMs: p.sentAtMs as number,
    pan: card.pan,
    expiry: card.expiry,
  };
}

function originalOf(p: Payment): OriginalReference {
  return {
    mti: p.capture === 'automatic' ? '0200' : '0100',
    stan: p.stan as string,
    transmittedAtMs: p.sentAtMs as number,
    rrn: p.rrn as string,
    ...(p.approvalCode === null ? {} : { approvalCode: p.approvalCode }),
  };
}

/** How a message that must reach the bank names itself. */
export interface Numbered {
  /** UUID of the stored message. */
  id: string;
  stan: string;
  rrn: string;
  atMs: number;
}

function forward(
  kind: NewForward['kind'],
  p: Payment,
  payload: Omit<ForwardPayload, 'stan' | 'rrn' | 'transmittedAtMs'>,
  n: Numbered,
): NewForward {
  return {
    id: n.id,
    memberId: p.issuerId as string,
    kind,
    groupId: p.id,
    panToken: p.tokenId as string,
    payload: { ...payload, stan: n.stan, rrn: n.rrn, transmittedAtMs: n.atMs },
    createdAtMs: n.atMs,
  };
}

/** 0420: undoes the request, whether the issuer has seen it or not. */
export function reversalOf(p: Payment, merchant: Merchant, acquirerCode: string, n: Numbered): NewForward {
  const payload = { ...body(p, merchant, acquirerCode), amount: p.amount, original: originalOf(p) };
  return forward('reversal_advice', p, payload, n);
}

/** 0220: tells the issuer what was captured of the authorisation. */
export function completionOf(p: Payment, merchant: Merchant, acquirerCode: string, n: Numbered): NewForward {
  const payload = { ...body(p, merchant, acquirerCode), amount: p.capturedAmount, original: originalOf(p) };
  return forward('completion_advice', p, payload, n);
}

/** 0220 with processing code 20: gives money back to the cardholder. */
export function refundOf(p: Payment, r: Refund, merchant: Merchant, acquirerCode: string): NewForward {
  const payload = { ...body(p, merchant, acquirerCode), amount: r.amount, original: originalOf(p) };
  return forward('refund_advice', p, payload, { id: r.id, stan: r.stan, rrn: r.rrn, atMs: r.createdAtMs });
}

/**
 * Answers of a bank that could not make sense of what reached it: format error, unknown key, wrong authentication code
 * (ISO 8583:1987 field 39 and docs/iso8583.md). They say what became of one garbled copy, and not that there was no other.
 */
const notUnderstood: ReadonlySet<string> = new Set(['30', '76', 'A0']);

/** What an answer means for the payment. */
export function outcomeOf(answer: IssuerAnswer): BankOutcome {
  switch (answer.kind) {
    case 'answered':
      if (notUnderstood.has(answer.responseCode)) return { kind: 'unknown' };
      return answer.responseCode === '00'
        ? { kind: 'approved', responseCode: answer.responseCode, approvalCode: answer.approvalCode }
        : {
            kind: 'declined',
            responseCode: answer.responseCode,
            declineCode: declineOf(answer.responseCode).code,
          };
    case 'not_sent':
      return { kind: 'not_sent', declineCode: notSent.code };
    case 'no_answer':
      return { kind: 'unknown' };
  }
}
