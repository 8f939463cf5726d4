import type { ErrorCode } from '@feiqian/contract';
import type { ClaimResult } from '@feiqian/idempotency';
import type { TokenWithCard } from '@feiqian/tokens';
import type {
  BeginCommand,
  CancelCommand,
  Command,
  Group,
  LegCommand,
  Loaded,
  Outcome,
  StartCommand,
} from './command.ts';
import type { TransfersDeps } from './deps.ts';
import { type Numbers, reversalOf } from './message.ts';
import { entryOf } from './postings.ts';
import { isTransferEnd, pay, settle } from './request.ts';
import {
  begin,
  cancel,
  credited,
  debited,
  outcomeMsMax,
  type Payee,
  type PayerCard,
  type Settled,
  start,
  type Transfer,
} from './transfer.ts';
import { transferView } from './view.ts';

/** Decides one command on what was loaded; what is to be written is gathered in the group. */
export function decide(
  deps: TransfersDeps,
  group: Group,
  loaded: Loaded,
  c: Command,
  nowMs: number,
): Outcome {
  switch (c.kind) {
    case 'begin':
      return decideBegin(deps, group, loaded, c, nowMs);
    case 'start':
      return decideStart(deps, group, loaded, c, nowMs);
    case 'cancel':
      return decideCancel(deps, group, loaded, c, nowMs);
    case 'debited':
    case 'credited':
      return decideLeg(deps, group, loaded, c, nowMs);
  }
}

function decideBegin(
  deps: TransfersDeps,
  group: Group,
  loaded: Loaded,
  c: BeginCommand & { again?: boolean },
  nowMs: number,
): Outcome {
  const claim = loaded.claims.get(c) as ClaimResult;
  if (c.nonce !== null && c.again !== true && !loaded.nonces.delete(c.nonce)) {
    if (claim.kind === 'claimed') group.released.push({ id: c.key.id });
    return { kind: 'refused', code: 'nonce_used' };
  }
  if (claim.kind === 'answered') return claim;
  const payer = payerOf(loaded.cards.get(c.tokenId), c.order.deviceId);
  const to = destinationOf(loaded, c);
  const numbers = numbersOf(loaded.cards.get(c.tokenId), to?.number);
  const stored = c.again === true ? loaded.transfers.get(c.order.id) : undefined;
  if (stored !== undefined) return begun(deps, stored, c, numbers);
  if (claim.kind === 'in_flight' || claim.kind === 'mismatch') return { kind: claim.kind };
  // The first try died: its transfer comes to its end by itself, and this caller is told how it stands.
  if (claim.kind === 'lease_ended') return { kind: 'resumed', transferId: claim.objectId };
  const refuse = (code: ErrorCode): Outcome => {
    group.released.push({ id: c.key.id });
    return { kind: 'refused', code };
  };
  const decision = begin(c.order, payer, to?.payee, c.reference, nowMs);
  if (!decision.ok) return refuse(decision.code);
  const { transfer } = decision;
  if (c.requestId !== null) {
    const request = loaded.requests.get(c.requestId);
    const paying =
      request === undefined
        ? ({ ok: false, code: 'not_found' } as const)
        : pay(request, transfer.payerId, transfer.id, nowMs);
    if (!paying.ok) return refuse(paying.code);
    loaded.requests.set(c.requestId, paying.request);
    group.request(paying.request);
  }
  const sending = `${transfer.payerId} ${transfer.payeePan} ${transfer.amount}`;
  if (!c.repeatConfirmed && loaded.lately.has(sending)) return refuse('transfer_repeated');
  loaded.lately.add(sending);
  group.inserts.push(transfer);
  group.event(transfer, `transfer.${transfer.state}`);
  group.due(transfer.id, transfer.scheduledAtMs ?? nowMs + outcomeMsMax);
  if (transfer.state === 'scheduled') {
    const body = JSON.stringify(transferView(transfer, transfer.payerId, deps.bankOf));
    group.answers.push({ id: c.key.id, status: 201, body });
  }
  return begun(deps, transfer, c, numbers);
}

/** What follows on a transfer that was stored by its first command. */
function begun(deps: TransfersDeps, t: Transfer, c: BeginCommand, numbers: Numbers | null): Outcome {
  if (t.state === 'debiting' && t.debitRrn === c.reference.rrn && numbers !== null)
    return { kind: 'debit', transfer: t, numbers };
  return stored(deps, t, 201);
}

function stored(deps: TransfersDeps, t: Transfer, status = 201): Outcome {
  const body = JSON.stringify(transferView(t, t.payerId, deps.bankOf));
  return { kind: 'stored', transfer: t, body, status };
}

function decideStart(
  deps: TransfersDeps,
  group: Group,
  loaded: Loaded,
  c: StartCommand,
  nowMs: number,
): Outcome {
  const before = loaded.transfers.get(c.transferId);
  if (before === undefined) throw new Error(`transfer ${c.transferId} is missing`);
  const card = loaded.cards.get(c.tokenId);
  const numbers = numbersOf(card, loaded.numbers.get(before.payeePan));
  if (before.state === 'debiting' && before.debitRrn === c.reference.rrn && numbers !== null)
    return { kind: 'debit', transfer: before, numbers };
  if (before.state !== 'scheduled') return stored(deps, before);
  const after = start(before, payerOf(card, before.payerDevice), c.reference, nowMs);
  loaded.transfers.set(after.id, after);
  group.change(before, after);
  group.due(after.id, after.state === 'debiting' ? nowMs + outcomeMsMax : null);
  if (after.state === 'debiting' && numbers !== null) return { kind: 'debit', transfer: after, numbers };
  return stored(deps, after);
}

