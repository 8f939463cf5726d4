import { instant } from '@feiqian/clock';
import type { Payment as PaymentView, Refund as RefundView } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import type { NewEvent } from '@feiqian/outbox';
import { declineByCode } from './decline.ts';
import type { Payment, Refund } from './payment.ts';

/** What the view of a payment needs beside the payment. */
export interface ViewContext {
  bankOf: (memberId: string) => { code: string; name: string; nameEn: string } | undefined;
  /** EMVCo payload and wallet link of a payment that can still be paid. */
  codeOf: (p: Payment) => { code: string; link: string } | null;
}

/** A payment as its merchant, its payer and the console see it. */
export function paymentView(p: Payment, context: ViewContext): PaymentView {
  const bank = p.issuerId === null ? undefined : context.bankOf(p.issuerId);
  const decline = p.declineCode === null ? null : declineByCode(p.declineCode);
  const code = context.codeOf(p);
  return {
    id: fromUuid(p.id, 'pay'),
    state: p.state,
    amount: Number(p.amount),
    currency: p.currency,
    authorised_amount: Number(p.authorisedAmount),
    captured_amount: Number(p.capturedAmount),
    refunded_amount: Number(p.refundedAmount),
    capture: p.capture,
    entry: p.entry,
    order_reference: p.orderReference,
    description: p.description,
    merchant: { id: fromUuid(p.merchantId, 'mer'), name: p.merchantName },
    store: { id: fromUuid(p.storeId, 'sto'), name: p.storeName },
    terminal: p.terminal,
    card:
      bank === undefined || p.cardKind === null || p.cardLast4 === null
        ? null
        : {
            bank_id: bank.code,
            bank_name: bank.name,
            bank_name_en: bank.nameEn,
            kind: p.cardKind,
            last4: p.cardLast4,
          },
    decline:
      decline === null
        ? null
        : {
            code: decline.code,
            message: decline.message,
            message_zh: decline.messageZh,
            response_code: p.responseCode,
          },
    rrn: p.rrn,
    approval_code: p.approvalCode,
    code: code?.code ?? null,
    link: code?.link ?? null,
    created_at: instant(p.createdAtMs),
    updated_at: instant(p.updatedAtMs),
    expires_at: instant(p.expiresAtMs),
    completed_at: p.completedAtMs === null ? null : instant(p.completedAtMs),
  };
}

export function refundView(r: Refund): RefundView {
  return {
    id: fromUuid(r.id, 'ref'),
    payment_id: fromUuid(r.paymentId, 'pay'),
    state: r.state,
    amount: Number(r.amount),
    currency: r.currency,
    reason: r.reason,
    created_at: instant(r.createdAtMs),
    completed_at: r.completedAtMs === null ? null : instant(r.completedAtMs),
  };
}

/** An event of a payment, seen by its merchant, its payer and its issuer; `extra` is told beside the payment. */
export function paymentEvent(
  p: Payment,
  type: string,
  extra: Record<string, unknown> = {},
  userId: string | null = p.userId,
): NewEvent {
  const tenants = [p.merchantId, userId, p.issuerId].filter((t) => t !== null);
  return { type, objectId: p.id, tenants, data: { ...eventData(p), ...extra } };
}

/** What an event of a payment tells: enough to follow it, without the card. */
function eventData(p: Payment): Record<string, unknown> {
  return {
    payment_id: fromUuid(p.id, 'pay'),
    state: p.state,
    amount: Number(p.amount),
    currency: p.currency,
    captured_amount: Number(p.capturedAmount),
    refunded_amount: Number(p.refundedAmount),
    ...(p.declineCode === null ? {} : { decline_code: p.declineCode, response_code: p.responseCode }),
    ...(p.rrn === null ? {} : { rrn: p.rrn }),
    attempt: p.attempts,
  };
}
