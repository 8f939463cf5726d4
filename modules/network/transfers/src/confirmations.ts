import type { RequestKey } from '@feiqian/http';
import type { IssuerAnswer } from '@feiqian/links';
import type { Command, Outcome } from './command.ts';
import type { TransfersDeps } from './deps.ts';
import { creditKey, creditOutcomeOf, creditRequest, type Numbers, nextStep, outcomeOf } from './message.ts';
import * as store from './store/transfers.ts';
import type { LegOutcome, Transfer } from './transfer.ts';

/** Transfers looked at in one turn. */
const sweepMax = 200;
/** Nobody else looks at a transfer for so long after it was taken: longer than a bank is waited for. */
const leaseMs = 30_000;
const pauseMsMin = 1_000;
const pauseMsMax = 60_000;

interface ConfirmationsDeps extends TransfersDeps {
  submit(command: Command): Promise<Outcome>;
  follow(transfer: Transfer, numbers: Numbers, key: RequestKey | null): Promise<unknown>;
}

/** The pause before a bank is asked again, ms: doubling, a fifth of it by chance. */
export function pauseMs(tries: number, random: number): number {
  const full = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(Math.max(tries - 1, 0), 20));
  return Math.round(full * (0.8 + 0.2 * random));
}

/**
 * What nobody waits for: scheduled transfers whose time has come, transfers whose process died, credit legs without an
 * answer. Any process may do it; whoever takes a transfer moves its time on first.
 */
export function createConfirmations(deps: ConfirmationsDeps) {
  const { db, clock, wire } = deps;
  const leg = (t: Transfer, kind: 'debited' | 'credited', outcome: LegOutcome, answer?: IssuerAnswer) =>
    deps.submit({
      kind,
      key: null,
      before: null,
      transferId: t.id,
      rrn: (kind === 'debited' ? t.debitRrn : t.creditRrn) as string,
      outcome,
      exchange: answer === undefined || answer.kind === 'not_sent' ? null : answer.exchange,
      reference: deps.references.next(),
    });

  async function sweep(): Promise<number> {
    const nowMs = clock.now();
    const taken = await store.claimDue(db, nowMs, nowMs + leaseMs, sweepMax);
    if (taken.length === 0) return 0;
    const found = await store.transfersByIds(
      db,
      taken.map((t) => t.id),
    );
    const tries = new Map(taken.map((t) => [t.id, t.tries]));
    await Promise.all(found.map((t) => look(t, tries.get(t.id) ?? 1)));
    return taken.length;
  }

  async function look(t: Transfer, tries: number): Promise<void> {
    switch (t.state) {
      case 'scheduled':
        return begin(t);
      case 'debiting':
        await leg(t, 'debited', { kind: 'unknown' });
        return;
      case 'crediting':
        await leg(t, 'credited', { kind: 'unknown' });
        return;
      case 'confirming':
        if (!(await confirm(t))) await store.postpone(db, t.id, clock.now() + pauseMs(tries, deps.random()));
        return;
      default:
        // It has come to its end since it was taken.
        await db.transaction((tx) => store.setDue(tx, [{ id: t.id, atMs: null }]));
    }
  }

  async function begin(t: Transfer): Promise<void> {
    const begun = await deps.submit({
      kind: 'start',
      transferId: t.id,
      tokenId: t.payerToken,
      reference: deps.references.next(),
    });
    if (begun.kind === 'debit') void deps.follow(begun.transfer, begun.numbers, null);
  }

  /** Asks the payee's bank what it did; true when it said something final, and that is stored. */
  async function confirm(t: Transfer): Promise<boolean> {
    const key = creditKey(t, wire);
    const told = await deps.bankApi.ask(t.payeeMember, 'leg', { query: { ...key } });
    const outcome = told.ok ? creditOutcomeOf(told.value) : null;
    if (outcome !== null) {
      await leg(t, 'credited', outcome);
      return true;
    }
    if (nextStep(t, clock.now()) === 'repeat') return repeat(t);
    const given = await deps.bankApi.ask(t.payeeMember, 'abandonLeg', { body: key });
    const end = given.ok ? creditOutcomeOf(given.value) : null;
    if (end === null) return false;
    await leg(t, 'credited', end);
    return true;
  }

  /** Sends the credit leg again under its own key: the bank posts it once and answers as it did. */
  async function repeat(t: Transfer): Promise<boolean> {
    const [cards, payees] = await Promise.all([
      deps.tokens.withCards(db, [t.payerToken]),
      deps.tokens.numbers(db, [t.payeePan]),
    ]);
    const payer = cards.get(t.payerToken)?.pan.reveal();
    const payee = payees.get(t.payeePan);
    if (payer === undefined || payee === undefined)
      throw new Error(`a number of transfer ${t.id} is not in the vault`);
    const answer = await deps.links.send(t.payeeMember, creditRequest(t, wire, { payer, payee }, true));
    const outcome = outcomeOf(answer, 'credit');
    await leg(t, 'credited', outcome, answer);
    return outcome.kind === 'approved' || outcome.kind === 'refused';
  }

  return { sweep };
}