function decideCancel(
  deps: TransfersDeps,
  group: Group,
  loaded: Loaded,
  c: CancelCommand & { again?: boolean },
  nowMs: number,
): Outcome {
  const claim = loaded.claims.get(c) as ClaimResult;
  if (claim.kind === 'answered') return claim;
  if (claim.kind === 'mismatch') return { kind: 'mismatch' };
  const before = loaded.transfers.get(c.transferId);
  const refuse = (code: ErrorCode): Outcome => {
    group.released.push({ id: c.key.id });
    return { kind: 'refused', code };
  };
  if (before === undefined || before.payerId !== c.userId) return refuse('not_found');
  if (c.again === true && before.state === 'cancelled') return stored(deps, before, 200);
  if (claim.kind === 'in_flight') return { kind: 'in_flight' };
  const decision = cancel(before, nowMs);
  if (!decision.ok) return refuse(decision.code);
  loaded.transfers.set(before.id, decision.transfer);
  group.change(before, decision.transfer);
  group.due(before.id, null);
  const outcome = stored(deps, decision.transfer, 200) as Extract<Outcome, { kind: 'stored' }>;
  group.answers.push({ id: c.key.id, status: 200, body: outcome.body });
  return outcome;
}

/** The first try of this very command was committed after all: its mark is on the transfer. */
function settledBefore(t: Transfer, c: LegCommand): boolean {
  if (c.kind === 'debited') return t.debitRrn === c.rrn && t.creditRrn === c.reference.rrn;
  return t.creditRrn === c.rrn && t.state === 'completed' && c.outcome.kind === 'approved';
}

function decideLeg(
  deps: TransfersDeps,
  group: Group,
  loaded: Loaded,
  c: LegCommand & { again?: boolean },
  nowMs: number,
): Outcome {
  const before = loaded.transfers.get(c.transferId);
  if (before === undefined) throw new Error(`transfer ${c.transferId} is missing`);
  if (c.again === true && settledBefore(before, c)) {
    return before.state === 'crediting' ? { kind: 'credit', transfer: before } : stored(deps, before);
  }
  if (c.exchange !== null) group.exchanges.push({ ...c.exchange, groupId: before.id });
  const settled =
    c.kind === 'debited'
      ? debited(before, c.rrn, c.outcome, c.reference, nowMs)
      : credited(before, c.rrn, c.outcome, nowMs);
  if (settled.kind === 'late') {
    if (c.outcome.kind !== 'unknown')
      group.event(before, 'transfer.late_answer', { answer: c.outcome.kind, answer_rrn: c.rrn });
    return stored(deps, before);
  }
  const { transfer } = settled;
  loaded.transfers.set(transfer.id, transfer);
  group.change(before, transfer);
  if (settled.kind === 'credit') return { kind: 'credit', transfer };
  follow(deps, group, settled, nowMs);
  if (transfer.payeeVia === 'request' && isTransferEnd(transfer.state)) {
    const request = loaded.requests.get(transfer.id);
    if (request === undefined) throw new Error(`the request that transfer ${transfer.id} pays is missing`);
    group.request(settle(request, transfer.id, transfer.state, nowMs));
  }
  const outcome = stored(deps, transfer) as Extract<Outcome, { kind: 'stored' }>;
  if (c.key !== null) group.answers.push({ id: c.key.id, status: outcome.status, body: outcome.body });
  return outcome;
}

/** What the end of a leg writes beside the transfer itself. */
function follow(
  deps: TransfersDeps,
  group: Group,
  settled: Exclude<Settled, { kind: 'late' | 'credit' }>,
  nowMs: number,
): void {
  const { transfer } = settled;
  if (settled.kind === 'confirm') {
    group.due(transfer.id, nowMs);
    return;
  }
  group.due(transfer.id, null);
  if (settled.kind === 'reverse') {
    const numbered = { id: deps.ids.uuid(), ...deps.references.next(), atMs: nowMs };
    group.forwards.push(reversalOf(transfer, deps.wire, numbered));
  } else if (settled.book) {
    const entry = entryOf(transfer, deps.booksOf(transfer.currency));
    if (entry !== null) group.entries.push(entry);
  }
}

function payerOf(card: TokenWithCard | undefined, deviceId: string): PayerCard | undefined {
  return (
    card && {
      tokenId: card.id,
      userId: card.userId,
      memberId: card.issuerId,
      kind: card.kind,
      last4: card.last4,
      panId: card.panId,
      usable: card.status === 'active' && card.deviceId === deviceId,
    }
  );
}

function destinationOf(
  loaded: Loaded,
  c: BeginCommand,
): { payee: Payee; number: string | undefined } | undefined {
  if (c.to.kind === 'payee') {
    return { payee: c.to.payee, number: loaded.numbers.get(c.to.payee.panId) };
  }
  const card = c.to.kind === 'card' ? loaded.cards.get(c.to.tokenId) : undefined;
  if (card === undefined || card.userId !== c.order.userId) return undefined;
  const payee: Payee = {
    userId: card.userId,
    via: 'own',
    panId: card.panId,
    memberId: card.issuerId,
    last4: card.last4,
    name: null,
    kind: card.kind,
    usable: card.status === 'active',
  };
  return { payee, number: card.pan.reveal() };
}

function numbersOf(card: TokenWithCard | undefined, payee: string | undefined): Numbers | null {
  if (card === undefined || payee === undefined) return null;
  return { payer: card.pan.reveal(), expiry: card.expiry, payee };
}
