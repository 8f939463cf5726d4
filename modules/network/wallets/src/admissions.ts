import type { Sql, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import {
  type Admission,
  type AdmissionOutcome,
  admissionMs,
  asksPerHourMax,
  comparisonNumber,
  hourMs,
  isOpen,
  stateOfNew,
  waitingMax,
} from './admission.ts';
import type { DeviceState } from './freeze.ts';
import * as store from './store/admissions.ts';
import * as freezes from './store/freezes.ts';
import type { WalletsDeps } from './wallets.ts';

/** Over ones that are ended in one go. */
const overdueMax = 100;
const keptMs = 90 * 24 * hourMs;

/** A device and its person. */
interface Owner {
  userId: string;
  deviceId: string;
}
/** What becomes of the devices a person had when he or she comes back on a new one. */
export type OldDevices = 'pause' | 'remove';

/** News of devices, for the streams of their person's other devices. */
export type DeviceNews = 'device.asked' | 'device.admitted' | 'device.ended';

/**
 * A second device: it waits until one that is there lets it in, or until its person was checked anew. While it waits it
 * may do nothing else; refused, or after ten minutes, it ends.
 */
export function createAdmissions(
  deps: WalletsDeps,
  removeDevice: (tx: Tx, userId: string, deviceId: string, outcome: AdmissionOutcome) => Promise<void>,
) {
  const { db, clock, ids, access, tokens } = deps;
  const tell = async (tx: Tx, news: DeviceNews, owner: Owner) => deps.announce?.(tx, news, owner);

  /** What a device is that signs in now, in the transaction that holds its person. */
  async function stateFor(tx: Tx, userId: string): Promise<DeviceState> {
    const asked = deps.letsInFreely?.() !== true;
    return stateOfNew({
      others: asked && (await store.hasDeviceThatSigns(tx, userId)),
      frozen: (await freezes.frozenAt(tx, userId)) !== null,
    });
  }

  /** Begins to wait. Throws `too_many_requests` when many of this person's did within an hour. */
  async function ask(tx: Tx, owner: Owner): Promise<Admission> {
    const now = clock.now();
    if ((await store.asksSince(tx, owner.userId, now - hourMs)) >= asksPerHourMax)
      throw new ProblemError('too_many_requests', undefined, { retryAfterSeconds: hourMs / 1000 });
    const open = await store.openAdmissions(tx, owner.userId);
    // The oldest gives way, so that nobody is kept out by those who ask and never come.
    for (const old of open.slice(0, Math.max(0, open.length + 1 - waitingMax)))
      await removeDevice(tx, old.userId, old.deviceId, 'replaced');
    const draw = () => Buffer.from(ids.secret(4), 'base64url').readUInt32BE(0);
    const taken = open.map((a) => a.number);
    const number = comparisonNumber(taken, draw);
    const admission = {
      ...owner,
      number,
      askedAtMs: now,
      expiresAtMs: now + admissionMs,
      outcome: null,
    };
    await store.insertAdmission(tx, admission);
    await tell(tx, 'device.asked', owner);
    return admission;
  }

  /** Locks everything of the caller's person; the device that decides must still be what its session says. */
  async function deciding(tx: Tx, by: Owner, may: readonly DeviceState[]) {
    const held = await freezes.lockDevices(tx, by.userId);
    const own = held.find((d) => d.id === by.deviceId);
    if (own === undefined) throw new ProblemError('unauthenticated');
    if (!may.includes(own.state))
      throw new ProblemError(own.state === 'pending' ? 'device_pending' : 'wallet_frozen');
    return held;
  }

  /** A waiting device of this person. Throws `not_found`, or `device_request_over` when it waits no more. */
  async function waiting(tx: Tx, userId: string, deviceId: string): Promise<Admission> {
    const found = await store.admissionOf(tx, deviceId);
    if (found === undefined || found.userId !== userId) throw new ProblemError('not_found');
    if (!isOpen(found, clock.now())) throw new ProblemError('device_request_over');
    return found;
  }

  /** Lets a device in that shows this number. Throws `not_found`, or `device_request_over` when it waits no more or shows another one. */
  async function approve(tx: Tx, by: Owner, deviceId: string, number: string): Promise<void> {
    await deciding(tx, by, ['active']);
    const found = await waiting(tx, by.userId, deviceId);
    if (found.number !== number) throw new ProblemError('device_request_over');
    await letIn(tx, { userId: by.userId, deviceId }, 'active', { outcome: 'approved', by: by.deviceId });
  }

  async function letIn(
    tx: Tx,
    owner: Owner,
    state: 'active' | 'frozen',
    end: { outcome: AdmissionOutcome; by: string },
  ): Promise<void> {
    await store.endAdmission(tx, owner.deviceId, { ...end, atMs: clock.now() });
    await freezes.setDeviceState(tx, [owner.deviceId], state);
    const held = state === 'frozen' ? 'frozen' : null;
    await access.amend(tx, [owner.deviceId], 'wallet', { held });
    await tell(tx, 'device.admitted', owner);
  }

  /** Refuses a waiting device: its session ends. Throws as `approve` does. */
  async function refuse(tx: Tx, by: Owner, deviceId: string): Promise<void> {
    await deciding(tx, by, ['active', 'frozen']);
    await waiting(tx, by.userId, deviceId);
    await removeDevice(tx, by.userId, deviceId, 'refused');
  }

  /**
   * Lets the waiting device itself in, whose person was checked anew just now: the first phone is gone. The others are
   * paused, until each is verified anew by itself, or removed. A person who is frozen stays so.
   */
  async function recover(tx: Tx, own: Owner, old: OldDevices): Promise<void> {
    const held = await deciding(tx, own, ['pending']);
    await waiting(tx, own.userId, own.deviceId);
    const others = held.filter((d) => d.id !== own.deviceId);
    const ending = others.filter((d) => d.state === 'pending' || old === 'remove');
    for (const d of ending)
      await removeDevice(tx, own.userId, d.id, d.state === 'pending' ? 'replaced' : 'refused');
    const paused = others.filter((d) => !ending.includes(d)).map((d) => d.id);
    await store.pauseDevices(tx, paused, clock.now());
    for (const id of paused) await tokens.suspendDevice(tx, id);
    await access.amend(tx, paused, 'wallet', { held: 'frozen' });
    await deps.onSilenced?.(tx, paused);
    const frozen = (await freezes.frozenAt(tx, own.userId)) !== null;
    await letIn(tx, own, frozen ? 'frozen' : 'active', { outcome: 'recovered', by: own.deviceId });
  }

  return {
    stateFor,
    ask,
    approve,
    refuse,
    recover,
    /** Throws `not_found` when this device of this person never asked to be let in. */
    async mustHaveAsked(userId: string, deviceId: string): Promise<void> {
      if ((await store.admissionOf(db, deviceId))?.userId !== userId) throw new ProblemError('not_found');
    },
    /** What devices of a person wait for, by device. Inside a transaction hand it in as `sql`. */
    async waitingOf(userId: string, sql: Sql = db): Promise<Map<string, Admission>> {
      const open = await store.openAdmissions(sql, userId);
      const now = clock.now();
      return new Map(open.filter((a) => isOpen(a, now)).map((a) => [a.deviceId, a]));
    },
    /** Ends the devices that waited too long; gives how many. */
    async expireAdmissions(): Promise<number> {
      const over = await store.overdueAdmissions(db, clock.now(), overdueMax);
      for (const { userId, deviceId } of over) {
        await db.transaction(async (tx) => {
          await freezes.lockDevices(tx, userId);
          const still = await store.admissionOf(tx, deviceId);
          if (still?.outcome === null) await removeDevice(tx, userId, deviceId, 'expired');
        });
      }
      return over.length;
    },
    forgetAdmissions: () => store.forgetAdmissions(db, clock.now() - keptMs),
  };
}
