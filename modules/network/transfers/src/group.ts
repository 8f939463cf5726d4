import type { Tx } from '@feiqian/db';
import { type Claim, type ClaimResult, claimKeys, releaseKeys, saveAnswers } from '@feiqian/idempotency';
import type { TransferInput } from '@feiqian/ledger';
import { enqueueForwards, recordExchanges } from '@feiqian/links';
import type { TokenWithCard } from '@feiqian/tokens';
import { type Command, Group, type Loaded, type Outcome } from './command.ts';
import { decide } from './decide.ts';
import type { TransfersDeps } from './deps.ts';
import type { MoneyRequest } from './request.ts';
import { lockRequests, updateRequests } from './store/requests.ts';
import * as store from './store/transfers.ts';
import type { Transfer } from './transfer.ts';

/** The same payee and amount within this time is asked about once more, in ms. */
export const repeatMs = 5 * 60_000;

/** A transfer was changed by somebody else after it was read here. */
class ChangedElsewhere extends Error {
  override name = 'ChangedElsewhere';
}

/**
 * Runs one group: one outcome for each command, in order. A transfer that this process changed last is not read again:
 * what is decided on it is stored only if nobody else has changed it since. Where somebody has, nothing of the group is
 * stored, and it is decided anew on transfers that are read and locked.
 */
export async function runGroup(deps: TransfersDeps, commands: readonly Command[]): Promise<Outcome[]> {
  let done: { outcomes: Outcome[]; forwards: number };
  try {
    done = await runOnce(deps, commands, true);
  } catch (error) {
    if (!(error instanceof ChangedElsewhere)) throw error;
    done = await runOnce(deps, commands, false);
  }
  deps.outbox.wake();
  if (done.forwards > 0) deps.kickForwarder();
  return done.outcomes;
}

async function runOnce(deps: TransfersDeps, commands: readonly Command[], trusting: boolean) {
  const group = new Group();
  const outcomes = await deps.db.transaction(async (tx) => {
    const nowMs = deps.clock.now();
    const loaded = await load(deps, tx, commands, trusting, nowMs);
    const decided = commands.map((c) => decide(deps, group, loaded, c, nowMs));
    await write(deps, tx, group, nowMs);
    return decided;
  });
  return { outcomes, forwards: group.forwards.length };
}

async function load(
  deps: TransfersDeps,
  tx: Tx,
  commands: readonly Command[],
  trusting: boolean,
  nowMs: number,
): Promise<Loaded> {
  const claims: (Claim & { command: Command })[] = [];
  const known = new Map<string, Transfer>();
  const lockIds = new Set<string>();
  const tokenIds = new Set<string>();
  const panIds = new Set<string>();
  const nonces: string[] = [];
  for (const c of commands) {
    const id = c.kind === 'begin' ? c.order.id : c.transferId;
    const before = c.kind === 'debited' || c.kind === 'credited' ? c.before : null;
    // The request that it pays is locked after the transfer, by everybody.
    const trusted = trusting && before !== null && before.payeeVia !== 'request';
    if (trusted && c.again !== true && !lockIds.has(id)) known.set(id, before);
    else if (c.kind !== 'begin' || c.again === true) lockIds.add(id);
    if (c.kind === 'begin' || c.kind === 'cancel') {
      claims.push({ ...c.key, objectId: id, answer: null, command: c });
    }
    if (c.kind === 'start') tokenIds.add(c.tokenId);
    if (c.kind !== 'begin') continue;
    tokenIds.add(c.tokenId);
    if (c.to.kind === 'card') tokenIds.add(c.to.tokenId);
    else if (c.to.kind === 'payee') panIds.add(c.to.payee.panId);
    if (c.nonce !== null) nonces.push(c.nonce);
  }
  for (const id of lockIds) known.delete(id);
  // In this order: whoever waits for a key sees what the first try has made of it.
  const [fresh, claimed, locked, cards, numbers] = await Promise.all([
    deps.signing.use(tx, nonces),
    claimKeys(tx, claims, nowMs),
    store.lockTransfers(tx, [...lockIds]),
    deps.tokens.withCards(tx, [...tokenIds]),
    deps.tokens.numbers(tx, [...panIds]),
  ]);
  const transfers = new Map([...known, ...locked]);
  const starting = [...transfers.values()].filter((t) => t.state === 'scheduled').map((t) => t.payeePan);
  const requests = await paidBy(tx, commands, transfers);
  const more = await deps.tokens.numbers(tx, starting);
  const lately = await store.sentLately(tx, sendingsOf(commands, cards), idAt(nowMs - repeatMs));
  return {
    claims: new Map(claims.map(({ command }, i) => [command, claimed[i] as ClaimResult])),
    transfers,
    requests,
    cards,
    numbers: new Map([...numbers, ...more]),
    nonces: fresh,
    lately,
  };
}

