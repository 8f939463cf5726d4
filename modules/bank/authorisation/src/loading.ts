import { type Account, type Balance, isLimited, owedOf } from '@feiqian/bank-accounts';
import type { Card } from '@feiqian/bank-cards';
import type { ClassState } from '@feiqian/bank-classes';
import type { Tx } from '@feiqian/db';
import type { AuthorisationsDeps } from './authorisations.ts';
import type { Command } from './command.ts';
import { originalOf, ownOf } from './decision.ts';
import type { Operation, SavedAnswer } from './operation.ts';
import type { Store } from './store.ts';
import type { Fresh, View } from './verdict.ts';

/** What a group of commands needs to be decided. */
export interface Loaded {
  saved: Map<string, SavedAnswer>;
  cards: Map<string, Card>;
  accounts: Map<string, Account>;
  /** By number, of credit legs that name no card. */
  payees: Map<string, Account>;
  /** Of accounts that are locked, because a limit or a debt decides. */
  states: Map<string, ClassState>;
  balances: Map<string, Balance>;
  limitsOf: (state: ClassState, balance: bigint) => View['limits'];
  byReference: Map<string, Operation[]>;
  byRrn: Map<string, Operation[]>;
  byId: Map<string, Operation>;
}

/**
 * Loads in four steps, each in an order of its own that all processes keep: answers, cards and operations (locked),
 * accounts, the locks of those that a limit or a debt decides about, and what these locks protect.
 */
export async function load(
  { cards, accounts, classes }: AuthorisationsDeps,
  store: Store,
  tx: Tx,
  commands: readonly Command[],
): Promise<Loaded> {
  const references = new Set<string>();
  const rrns = new Set<string>();
  for (const { reference, original } of commands) {
    references.add(reference);
    if (original?.reference) references.add(original.reference);
    else if (original) rrns.add(original.rrn);
  }
  const [saved, cardsFound, found, foundByRrn] = await Promise.all([
    store.savedAnswers(tx, [...new Set(commands.map((c) => c.key))]),
    cards.load(tx, [...new Set(commands.map((c) => c.panLookup))]),
    store.operationsByReferences(tx, [...references]),
    rrns.size === 0 ? [] : store.operationsByRrns(tx, [...rrns]),
  ]);
  const operations = [...found, ...foundByRrn];
  const parents = new Set(operations.flatMap((o) => o.parentId ?? []));
  const accountIds = new Set([...cardsFound.values()].map((c) => c.accountId));
  const numbers = commands.flatMap((c) =>
    c.payeeNumber !== null && !cardsFound.has(c.panLookup) ? [c.payeeNumber] : [],
  );
  const [accountsFound, payees, parentsFound] = await Promise.all([
    accounts.load(tx, [...accountIds]),
    accounts.loadByNumber(tx, [...new Set(numbers)]),
    parents.size === 0 ? [] : store.operationsByIds(tx, [...parents]),
  ]);
  const guarded = new Set<string>();
  for (const command of commands) {
    const account = accountOf(command, cardsFound, accountsFound, payees);
    if (account && isGuarded(command, account)) guarded.add(account.id);
  }
  const locked = await accounts.lock(tx, [...guarded]);
  for (const [id, account] of locked) accountsFound.set(id, account);
  const [states, balances] = await Promise.all([
    classes.states(tx, [...locked.values()]),
    accounts.balances(tx, [...locked.values()]),
  ]);
  return {
    saved,
    cards: cardsFound,
    accounts: accountsFound,
    payees,
    states,
    balances,
    limitsOf: classes.limits,
    byReference: grouped(found, (o) => o.reference),
    byRrn: grouped(foundByRrn, (o) => o.rrn),
    byId: new Map([...operations, ...parentsFound].map((o) => [o.id, o])),
  };
}

/** Limits and debts are decided one command after the other, under the lock of the account. */
function isGuarded(command: Command, account: Account): boolean {
  return isLimited(account) || (command.kind === 'transfer_in' && account.kind === 'credit');
}

function accountOf(
  { panLookup, payeeNumber }: Command,
  cards: ReadonlyMap<string, Card>,
  accounts: ReadonlyMap<string, Account>,
  payees: ReadonlyMap<string, Account>,
): Account | null {
  const card = cards.get(panLookup);
  if (card) return accounts.get(card.accountId) ?? null;
  const payee = payeeNumber === null ? undefined : payees.get(payeeNumber);
  return payee ? (accounts.get(payee.id) ?? payee) : null;
}

function grouped(
  operations: readonly Operation[],
  keyOf: (o: Operation) => string,
): Map<string, Operation[]> {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const key = keyOf(operation);
    const group = groups.get(key);
    if (group) group.push(operation);
    else groups.set(key, [operation]);
  }
  return groups;
}

/** All that the decision of one command may depend on. */
export function viewOf(
  command: Command,
  loaded: Loaded,
  given: { month: string; nowMs: number; fresh: Fresh },
): View {
  const { original: name } = command;
  const card = loaded.cards.get(command.panLookup) ?? null;
  const candidates = name?.reference
    ? (loaded.byReference.get(name.reference) ?? [])
    : name
      ? (loaded.byRrn.get(name.rrn) ?? []).filter(
          (o) => o.acquirer === command.acquirer && (o.kind === 'hold' || o.kind === 'purchase'),
        )
      : [];
  const original = originalOf(command, candidates, card?.id ?? null);
  const account = accountOf(command, loaded.cards, loaded.accounts, loaded.payees);
  const state = account ? loaded.states.get(account.id) : undefined;
  const balance = account ? loaded.balances.get(account.id) : undefined;
  const { otherEnd } = command;
  const bound = state?.binding ?? null;
  return {
    saved: loaded.saved.get(command.key) ?? null,
    card,
    account,
    limits: state && balance ? loaded.limitsOf(state, balance.balance) : null,
    isBound:
      bound !== null &&
      otherEnd !== null &&
      bound.institution === otherEnd.institution &&
      bound.numberLookup === otherEnd.lookup,
    owed: account?.kind === 'credit' && balance ? owedOf(balance) : null,
    own:
      command.kind === 'reversal' || command.kind === 'abandon'
        ? null
        : ownOf(command, loaded.byReference.get(command.reference) ?? []),
    original,
    parent: original?.parentId ? (loaded.byId.get(original.parentId) ?? null) : null,
    ...given,
  };
}

/** What a command reads and writes: two commands of one transaction must not have any of it in common. */
export function keysOf(command: Command, { original, parent, account }: View): string[] {
  const { key, reference, original: name } = command;
  const keys = [key, `reference ${reference}`];
  if (account && isGuarded(command, account)) keys.push(`account ${account.id}`);
  if (name) keys.push(name.reference ? `reference ${name.reference}` : `rrn ${name.rrn}`);
  if (original) keys.push(original.id, `reference ${original.reference}`);
  if (parent) keys.push(parent.id, `reference ${parent.reference}`);
  return keys;
}
