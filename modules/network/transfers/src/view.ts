import { instant } from '@feiqian/clock';
import type { PayeeVia, TransferLeg, TransferState, Transfer as TransferView } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import { reasonByCode } from './decline.ts';
import type { BankName } from './deps.ts';
import type { Transfer } from './transfer.ts';

type LegState = TransferLeg['state'];

/** How the two legs stand in each state. */
const legs: Record<TransferState, { debit: LegState; credit: LegState }> = {
  scheduled: { debit: 'waiting', credit: 'waiting' },
  debiting: { debit: 'asked', credit: 'waiting' },
  crediting: { debit: 'done', credit: 'asked' },
  confirming: { debit: 'done', credit: 'unknown' },
  completed: { debit: 'done', credit: 'done' },
  declined: { debit: 'refused', credit: 'waiting' },
  unknown: { debit: 'unknown', credit: 'waiting' },
  returning: { debit: 'returning', credit: 'refused' },
  returned: { debit: 'returned', credit: 'refused' },
  cancelled: { debit: 'waiting', credit: 'waiting' },
};

/** Who is paid by number, by code or by request has shown nobody a card. */
const hidden: readonly PayeeVia[] = ['mobile', 'code', 'request'];

/** Who looks: the payer sees all of it, the payee what concerns him or her. */
function directionOf(t: Transfer, viewerId: string): TransferView['direction'] {
  if (t.payeeVia === 'own') return 'own';
  return t.payerId === viewerId ? 'out' : 'in';
}

/**
 * A transfer as one of its people sees it.
 * @param payerName masked, for the payee
 */
export function transferView(
  t: Transfer,
  viewerId: string,
  bankOf: (memberId: string) => BankName | undefined,
  payerName: string | null = null,
): TransferView {
  const direction = directionOf(t, viewerId);
  const mine = direction !== 'in';
  const [payerBank, payeeBank] = [bankOf(t.payerMember), bankOf(t.payeeMember)];
  const reason = t.declineCode === null || !mine ? null : reasonByCode(t.declineCode);
  return {
    id: fromUuid(t.id, 'trf'),
    kind: t.kind,
    state: t.state,
    direction,
    amount: Number(t.amount),
    currency: t.currency,
    note: t.note,
    payer: {
      name: mine ? null : payerName,
      card:
        !mine || payerBank === undefined
          ? null
          : {
              bank_id: payerBank.code,
              bank_name: payerBank.name,
              bank_name_en: payerBank.nameEn,
              kind: 'debit',
              last4: t.payerLast4,
            },
    },
    payee: {
      via: t.payeeVia,
      name: t.payeeName,
      bank_name: payeeBank?.name ?? null,
      bank_name_en: payeeBank?.nameEn ?? null,
      last4: mine && hidden.includes(t.payeeVia) ? null : t.payeeLast4,
    },
    debit: mine ? legView(t, 'debit', payerBank) : null,
    credit: legView(t, 'credit', payeeBank),
    decline:
      reason === null
        ? null
        : {
            code: reason.code,
            message: reason.message,
            message_zh: reason.messageZh,
            response_code: t.creditCode ?? t.debitCode,
          },
    limit:
      t.limit === null || !mine
        ? null
        : {
            code: t.limit.code,
            max: t.limit.max,
            left: t.limit.left,
            until: t.limit.untilMs === null ? null : instant(t.limit.untilMs),
          },
    created_at: instant(t.createdAtMs),
    updated_at: instant(t.updatedAtMs),
    scheduled_at: t.scheduledAtMs === null ? null : instant(t.scheduledAtMs),
    completed_at: t.completedAtMs === null ? null : instant(t.completedAtMs),
  };
}

function legView(t: Transfer, leg: 'debit' | 'credit', bank: BankName | undefined): TransferLeg | null {
  if (bank === undefined) return null;
  const sentAtMs = leg === 'debit' ? t.debitAtMs : t.creditAtMs;
  // A debit leg that came back without an answer left no credit leg to refuse.
  const state = leg === 'credit' && t.creditRrn === null ? 'waiting' : legs[t.state][leg];
  return {
    bank_name: bank.name,
    bank_name_en: bank.nameEn,
    state,
    rrn: leg === 'debit' ? t.debitRrn : t.creditRrn,
    at: sentAtMs === null ? null : instant(sentAtMs),
  };
}

/** What an event of a transfer tells: enough to follow it, without cards and names. */
export function eventData(t: Transfer): Record<string, unknown> {
  return {
    transfer_id: fromUuid(t.id, 'trf'),
    kind: t.kind,
    state: t.state,
    amount: Number(t.amount),
    currency: t.currency,
    ...(t.declineCode === null ? {} : { decline_code: t.declineCode }),
    ...(t.debitRrn === null ? {} : { debit_rrn: t.debitRrn }),
    ...(t.creditRrn === null ? {} : { credit_rrn: t.creditRrn }),
  };
}
