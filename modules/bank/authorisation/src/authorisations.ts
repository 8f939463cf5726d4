import { type Accounts, currencyOfNumber, type Movement, type Posting } from '@feiqian/bank-accounts';
import type { CardOutcome, Cards } from '@feiqian/bank-cards';
import type { Classes, LimitState } from '@feiqian/bank-classes';
import type { Clock } from '@feiqian/clock';
import type { Db, Migrations, Tx } from '@feiqian/db';
import type { Ids } from '@feiqian/ids';
import { createPipeline, type Pipeline } from '@feiqian/pipeline';
import init from '../migrations/0001_init.sql';
import transfers from '../migrations/0002_transfers.sql';
import { abandonCommand, type Command, isLeg, type LegName } from './command.ts';
import { decide } from './decision.ts';
import { type Leg, legOf } from './leg.ts';
import { keysOf, load, viewOf } from './loading.ts';
import type { ResponseCode } from './responseCode.ts';
import { createStore, type Store, type StoredMessage } from './store.ts';
import type { Decision, Fresh, View } from './verdict.ts';

/** Messages decided in one transaction at the most. */
export const groupMessagesMax = 256;
/** Messages that may wait to be decided; beyond it a message is answered 96 and nothing is done. */
export const waitingMessagesMax = 4_096;
/** How often a group is decided anew because another process took one of its keys meanwhile. */
const attemptsMax = 5;

/** The tables of the module in the schema of one bank. */
export function authorisationMigrations(schema: string): Migrations {
  return {
    schema,
    scripts: [
      { name: '0001_init', sql: init },
      { name: '0002_transfers', sql: transfers },
    ],
  };
}

export interface AuthorisationsDeps {
  schema: string;
  db: Db;
  clock: Clock;
  ids: Ids;
  accounts: Accounts;
  cards: Cards;
  classes: Classes;
}

/** What the host is to send. */
export interface Answer {
  code: ResponseCode;
  authorisationCode: string | null;
  /** The limit that refused it. */
  limit: LimitState | null;
  /** What a test card lets happen to the answer; `approve` for every other. */
  outcome: CardOutcome;
}

export interface Authorisations {
  /**
   * Decides a message; resolves after its commit, with the answer it got the first time when it is a repeat.
   * Rejects with `PipelineFull` when too many wait (nothing was done), and with the database's error when it is
   * not known whether the commit took place: then nothing may be answered.
   */
  decide(command: Command): Promise<Answer>;
  /** What became of a leg of a transfer. */
  leg(name: LegName): Promise<Leg>;
  /**
   * Gives a leg up: decided in turn with the leg's own message, so that afterwards it was posted or never will be.
   * Rejects as {@link decide} does; it may then be repeated.
   */
  abandon(name: LegName): Promise<Leg>;
  /** Resolves when nothing is waiting or being decided. */
  drain(): Promise<void>;
  readonly stats: Pipeline<Command, Answer>['stats'];
}

/** Another process has committed one of our keys meanwhile: what was decided has to be decided anew. */
class KeyTaken extends Error {
  override name = 'KeyTaken';
}

/** Decides messages in groups, each in one transaction. */
export function createAuthorisations(deps: AuthorisationsDeps): Authorisations {
  const store = createStore(deps.schema);
  const pipeline = createPipeline<Command, Answer>({
    name: `${deps.schema} messages`,
    groupMax: groupMessagesMax,
    waitingMax: waitingMessagesMax,
    run: (group) => runGroup(deps, store, group),
  });
  const leg = async (name: LegName) => legOf(await store.leg(deps.db, name));
  return {
    decide: (command) => pipeline.submit(command),
    leg,
    async abandon(name) {
      await pipeline.submit(abandonCommand(name));
      return leg(name);
    },
    drain: () => pipeline.drain(),
    stats: pipeline.stats,
  };
}

/**
 * One group: copies of one message are decided once; messages about the same operation are decided one
 * transaction after the other, everything else together.
 */
async function runGroup(deps: AuthorisationsDeps, store: Store, group: Command[]): Promise<Answer[]> {
  const answers = new Map<string, Answer>();
  let waiting = [...new Map(group.map((c) => [identityOf(c), c])).values()];
  while (waiting.length > 0) waiting = await runWave(deps, store, waiting, answers);
  return group.map((command) => answers.get(identityOf(command)) as Answer);
}

/** Same key and same content: a copy. Same key with other content is another message, to be refused. */
function identityOf(command: Command): string {
  return `${command.key} ${command.fingerprint}`;
}

/** Decides what does not depend on each other; returns what has to wait for the next transaction. */
async function runWave(
  deps: AuthorisationsDeps,
  store: Store,
  commands: readonly Command[],
  answers: Map<string, Answer>,
): Promise<Command[]> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    try {
      const { decided, deferred } = await deps.db.transaction((tx) => decideAll(deps, store, tx, commands));
      for (const [command, answer] of decided) answers.set(identityOf(command), answer);
      return deferred;
    } catch (error) {
      if (!(error instanceof KeyTaken)) throw error;
    }
  }
  throw new Error('messages with the same keys keep being decided elsewhere');
}

