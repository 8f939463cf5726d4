import type { AccountInput, TransferInput } from '../src/index.ts';

/*
 * The ledger written the slow way, as a second opinion: a log of what was accepted, every balance counted anew
 * from the whole log whenever it is needed, a chain tried on a copy of the log. It shares nothing with the code
 * it is compared with.
 */

interface Entry {
  input: TransferInput;
  debit: string;
  credit: string;
  amount: bigint;
  kind: 'direct' | 'pending' | 'post' | 'void';
  atMs: number;
}

export interface Balance {
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
}

const full = 2n ** 63n - 1n;
const spent =
  /^(debit|credit)_account_(not_found|already_closed)$|^exceeds_(credits|debits)$|^pending_transfer_not_found$/;

export function createNaiveLedger(accounts: readonly AccountInput[]) {
  let log: Entry[] = [];
  const expired = new Set<string>();
  const failed = new Set<string>();

  const entryOf = (id: string | null | undefined) => log.find((e) => e.input.id === id);
  const resolutionOf = (id: string): 'post' | 'void' | 'expired' | null => {
    const by = log.find((e) => e.input.pendingId === id);
    if (by) return by.kind === 'post' ? 'post' : 'void';
    return expired.has(id) ? 'expired' : null;
  };
  const open = (e: Entry) => e.kind === 'pending' && resolutionOf(e.input.id) === null;
  const count = (pick: (e: Entry) => boolean) => log.reduce((sum, e) => (pick(e) ? sum + e.amount : sum), 0n);

  function balance(id: string): Balance {
    const moved = (e: Entry) => e.kind === 'direct' || e.kind === 'post';
    return {
      debitsPending: count((e) => e.debit === id && open(e)),
      debitsPosted: count((e) => e.debit === id && moved(e)),
      creditsPending: count((e) => e.credit === id && open(e)),
      creditsPosted: count((e) => e.credit === id && moved(e)),
    };
  }

  function closed(id: string): boolean {
    const fromTheStart = accounts.find((a) => a.id === id)?.flags?.closed === true;
    // Reopened by voiding any transfer that closed it, whatever closed it besides.
    const closings = log.filter(
      (e) =>
        (e.input.flags?.closingDebit && e.debit === id) || (e.input.flags?.closingCredit && e.credit === id),
    );
    const last = closings.at(-1);
    return last ? open(last) : fromTheStart;
  }

  const due = (e: Entry, nowMs: number) =>
    !!e.input.timeoutSeconds && e.atMs + e.input.timeoutSeconds * 1000 <= nowMs;

  /** Whether a second attempt means what was recorded, whatever it leaves unsaid. */
  function saysTheSame(t: TransferInput, recorded: Entry): boolean {
    const meaning = (input: TransferInput) => {
      const p = entryOf(input.pendingId);
      const on = Object.entries(input.flags ?? {}).filter(([, set]) => set);
      return JSON.stringify([
        on.map(([name]) => name).sort(),
        input.pendingId ?? null,
        input.timeoutSeconds ?? 0,
        input.debitAccountId ?? p?.debit,
        input.creditAccountId ?? p?.credit,
        input.ledger || p?.input.ledger,
        input.code || p?.input.code,
      ]);
    };
    if (meaning(t) !== meaning(recorded.input)) return false;
    const all = entryOf(t.pendingId)?.amount;
    if (recorded.kind === 'post')
      return (t.amount ?? full) === full ? recorded.amount === all : t.amount === recorded.amount;
    if (recorded.kind === 'void') return (t.amount || all) === recorded.amount;
    const { balancingDebit, balancingCredit } = t.flags ?? {};
    const amount = t.amount ?? 0n;
    return balancingDebit || balancingCredit ? amount >= recorded.amount : amount === recorded.amount;
  }

  function judge(t: TransferInput, nowMs: number): string {
    const before = entryOf(t.id);
    if (before) return saysTheSame(t, before) ? 'exists' : 'exists…';
    if (failed.has(t.id)) return 'id_already_failed';
    return t.flags?.postPending || t.flags?.voidPending ? judgeResolving(t, nowMs) : judgeOther(t, nowMs);
  }

  function judgeResolving(t: TransferInput, nowMs: number): string {
    const { linked: _, ...flags } = t.flags ?? {};
    if (Object.values(flags).filter(Boolean).length > 1) return 'flags_are_mutually_exclusive';
    const isPost = t.flags?.postPending === true;
    const p = entryOf(t.pendingId);
    const amount = isPost ? (t.amount ?? full) : (t.amount ?? 0n);
    if (!t.pendingId) return 'pending_id_must_not_be_zero';
    if (t.pendingId === t.id) return 'pending_id_must_be_different';
    if (t.timeoutSeconds) return 'timeout_reserved_for_pending_transfer';
    if (isPost && amount === 0n) return 'amount_must_not_be_zero';
    if (!p) return 'pending_transfer_not_found';
    if (p.kind !== 'pending') return 'pending_transfer_not_pending';
    if (t.debitAccountId && t.debitAccountId !== p.debit)
      return 'pending_transfer_has_different_debit_account_id';
    if (t.creditAccountId && t.creditAccountId !== p.credit) {
      return 'pending_transfer_has_different_credit_account_id';
    }
    if (t.ledger && t.ledger !== p.input.ledger) return 'pending_transfer_has_different_ledger';
    if (t.code && t.code !== p.input.code) return 'pending_transfer_has_different_code';
    const effective = amount === (isPost ? full : 0n) ? p.amount : amount;
    if (effective > p.amount) return 'exceeds_pending_transfer_amount';
    if (!isPost && effective < p.amount) return 'pending_transfer_has_different_amount';
    const resolved = resolutionOf(p.input.id);
    if (resolved === 'post') return 'pending_transfer_already_posted';
    if (resolved === 'void') return 'pending_transfer_already_voided';
    if (resolved === 'expired' || due(p, nowMs)) return 'pending_transfer_expired';
    if (isPost && closed(p.debit)) return 'debit_account_already_closed';
    if (isPost && closed(p.credit)) return 'credit_account_already_closed';
    const kind = isPost ? 'post' : 'void';
    log.push({ input: t, debit: p.debit, credit: p.credit, amount: effective, kind, atMs: nowMs });
    return 'created';
  }

  function judgeOther(t: TransferInput, nowMs: number): string {
    const flags = t.flags ?? {};
    const closing = flags.closingDebit || flags.closingCredit;
    if (!t.debitAccountId) return 'debit_account_id_must_not_be_zero';
    if (!t.creditAccountId) return 'credit_account_id_must_not_be_zero';
    if (t.debitAccountId === t.creditAccountId) return 'accounts_must_be_different';
    if (t.pendingId) return 'pending_id_must_be_zero';
    if (!flags.pending && t.timeoutSeconds) return 'timeout_reserved_for_pending_transfer';
    if (!flags.pending && closing) return 'closing_transfer_must_be_pending';
    if (!t.amount && !closing) return 'amount_must_not_be_zero';
    if (!t.ledger) return 'ledger_must_not_be_zero';
    if (!t.code) return 'code_must_not_be_zero';
    const debit = accounts.find((a) => a.id === t.debitAccountId);
    const credit = accounts.find((a) => a.id === t.creditAccountId);
    if (!debit) return 'debit_account_not_found';
    if (!credit) return 'credit_account_not_found';
    if (debit.ledger !== credit.ledger) return 'accounts_must_have_the_same_ledger';
    if (debit.ledger !== t.ledger) return 'transfer_must_have_the_same_ledger_as_accounts';
    if (closed(debit.id)) return 'debit_account_already_closed';
    if (closed(credit.id)) return 'credit_account_already_closed';

    const d = balance(debit.id);
    const c = balance(credit.id);
    const debitRoom = d.creditsPosted - d.debitsPosted - d.debitsPending;
    const creditRoom = c.debitsPosted - c.creditsPosted - c.creditsPending;
    let amount = t.amount ?? 0n;
    if (flags.balancingDebit && amount > debitRoom) amount = debitRoom > 0n ? debitRoom : 0n;
    if (flags.balancingCredit && amount > creditRoom) amount = creditRoom > 0n ? creditRoom : 0n;
    if (t.amount && amount === 0n) {
      return flags.balancingDebit && debitRoom <= 0n ? 'exceeds_credits' : 'exceeds_debits';
    }
    if (debit.flags?.debitsMustNotExceedCredits && amount > debitRoom) return 'exceeds_credits';
    if (credit.flags?.creditsMustNotExceedDebits && amount > creditRoom) return 'exceeds_debits';
    const kind = flags.pending ? 'pending' : 'direct';
    log.push({ input: t, debit: debit.id, credit: credit.id, amount, kind, atMs: nowMs });
    return 'created';
  }

  function runChain(chain: readonly TransferInput[], nowMs: number): string[] {
    const kept = [...log];
    for (const [index, t] of chain.entries()) {
      const code = judge(t, nowMs);
      if (code === 'created') continue;
      if (chain.length > 1) log = kept;
      if (spent.test(code)) failed.add(t.id);
      return chain.map((_, i) => (i === index ? code : 'linked_event_failed'));
    }
    return chain.map(() => 'created');
  }

  return {
    balance,
    closed,
    log: () => log,
    create(batch: readonly TransferInput[], nowMs: number): string[] {
      const results: string[] = [];
      let chain: TransferInput[] = [];
      for (const t of batch) {
        chain.push(t);
        if (t.flags?.linked) continue;
        results.push(...runChain(chain, nowMs));
        chain = [];
      }
      if (chain.length === 0) return results;
      // The chain has no end. Its events are still tried, to see whether one of them fails before that.
      const kept = [...log];
      const tried = runChain(chain.slice(0, -1), nowMs);
      log = kept;
      const fine = tried.every((code) => code === 'created');
      return [...results, ...tried.map((c) => (fine ? 'linked_event_failed' : c)), 'linked_event_chain_open'];
    },
    expire(nowMs: number): string[] {
      const gone = log.filter((e) => open(e) && due(e, nowMs)).map((e) => e.input.id);
      for (const id of gone) expired.add(id);
      return gone;
    },
  };
}
