import type { Clock } from '@feiqian/clock';
import type { Bank, SubscribePush } from '@feiqian/contract';
import type { Db, Tx } from '@feiqian/db';
import { ProblemError } from '@feiqian/http';
import type { Ids } from '@feiqian/ids';
import { arePushKeys, drawVapidSecret, type VapidKey, vapidKeyOf } from '@feiqian/keys/node';
import type { StoredNotice } from './notice.ts';
import { endpointOf, type PushTarget, pushMsMax, waitingPushesMax } from './push.ts';
import type { SendPush } from './pushHttp.ts';
import { createPushRelay } from './pushRelay.ts';
import * as store from './store/pushes.ts';

export interface PushesDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  seal: (purpose: string, plain: Uint8Array, context?: string) => Uint8Array;
  open: (purpose: string, sealed: Uint8Array, context?: string) => Uint8Array;
  keyedHash: (purpose: string, text: string) => Uint8Array;
  faceOf: (memberId: string) => Bank;
  send: SendPush;
  /** By which push services know this network: the secret in 64 hexadecimal digits; `own`: one that it makes and keeps; null: no messages. */
  key: string | 'own' | null;
  /** `mailto:` or `https:` of whoever runs this, for the push services. */
  contact: string;
  /** Push services on this machine, for the sandbox and tests. */
  loopback: boolean;
  onError: (error: unknown) => void;
}

export const sealPurpose = { target: 'push target', key: 'push key', endpoint: 'push endpoint' } as const;

export type Pushes = ReturnType<typeof createPushes>;

/** Messages to the browsers of people who asked for them: subscriptions, and what is sent of notices. */
export function createPushes(deps: PushesDeps) {
  const { db, clock, ids } = deps;
  const random = (bytes: number) => Buffer.from(ids.secret(bytes), 'base64url');
  let key: VapidKey | null = null;

  /** The key that this network made for itself, now or before. */
  async function ownKey(): Promise<Uint8Array> {
    const kept = await store.pushKey(db);
    const sealed = kept ?? (await store.keepPushKey(db, deps.seal(sealPurpose.key, drawVapidSecret(random))));
    return deps.open(sealPurpose.key, sealed);
  }

  /** Opens the key; before that no message is queued or sent. */
  async function start(): Promise<void> {
    if (deps.key === null) return;
    key = vapidKeyOf(deps.key === 'own' ? await ownKey() : Buffer.from(deps.key, 'hex'));
  }

  /**
   * Sends messages to this device from now on, in the transaction that holds it. Throws `push_unavailable` where the
   * network sends none, `push_refused` for an address or keys that it does not take.
   */
  async function subscribe(
    tx: Tx,
    { userId, deviceId }: { userId: string; deviceId: string },
    { endpoint, keys, language, amounts }: SubscribePush,
  ): Promise<store.Subscription> {
    if (key === null) throw new ProblemError('push_unavailable');
    const url = endpointOf(endpoint, deps.loopback);
    if (url === null || !arePushKeys(keys)) throw new ProblemError('push_refused');
    const target: PushTarget = { endpoint: url.href, keys };
    const subscription = {
      deviceId,
      userId,
      service: url.origin,
      endpointHash: deps.keyedHash(sealPurpose.endpoint, url.href),
      sealed: deps.seal(sealPurpose.target, Buffer.from(JSON.stringify(target)), deviceId),
      vapidKey: key.publicKey,
      language,
      amounts,
      sinceMs: clock.now(),
    };
    await store.putSubscription(tx, subscription);
    return subscription;
  }

  /** Queues messages about notices that were just stored, in their transaction. */
  async function queue(tx: Tx, notices: readonly StoredNotice[]): Promise<void> {
    if (key === null) return;
    const now = clock.now();
    const news = notices.flatMap((n) =>
      n.userId === null || n.atMs <= now - pushMsMax ? [] : [{ noticeId: n.id, userId: n.userId }],
    );
    if (news.length === 0) return;
    await store.insertPushes(
      tx,
      news,
      { nowMs: now, expiresAtMs: now + pushMsMax },
      { vapidKey: key.publicKey, waitingMax: waitingPushesMax, id: ids.uuid },
    );
  }

  const relay = createPushRelay(deps, { random, key: () => key });
  return {
    start,
    subscribe,
    queue,
    publicKey: () => key?.publicKey ?? null,
    /** The subscription of a device under the key that holds. */
    async of(deviceId: string): Promise<store.Subscription | null> {
      const found = await store.subscriptionOf(db, deviceId);
      return found !== undefined && found.vapidKey === key?.publicKey ? found : null;
    },
    ofPerson: (userId: string) => store.subscriptionsOf(db, userId),
    /** Sends these devices nothing more. */
    silence: (tx: Tx, devices: readonly string[]) => store.deleteSubscriptions(tx, devices),
    /** Begins to send what is due, and waits for none of it. */
    turn: relay.turn,
    /** Waits for what is being sent. */
    drain: relay.drain,
    forget: () => store.deleteExpired(db, clock.now()),
  };
}
