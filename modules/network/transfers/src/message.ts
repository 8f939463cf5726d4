import type { BankLeg, BankLegKey } from '@feiqian/contract';
import { readAdditionalAmounts, readLimitNotice, responseCode } from '@feiqian/iso8583';
import type { Exchange, IssuerAnswer, IssuerRequest, NewForward, TransferEnd } from '@feiqian/links';
import { creditRefusalOf, debitRefusalOf, notSentOf } from './decline.ts';
import { giveUpMs, type LegOutcome, type Limit, type Transfer } from './transfer.ts';

/** Field 41 of both legs. */
const terminal = 'TRANSFER';
/** Field 42 of both legs. */
const sender = 'FEIQIANTRANSFER';
/** Field 18: money transfer. */
const moneyTransfer = '4829';
/** Field 22: a stored credential. */
const storedCredential = '100';
/** Field 3 of a debit leg, which its reversal repeats. */
const debitProcessing = '460000';

/** What the messages of one transfer need beside it. */
export interface Wire {
  /** DE32 and DE33: the network's own number. */
  institution: string;
  /** Number of a member's institution in fields 102 and 103. */
  institutionOf(memberId: string): string;
}

/** Both numbers of a transfer, digits only; held while a leg is sent, never stored. */
export interface Numbers {
  payer: string;
  expiry: string;
  payee: string;
}

function body(t: Transfer, wire: Wire) {
  return {
    amount: t.amount,
    currency: t.currency,
    terminalId: terminal,
    merchantCode: sender,
    mcc: moneyTransfer,
    merchantName: 'FEIQIAN TRANSFER         YUNZHOU      CN',
    acquirerCode: wire.institution,
    posEntryMode: storedCredential,
  };
}

function ends(
  t: Transfer,
  wire: Wire,
  n: Pick<Numbers, 'payer' | 'payee'>,
): { from: TransferEnd; to: TransferEnd } {
  return {
    from: { institution: wire.institutionOf(t.payerMember), number: n.payer },
    to: { institution: wire.institutionOf(t.payeeMember), number: n.payee },
  };
}

const words = (t: Transfer, plain: string, repayment: string): string => {
  const what = t.kind === 'repayment' ? repayment : plain;
  return t.note === null ? what : `${what} ${t.note}`;
};

/** 0200 with processing code 46: takes the amount from the payer. */
export function debitRequest(t: Transfer, wire: Wire, n: Numbers): IssuerRequest {
  const to = t.payeeName === null ? '' : ` ${t.payeeName}`;
  return {
    ...body(t, wire),
    kind: 'transfer_debit',
    groupId: t.id,
    stan: t.debitStan as string,
    rrn: t.debitRrn as string,
    transmittedAtMs: t.debitAtMs as number,
    merchantNameShown: words(t, `转账${to}`, '信用卡还款'),
    pan: n.payer,
    expiry: n.expiry,
    ends: ends(t, wire, n),
  };
}

/** 0200 with processing code 47, or its repeat: gives the amount to the payee. */
export function creditRequest(
  t: Transfer,
  wire: Wire,
  n: Pick<Numbers, 'payer' | 'payee'>,
  repeat: boolean,
): IssuerRequest {
  return {
    ...body(t, wire),
    kind: 'transfer_credit',
    groupId: t.id,
    stan: t.creditStan as string,
    rrn: t.creditRrn as string,
    transmittedAtMs: t.creditAtMs as number,
    merchantNameShown: words(t, '收到转账', '还款'),
    pan: n.payee,
    expiry: null,
    ends: ends(t, wire, n),
    toCredit: t.kind === 'repayment',
    ...(repeat ? { repeat } : {}),
  };
}