/** Locks the requests that these commands pay; nothing is read when there are none. */
async function paidBy(
  tx: Tx,
  commands: readonly Command[],
  transfers: ReadonlyMap<string, Transfer>,
): Promise<Map<string, MoneyRequest>> {
  const asked = commands.flatMap((c) => (c.kind === 'begin' && c.requestId !== null ? [c.requestId] : []));
  const paying = [...transfers.values()].filter((t) => t.payeeVia === 'request').map((t) => t.id);
  const locked = await lockRequests(tx, { ids: asked, transferIds: paying });
  return new Map(
    locked.flatMap((r) => [[r.id, r] as const, ...(r.transferId ? [[r.transferId, r] as const] : [])]),
  );
}

/** The least id of an instant: a UUIDv7 begins with its milliseconds. */
function idAt(atMs: number): string {
  const hex = atMs.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

function sendingsOf(commands: readonly Command[], cards: Map<string, TokenWithCard>): store.Sending[] {
  return commands.flatMap((c) => {
    if (c.kind !== 'begin' || c.repeatConfirmed || c.again === true) return [];
    const payeePan =
      c.to.kind === 'payee'
        ? c.to.payee.panId
        : c.to.kind === 'card'
          ? cards.get(c.to.tokenId)?.panId
          : undefined;
    return payeePan === undefined ? [] : [{ payerId: c.order.userId, payeePan, amount: c.order.amount }];
  });
}

async function write(deps: TransfersDeps, tx: Tx, group: Group, nowMs: number): Promise<void> {
  // All travel together; the ledger comes last, so that its accounts are locked briefly.
  const changes = [...group.changed.values()];
  const [updated] = await Promise.all([
    store.updateTransfers(tx, changes),
    store.insertTransfers(tx, group.inserts),
    updateRequests(tx, [...group.requests.values()]),
    store.setDue(tx, [...group.dues.values()]),
    group.exchanges.length > 0 ? recordExchanges(tx, group.exchanges) : undefined,
    group.forwards.length > 0 ? enqueueForwards(tx, group.forwards) : undefined,
    deps.outbox.publish(tx, group.events),
    saveAnswers(tx, group.answers),
    releaseKeys(tx, group.released),
    post(deps, tx, group.entries, nowMs),
  ]);
  if (updated !== changes.length) throw new ChangedElsewhere('a transfer was changed by somebody else');
}

/** Books entries; anything but "created" is a bug here and rolls the group back. */
async function post(
  deps: TransfersDeps,
  tx: Tx,
  entries: readonly TransferInput[],
  nowMs: number,
): Promise<void> {
  if (entries.length === 0) return;
  const results = await deps.ledger.createTransfers(tx, entries, nowMs, { fresh: true });
  const bad = results.findIndex((r) => r !== 'created');
  if (bad >= 0)
    throw Object.assign(new Error(`ledger: ${results[bad]} for ${entries[bad]?.id}`), { code: 'FQL01' });
}
