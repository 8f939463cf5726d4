import type { Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import { type BankHold, type BankOrder, holdOf, retryMs } from './freeze.ts';
import * as store from './store/freezes.ts';
import type { WalletsDeps } from './wallets.ts';

/** Orders sent to banks in one go, and how long one may be under way, in ms. */
const ordersMax = 200;
const sendingMs = 60_000;

export interface FreezeState {
  frozenAtMs: number | null;
  banks: { memberId: string; hold: BankHold }[];
}

/**
 * A lost phone: nothing moves any more until its person was verified anew. Here that holds with the commit: devices,
 * tokens, sessions, pay codes. Banks are told of it until they acknowledge it.
 */
export function createFreezes(
  deps: WalletsDeps,
  removeDevice: (tx: Tx, userId: string, deviceId: string) => Promise<void>,
) {
  const { db, clock, ids, access, tokens, banks } = deps;

  async function order(tx: Tx, userId: string, kind: 'freeze' | 'thaw'): Promise<void> {
    const now = clock.now();
    await store.supersedeOrders(tx, userId, now);
    const verifiedAtMs = kind === 'thaw' ? now : null;
    for (const { memberId, consentId } of await store.consentsOf(tx, userId)) {
      await store.insertOrder(tx, { id: ids.uuid(), userId, memberId, consentId, kind, verifiedAtMs }, now);
    }
  }

  /** Freezes a person; the lost devices are removed for ever. `by` is kept. Throws `not_found` for another's device. */
  async function freeze(tx: Tx, userId: string, lost: readonly string[], by: string): Promise<void> {
    const held = await store.lockDevices(tx, userId);
    if (lost.some((id) => !held.some((d) => d.id === id))) throw new ProblemError('not_found');
    const frozenBefore = (await store.frozenAt(tx, userId)) !== null;
    for (const id of lost) await removeDevice(tx, userId, id);
    const rest = held.filter((d) => d.state === 'active' && !lost.includes(d.id)).map((d) => d.id);
    await store.setDeviceState(tx, rest, 'frozen');
    for (const id of rest) await tokens.suspendDevice(tx, id);
    await access.amend(tx, rest, 'wallet', { held: 'frozen' });
    await deps.onSilenced?.(tx, rest);
    if (frozenBefore) return;
    await store.setFrozen(tx, userId, clock.now(), by);
    await order(tx, userId, 'freeze');
  }

  /**
   * Ends a freeze for a person who was verified just now on this device. Repeating it tells banks again that did not
   * take it. A device that was paused when its person came back on another one is woken only by itself.
   */
  async function unfreeze(tx: Tx, userId: string, deviceId: string): Promise<void> {
    const held = await store.lockDevices(tx, userId);
    const frozen = held
      .filter((d) => d.state === 'frozen' && (!d.paused || d.id === deviceId))
      .map((d) => d.id);
    await store.setDeviceState(tx, frozen, 'active');
    for (const id of frozen) await tokens.resumeDevice(tx, id);
    await access.amend(tx, frozen, 'wallet', { held: null });
    await store.setFrozen(tx, userId, null, null);
    await order(tx, userId, 'thaw');
  }

  function tell({ kind, memberId, consentId, verifiedAtMs }: BankOrder) {
    if (kind === 'revoke') return banks.revoke(memberId, consentId);
    if (kind === 'freeze') return banks.freeze(memberId, consentId);
    return banks.thaw(memberId, consentId, verifiedAtMs ?? 0);
  }

  async function send(o: BankOrder & { attempts: number }): Promise<void> {
    const answer = await tell(o);
    if (answer === 'unavailable') await store.deferOrder(db, o.id, clock.now() + retryMs(o.attempts));
    else await store.endOrder(db, o.id, answer);
  }

  return {
    freeze,
    unfreeze,
    /** Tells banks what is due, all of them at once. */
    async tellBanks(): Promise<number> {
      const now = clock.now();
      const due = await store.takeOrders(db, now, now + sendingMs, ordersMax);
      await Promise.all(due.map(send));
      return due.length;
    },
    /** Inside a transaction hand it in as `sql`. */
    async freezeState(userId: string, sql: Sql = db): Promise<FreezeState> {
      const orders = await store.lastOrders(sql, userId);
      return {
        frozenAtMs: await store.frozenAt(sql, userId),
        banks: orders.map((o) => ({ memberId: o.memberId, hold: holdOf(o) })),
      };
    },
    /** The person of a mobile number, for whoever answers the telephone. */
    personOfMobile: (mobile: string) => store.personByMobile(db, deps.keyedHash('mobile', mobile)),
  };
}