/** 0420: undoes the debit leg, whether the payer's bank has seen it or not. */
export function reversalOf(
  t: Transfer,
  wire: Wire,
  n: { id: string; stan: string; rrn: string; atMs: number },
): NewForward {
  return {
    id: n.id,
    memberId: t.payerMember,
    kind: 'reversal_advice',
    groupId: t.id,
    panToken: t.payerToken,
    payload: {
      ...body(t, wire),
      stan: n.stan,
      rrn: n.rrn,
      transmittedAtMs: n.atMs,
      original: {
        mti: '0200',
        stan: t.debitStan as string,
        transmittedAtMs: t.debitAtMs as number,
        rrn: t.debitRrn as string,
        processingCode: debitProcessing,
        ...(t.approvalCode === null ? {} : { approvalCode: t.approvalCode }),
      },
    },
    createdAtMs: n.atMs,
  };
}

/** True for the stored messages of transfers. */
export function isTransferForward(forward: Pick<NewForward, 'payload'>): boolean {
  return forward.payload.original?.processingCode === debitProcessing;
}

/** What names the credit leg of a transfer in the bank API. */
export function creditKey(t: Transfer, wire: Wire): BankLegKey {
  const at = new Date(t.creditAtMs as number).toISOString();
  return {
    acquirer: wire.institution,
    stan: t.creditStan as string,
    rrn: t.creditRrn as string,
    transmitted_at: `${at.slice(0, 19)}Z`,
  };
}

/** Answered to a message that the bank has seen before under another body: which of the two it means is not said. */
const duplicate = '94';

/** What an answer to a leg means. An answer that says the bank could not work says nothing about the leg. */
export function outcomeOf(answer: IssuerAnswer, leg: 'debit' | 'credit'): LegOutcome {
  switch (answer.kind) {
    case 'no_answer':
      return { kind: 'unknown' };
    case 'not_sent':
      return { kind: 'not_sent', declineCode: notSentOf(leg) };
    case 'answered': {
      const { responseCode: code, approvalCode, exchange } = answer;
      if (code === '00') return { kind: 'approved', code, approvalCode };
      const { outcome } = responseCode(code);
      if (outcome === 'invalid' || code === duplicate) return { kind: 'unknown' };
      // Of pull money too: a bank that fails may have taken it before it failed. Taking it back does no harm.
      if (outcome === 'retry') return { kind: 'unknown' };
      return refused(code, leg, limitOf(exchange));
    }
  }
}

function refused(code: string, leg: 'debit' | 'credit', limit: Limit | null): LegOutcome {
  const declineCode = leg === 'debit' ? debitRefusalOf(code) : creditRefusalOf(code);
  return { kind: 'refused', code, declineCode, limit };
}

/** Fields 44 and 54 of a refusal by a limit. */
function limitOf({ response }: Exchange): Limit | null {
  const notice = readLimitNotice(response?.['44'] ?? '');
  if (notice === null) return null;
  const amounts = readAdditionalAmounts(response?.['54'] ?? '') ?? [];
  const of = (type: string): number | null => {
    const found = amounts.find((a) => a.type === type);
    return found === undefined ? null : Math.abs(Number(found.amount));
  };
  const owed = of('owing');
  return owed === null
    ? { code: notice.limit, max: of('limit'), left: of('remaining'), untilMs: notice.untilMs }
    : { code: notice.limit, max: owed, left: null, untilMs: null };
}

/** What the bank says of a credit leg by its API; null when it says nothing final. */
export function creditOutcomeOf(leg: BankLeg): LegOutcome | null {
  switch (leg.state) {
    case 'posted':
      return { kind: 'approved', code: '00', approvalCode: null };
    case 'refused': {
      const limit = leg.limit && {
        code: leg.limit.code,
        max: leg.limit.max,
        left: leg.limit.left,
        untilMs: leg.limit.until === null ? null : Date.parse(leg.limit.until),
      };
      return refused(leg.response_code ?? '05', 'credit', limit);
    }
    case 'abandoned':
      return refused('05', 'credit', null);
    case 'reversed':
    case 'not_seen':
      return null;
  }
}

/** What to do about a credit leg that the bank has not seen, so long after it was sent. */
export function nextStep(t: Transfer, nowMs: number): 'repeat' | 'give_up' {
  return nowMs - (t.creditAtMs as number) < giveUpMs ? 'repeat' : 'give_up';
}
