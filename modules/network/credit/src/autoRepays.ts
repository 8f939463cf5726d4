import type { Owner } from '@feiqian/accounts';
import type { Clock } from '@feiqian/clock';
import type { AutoRepaySetting, SetAutoRepay, Transfer } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { toUuid, uuidOf } from '@feiqian/ids';
import type { Outbox } from '@feiqian/outbox';
import type { Wallets } from '@feiqian/wallets';
import {
  type AutoRepay,
  afterTry,
  autoRepayView,
  dueAmount,
  lookEveryMs,
  mayTry,
  retryMs,
} from './autoRepay.ts';
import type { Bills } from './bills.ts';
import type { Repayments } from './repayments.ts';
import * as store from './store/repayments.ts';

export interface AutoRepaysDeps {
  db: Db;
  clock: Clock;
  outbox: Pick<Outbox, 'publish' | 'wake'>;
  wallets: Pick<Wallets, 'cards'>;
  bills: Pick<Bills, 'owedOn'>;
  repayments: Repayments;
  /** Calendar day in the network's zone. */
  today: () => string;
}

/** Cards that are looked at in one turn, and how long one process may be about one of them, in ms. */
const lookedAtMax = 10;
const leaseMs = 60_000;

export type AutoRepays = ReturnType<typeof createAutoRepays>;

/** Repays cards on the day a bill is due, tries again, and tells of it. */
export function createAutoRepays(deps: AutoRepaysDeps) {
  const { db, clock, repayments } = deps;

  async function set(
    tx: Tx,
    owner: Owner,
    cardId: string,
    accountId: string,
    asked: SetAutoRepay,
  ): Promise<AutoRepay> {
    const setting: AutoRepay = {
      accountId,
      ...owner,
      cardId,
      fromCardId: toUuid(asked.from_card_id, 'tok'),
      mode: asked.mode,
      state: 'waiting',
      billId: null,
      tries: 0,
      failedBecause: null,
      transferId: null,
      actedAtMs: null,
      lookAtMs: clock.now(),
    };
    await store.putAuto(tx, setting, clock.now());
    return setting;
  }

  /** The debit card that is to pay must be one of this device. */
  async function payable(owner: Owner, fromCardId: string): Promise<void> {
    const card = (await deps.wallets.cards(owner.deviceId)).find((c) => c.id === fromCardId);
    if (card?.kind !== 'debit') throw new ProblemError('card_unknown');
  }

  async function find(owner: Owner, cardId: string): Promise<AutoRepaySetting> {
    const { account } = await repayments.creditCard(owner, cardId);
    const found = await store.autoOf(db, account.id);
    const own = found !== undefined && found.userId === owner.userId;
    return { auto_repay: own ? autoRepayView(found) : null };
  }

  /** Looks at what may be due. Several processes share the work. */
  async function turn(): Promise<number> {
    const now = clock.now();
    const due = await db.transaction((tx) => store.takeAuto(tx, now, now + leaseMs, lookedAtMax));
    await Promise.all(due.map(look));
    return due.length;
  }

  async function look(a: AutoRepay): Promise<void> {
    const owner = { userId: a.userId, deviceId: a.deviceId };
    try {
      const { account } = await repayments.creditCard(owner, a.cardId);
      const { bill, owed } = await deps.bills.owedOn(account);
      const amount = dueAmount(a.mode, bill, owed, deps.today());
      if (bill === null || amount === 0 || !mayTry(a, bill.id)) {
        const state = a.state === 'retrying' ? 'waiting' : a.state;
        return await keep(a, { ...a, state, lookAtMs: clock.now() + lookEveryMs }, false);
      }
      await pay(owner, a, bill.id, amount);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // The card is gone from the device, or its bank does not answer: nothing has moved.
      const gone = error.code === 'card_unknown' || error.code === 'card_not_usable';
      const state = gone ? 'failed' : a.state;
      const lookAtMs = clock.now() + (gone ? lookEveryMs : retryMs);
      await keep(a, { ...a, state, failedBecause: error.code, lookAtMs }, gone && a.state !== 'failed');
    }
  }

  async function pay(owner: Owner, a: AutoRepay, billId: string, amount: number): Promise<void> {
    const attempt = a.billId === billId ? a.tries : 0;
    const name = `auto repay ${a.accountId} ${billId} ${attempt} ${a.fromCardId}`;
    const key = { id: uuidOf(name), fingerprint: uuidOf(`${name} ${amount}`) };
    const order = { cardId: a.cardId, fromCardId: a.fromCardId, amount };
    try {
      const { body } = await repayments.repay(owner, order, key, null);
      const transfer = JSON.parse(body) as Transfer;
      const open = !['completed', 'declined', 'returned'].includes(transfer.state);
      // Not at its end yet: looked at again soon, and not as another try. The bank's bill says what became of it.
      if (open) return await keep(a, { ...a, lookAtMs: clock.now() + leaseMs }, false);
      const paid = transfer.state === 'completed';
      const because = paid ? null : (transfer.decline?.code ?? 'returned');
      const outcome = { paid, because, transferId: toUuid(transfer.id, 'trf') };
      await keep(a, afterTry(a, billId, outcome, clock.now()), true);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (error.code === 'repayment_in_progress' || error.code === 'request_in_flight')
        return await keep(a, { ...a, lookAtMs: clock.now() + leaseMs }, false);
      const outcome = { paid: false, because: error.code, transferId: null };
      await keep(a, afterTry(a, billId, outcome, clock.now()), true);
    }
  }

  /** Writes what became of a look at `before`, unless somebody else has looked or changed the setting meanwhile. */
  async function keep(before: AutoRepay, a: AutoRepay, tell: boolean): Promise<void> {
    await db.transaction(async (tx) => {
      const kept = await store.updateAuto(tx, a, before.lookAtMs);
      if (!kept || !tell) return;
      await deps.outbox.publish(tx, [
        {
          type: `repayment.auto_${a.state}`,
          objectId: a.accountId,
          tenants: [a.userId],
          data: autoRepayView(a),
        },
      ]);
    });
    if (tell) deps.outbox.wake();
  }

  return {
    set,
    payable,
    find,
    turn,
    /** Takes everything away that was kept of a person's repayments. */
    erase: store.erase,
    remove: (tx: Tx, accountId: string) => store.removeAuto(tx, accountId),
  };
}