/** load → decide → store, one transaction. */
async function decideAll(
  deps: AuthorisationsDeps,
  store: Store,
  tx: Tx,
  commands: readonly Command[],
): Promise<{ decided: [Command, Answer][]; deferred: Command[] }> {
  const loaded = await load(deps, store, tx, commands);
  const given = { month: deps.cards.month(), nowMs: deps.clock.now() };
  const { nowMs } = given;
  const touched = new Set<string>();
  const deferred: Command[] = [];
  const work: Work[] = [];
  for (const command of commands) {
    const fresh = { operationId: deps.ids.uuid(), transferId: deps.ids.uuid(), movementId: deps.ids.uuid() };
    const view = viewOf(command, loaded, { ...given, fresh });
    const keys = keysOf(command, view);
    if (keys.some((key) => touched.has(key))) deferred.push(command);
    else work.push({ command, view, decision: decide(command, view), fresh });
    for (const key of keys) touched.add(key);
  }
  await post(deps, tx, work);
  await write(deps, store, tx, work, nowMs);
  return {
    decided: work.map(({ command, view, decision: { code, authorisationCode, limit } }) => [
      command,
      { code, authorisationCode, limit, outcome: deliveryOf(command, view) },
    ]),
    deferred,
  };
}

interface Work {
  command: Command;
  view: View;
  decision: Decision;
  fresh: Fresh;
}

/** Posts to the ledger. A posting that is not covered turns its decision into a plain 51. */
async function post({ accounts }: AuthorisationsDeps, tx: Tx, work: Work[]): Promise<void> {
  const posting = work.filter((w) => w.decision.posting !== null);
  if (posting.length === 0) return;
  const outcomes = await accounts.post(
    tx,
    posting.map((w) => w.decision.posting as Posting),
  );
  for (const [i, outcome] of outcomes.entries()) {
    const item = posting[i] as Work;
    if (outcome === 'insufficient_funds') {
      item.decision = {
        ...item.decision,
        code: '51',
        authorisationCode: null,
        posting: null,
        line: null,
        created: null,
        changed: [],
        uses: [],
        givesBack: [],
      };
    }
  }
}

/** Writes messages and operations in the order of their keys, so that two processes cannot lock crosswise. */
async function write(
  deps: AuthorisationsDeps,
  store: Store,
  tx: Tx,
  work: readonly Work[],
  nowMs: number,
): Promise<void> {
  const decided = work.filter((w) => !w.decision.replay);
  if (decided.length === 0) return;
  const messages = decided
    .filter((w) => w.decision.isMessage)
    .map(messageOf)
    .sort((a, b) => order(a.key, b.key));
  const created = decided
    .flatMap((w) => w.decision.created ?? [])
    .sort((a, b) => order(a.reference, b.reference) || order(a.rrn, b.rrn));
  const changed = decided.flatMap((w) => w.decision.changed);
  const movements = decided.flatMap((w) => movementOf(w, nowMs) ?? []);
  const [messagesStored, operationsStored] = await Promise.all([
    messages.length === 0 ? 0 : store.insertMessages(tx, messages, nowMs),
    created.length === 0 ? 0 : store.insertOperations(tx, created, nowMs),
    changed.length === 0 ? undefined : store.updateOperations(tx, changed, nowMs),
    deps.accounts.tell(tx, movements),
    deps.classes.count(
      tx,
      decided.flatMap((w) => w.decision.uses),
    ),
    deps.classes.giveBack(
      tx,
      decided.flatMap((w) => w.decision.givesBack),
    ),
  ]);
  if (messagesStored < messages.length || operationsStored < created.length) throw new KeyTaken();
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function messageOf({ command, view, decision }: Work): StoredMessage {
  return {
    key: command.key,
    kind: command.kind as StoredMessage['kind'],
    mti: command.mti,
    fingerprint: command.fingerprint,
    cardId: view.card?.id ?? null,
    amount: command.amount,
    currency: command.currency,
    code: decision.code,
    authorisationCode: decision.authorisationCode,
    limit: decision.limit,
    operationId: decision.created?.id ?? decision.changed[0]?.id ?? null,
  };
}

function movementOf({ command, view, decision, fresh }: Work, nowMs: number): Movement | null {
  const { line, posting } = decision;
  if (!line || !posting) return null;
  return {
    id: fresh.movementId,
    accountId: posting.accountId,
    atMs: nowMs,
    kind: line.kind,
    amount: line.amount,
    currency: currencyOfNumber(posting.currency) as string,
    description: line.description,
    rrn: command.rrn,
    cardLast4: view.card?.last4 ?? null,
    counterparty: command.otherEnd && {
      institution: command.otherEnd.institution,
      numberMasked: command.otherEnd.numberMasked,
    },
    transferId: posting.id,
  };
}

/**
 * Only what a card pays with, and the legs of transfers, are disturbed on purpose: reversals, completions and refunds
 * are always answered.
 */
function deliveryOf(command: Command, { card }: View): CardOutcome {
  const disturbed = command.kind === 'hold' || command.kind === 'purchase' || isLeg(command.kind);
  return disturbed ? (card?.outcome ?? 'approve') : 'approve';
}
