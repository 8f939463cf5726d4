import { encryptPush, type VapidKey, vapidAuthorization } from '@feiqian/keys/node';
import type { StoredNotice } from './notice.ts';
import {
  isUrgent,
  outcomeOf,
  type PushAnswer,
  type PushTarget,
  pushMessage,
  pushPauseMs,
  pushTriesMax,
} from './push.ts';
import { type PushesDeps, sealPurpose } from './pushes.ts';
import * as store from './store/pushes.ts';
import { noticesByIds } from './store.ts';

/** Messages that one process sends at the same time, and of them to one push service. */
const inFlightMax = 64;
const perServiceMax = 16;
/** How long a message may be under way before another process takes it, in ms: well beyond the longest call. */
const leaseMs = 30_000;
/** The shortest and longest time that a push service which does not answer is left alone, in ms. */
const restMsMin = 1_000;
const restMsMax = 5 * 60_000;
/** Push services of which is known that they do not answer. */
const restingMax = 1_000;

interface Ready {
  push: store.Push;
  subscription: store.Subscription;
  notice: StoredNotice;
}

/**
 * Sends what waits, each message by itself, outside any transaction: nobody waits for a push service but the messages
 * to it, of which only so many are under way. One that does not answer is left alone for longer and longer.
 */
export function createPushRelay(
  deps: PushesDeps,
  uses: { random: (bytes: number) => Uint8Array; key: () => VapidKey | null },
) {
  const { db, clock } = deps;
  const underWay = new Map<string, number>();
  const resting = new Map<string, { failures: number; untilMs: number }>();
  const sending = new Set<Promise<void>>();

  const room = (service: string) => perServiceMax - (underWay.get(service) ?? 0);

  /** Services that take nothing now. */
  function notFor(nowMs: number): string[] {
    const busy = [...underWay.keys()].filter((service) => room(service) <= 0);
    const silent = [...resting].filter(([, r]) => r.untilMs > nowMs).map(([service]) => service);
    return [...new Set([...busy, ...silent])];
  }

  async function turn(): Promise<number> {
    const key = uses.key();
    const free = inFlightMax - sending.size;
    const now = clock.now();
    if (key === null || free <= 0 || !(await store.anyDue(db, now))) return 0;
    const taken = await db.transaction((tx) =>
      store.takePushes(tx, { nowMs: now, untilMs: now + leaseMs }, notFor(now), free),
    );
    const { go, wait } = split(taken);
    if (wait.length > 0) await store.handBack(db, wait, now);
    const ready = await withContents(go, key);
    for (const one of ready) begin(one, key);
    return ready.length;
  }

  /** No more to a service than it has room for. */
  function split(taken: readonly store.Push[]): { go: store.Push[]; wait: string[] } {
    const given = new Map<string, number>();
    const go: store.Push[] = [];
    const wait: string[] = [];
    for (const push of taken) {
      const n = given.get(push.service) ?? 0;
      if (n >= room(push.service)) wait.push(push.id);
      else go.push(push);
      given.set(push.service, n + 1);
    }
    return { go, wait };
  }

  /** What there still is to be told of; the rest is dropped: read by now, too old, or of a device that has ended. */
  async function withContents(pushes: readonly store.Push[], key: VapidKey): Promise<Ready[]> {
    if (pushes.length === 0) return [];
    const devices = [...new Set(pushes.map((p) => p.deviceId))];
    const subscriptions = await store.subscriptionsByDevice(db, devices);
    const notices = new Map(
      (
        await noticesByIds(
          db,
          pushes.map((p) => p.noticeId),
        )
      ).map((n) => [n.id, n]),
    );
    const now = clock.now();
    const ready = pushes.flatMap((push) => {
      const subscription = subscriptions.get(push.deviceId);
      const notice = notices.get(push.noticeId);
      if (!subscription || !notice || notice.read || push.expiresAtMs <= now) return [];
      // Its person may have left and signed in anew as somebody else on the same browser.
      const theirs = notice.userId === subscription.userId && subscription.vapidKey === key.publicKey;
      return theirs ? [{ push, subscription, notice }] : [];
    });
    const kept = new Set(ready.map((r) => r.push.id));
    const over = pushes.filter((p) => !kept.has(p.id)).map((p) => p.id);
    if (over.length > 0) await store.deletePushes(db, over);
    return ready;
  }

  function begin(ready: Ready, key: VapidKey): void {
    const { service } = ready.push;
    underWay.set(service, (underWay.get(service) ?? 0) + 1);
    const one = deliver(ready, key)
      .catch(deps.onError)
      .finally(() => {
        sending.delete(one);
        const left = (underWay.get(service) ?? 1) - 1;
        if (left > 0) underWay.set(service, left);
        else underWay.delete(service);
      });
    sending.add(one);
  }

  async function deliver(ready: Ready, key: VapidKey): Promise<void> {
    const answer = await deps.send(requestOf(ready, key));
    heard(ready.push.service, answer);
    await conclude(ready, answer);
  }

  function requestOf({ push, subscription, notice }: Ready, key: VapidKey) {
    const opened = deps.open(sealPurpose.target, subscription.sealed, subscription.deviceId);
    const { endpoint, keys } = JSON.parse(Buffer.from(opened).toString()) as PushTarget;
    const url = new URL(endpoint);
    const now = clock.now();
    const message = pushMessage(notice, deps.faceOf(notice.memberId), subscription);
    return {
      url,
      headers: {
        authorization: vapidAuthorization(key, { origin: url.origin, contact: deps.contact, nowMs: now }),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(Math.floor((push.expiresAtMs - now) / 1000)),
        urgency: isUrgent(notice.type) ? 'high' : 'normal',
      },
      body: encryptPush(Buffer.from(JSON.stringify(message)), keys, uses.random),
    };
  }

  function heard(service: string, { status }: PushAnswer): void {
    if (status !== null) {
      resting.delete(service);
      return;
    }
    const failures = (resting.get(service)?.failures ?? 0) + 1;
    resting.delete(service);
    const [oldest] = resting.keys();
    if (resting.size >= restingMax && oldest !== undefined) resting.delete(oldest);
    const restMs = Math.min(restMsMax, restMsMin * 2 ** Math.min(failures - 1, 20));
    resting.set(service, { failures, untilMs: clock.now() + restMs });
  }

  async function conclude({ push, subscription }: Ready, answer: PushAnswer): Promise<void> {
    const outcome = outcomeOf(answer);
    if (outcome === 'gone')
      return db.transaction((tx) => store.deleteGone(tx, push.deviceId, subscription.endpointHash));
    if (outcome === 'refused')
      deps.onError(new Error(`${push.service} refused a push message with status ${answer.status}`));
    if (outcome !== 'later' || push.tries >= pushTriesMax) return store.deletePushes(db, [push.id]);
    const pauseMs = Math.max(pushPauseMs(push.tries), answer.retryAfterMs ?? 0);
    await store.deferPush(db, push.id, clock.now() + pauseMs);
  }

  return {
    turn,
    async drain(): Promise<void> {
      await Promise.all(sending);
    },
  };
}
