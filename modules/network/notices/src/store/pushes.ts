import type { PushLanguage } from '@feiqian/contract';
import type { Sql, Tx } from '@feiqian/db';
import type { PushChoices } from '../push.ts';

/** A device's subscription; where it leads is sealed. */
export interface Subscription extends PushChoices {
  deviceId: string;
  userId: string;
  /** Origin of the push service. */
  service: string;
  endpointHash: Uint8Array;
  sealed: Uint8Array;
  /** The public key that the browser subscribed under. */
  vapidKey: string;
  sinceMs: number;
}

interface SubscriptionRow {
  device_id: string;
  user_id: string;
  service: string;
  endpoint_hash: Uint8Array;
  sealed: Uint8Array;
  vapid_key: string;
  language: PushLanguage;
  amounts: boolean;
  since: Date;
}
const toSubscription = (r: SubscriptionRow): Subscription => ({
  deviceId: r.device_id,
  userId: r.user_id,
  service: r.service,
  endpointHash: r.endpoint_hash,
  sealed: r.sealed,
  vapidKey: r.vapid_key,
  language: r.language,
  amounts: r.amounts,
  sinceMs: r.since.getTime(),
});
const columns = 'device_id, user_id, service, endpoint_hash, sealed, vapid_key, language, amounts, since';

/** Keeps the one subscription of a device; another device of the same browser loses its own. */
export async function putSubscription(tx: Tx, s: Subscription): Promise<void> {
  const { rows } = await tx.query<{ device_id: string }>(
    'delete from notices.subscription where endpoint_hash = $1 and device_id <> $2 returning device_id',
    [s.endpointHash, s.deviceId],
  );
  await deletePushesOf(
    tx,
    rows.map((r) => r.device_id),
  );
  await tx.query(
    `insert into notices.subscription (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (device_id) do update set user_id = excluded.user_id, service = excluded.service,
       endpoint_hash = excluded.endpoint_hash, sealed = excluded.sealed, vapid_key = excluded.vapid_key,
       language = excluded.language, amounts = excluded.amounts`,
    [
      s.deviceId,
      s.userId,
      s.service,
      s.endpointHash,
      s.sealed,
      s.vapidKey,
      s.language,
      s.amounts,
      new Date(s.sinceMs),
    ],
  );
}

async function deletePushesOf(tx: Tx, devices: readonly string[]): Promise<void> {
  if (devices.length > 0)
    await tx.query(
      `delete from notices.push where id in
         (select id from notices.push where device_id = any($1::uuid[]) order by id for update)`,
      [devices],
    );
}

/** Ends the subscriptions of devices, and what waits for them. */
export async function deleteSubscriptions(tx: Tx, devices: readonly string[]): Promise<void> {
  await tx.query('delete from notices.subscription where device_id = any($1::uuid[])', [devices]);
  await deletePushesOf(tx, devices);
}

/** Ends a device's subscription if it still leads there. */
export async function deleteGone(tx: Tx, deviceId: string, endpointHash: Uint8Array): Promise<void> {
  const { count } = await tx.query(
    'delete from notices.subscription where device_id = $1 and endpoint_hash = $2',
    [deviceId, endpointHash],
  );
  if (count > 0) await deletePushesOf(tx, [deviceId]);
}

export async function subscriptionOf(sql: Sql, deviceId: string): Promise<Subscription | undefined> {
  const { rows } = await sql.query<SubscriptionRow>(
    `select ${columns} from notices.subscription where device_id = $1`,
    [deviceId],
  );
  return rows[0] && toSubscription(rows[0]);
}

export async function subscriptionsOf(sql: Sql, userId: string): Promise<Subscription[]> {
  const { rows } = await sql.query<SubscriptionRow>(
    `select ${columns} from notices.subscription where user_id = $1 order by since, device_id`,
    [userId],
  );
  return rows.map(toSubscription);
}

/** Queues a message for each device of the people of these notices that has subscribed and for which not too many wait. */
export async function insertPushes(
  tx: Tx,
  pushes: readonly { noticeId: string; userId: string }[],
  times: { nowMs: number; expiresAtMs: number },
  bounds: { vapidKey: string; waitingMax: number; id: () => string },
): Promise<void> {
  const { rows } = await tx.query<{ device_id: string; user_id: string; service: string }>(
    `select s.device_id, s.user_id, s.service from notices.subscription s
     where s.user_id = any($1::uuid[]) and s.vapid_key = $2
       and (select count(*) from notices.push p where p.device_id = s.device_id) < $3
     order by s.device_id`,
    [pushes.map((p) => p.userId), bounds.vapidKey, bounds.waitingMax],
    'push_devices',
  );
  const made = pushes.flatMap((p) =>
    rows.filter((r) => r.user_id === p.userId).map((r) => ({ ...r, noticeId: p.noticeId, id: bounds.id() })),
  );
  if (made.length === 0) return;
  await tx.query(
    `insert into notices.push (id, device_id, notice_id, service, tries, due_at, expires_at)
     select u.id, u.device_id, u.notice_id, u.service, 0, $1, $2
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[]) as u (id, device_id, notice_id, service)
     on conflict (device_id, notice_id) do nothing`,
    [
      new Date(times.nowMs),
      new Date(times.expiresAtMs),
      made.map((m) => m.id),
      made.map((m) => m.device_id),
      made.map((m) => m.noticeId),
      made.map((m) => m.service),
    ],
  );
}

/** A message that is to be sent. */
export interface Push {
  id: string;
  deviceId: string;
  noticeId: string;
  service: string;
  tries: number;
  expiresAtMs: number;
}

/** Takes what is due, but not for services that are left alone, until `untilMs`; each take is a try. */
export async function takePushes(
  tx: Tx,
  times: { nowMs: number; untilMs: number },
  notFor: readonly string[],
  limit: number,
): Promise<Push[]> {
  const { rows } = await tx.query<{
    id: string;
    device_id: string;
    notice_id: string;
    service: string;
    tries: number;
    expires_at: Date;
  }>(
    `update notices.push p set due_at = $2, tries = p.tries + 1 from (
       select id from notices.push where due_at <= $1 and service <> all($3::text[])
       order by due_at, id limit $4 for update skip locked) as due
     where p.id = due.id
     returning p.id, p.device_id, p.notice_id, p.service, p.tries, p.expires_at`,
    [new Date(times.nowMs), new Date(times.untilMs), notFor, limit],
    'push_take',
  );
  return rows.map((r) => ({
    id: r.id,
    deviceId: r.device_id,
    noticeId: r.notice_id,
    service: r.service,
    tries: r.tries,
    expiresAtMs: r.expires_at.getTime(),
  }));
}

export async function anyDue(sql: Sql, nowMs: number): Promise<boolean> {
  const { rows } = await sql.query('select 1 from notices.push where due_at <= $1 limit 1', [
    new Date(nowMs),
  ]);
  return rows.length > 0;
}

/** Gives back what was taken and not tried after all. */
export async function handBack(sql: Sql, ids: readonly string[], dueAtMs: number): Promise<void> {
  await sql.query(
    `update notices.push set due_at = $2, tries = tries - 1 where id in
       (select id from notices.push where id = any($1::uuid[]) and tries > 0 order by id for update skip locked)`,
    [ids, new Date(dueAtMs)],
  );
}

export async function deferPush(sql: Sql, id: string, dueAtMs: number): Promise<void> {
  await sql.query('update notices.push set due_at = $2 where id = $1', [id, new Date(dueAtMs)]);
}

export async function deletePushes(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.query(
    `delete from notices.push where id in
       (select id from notices.push where id = any($1::uuid[]) order by id for update)`,
    [ids],
  );
}

export async function deleteExpired(sql: Sql, nowMs: number): Promise<void> {
  await sql.query(
    `delete from notices.push where id in
       (select id from notices.push where expires_at <= $1 order by id for update skip locked)`,
    [new Date(nowMs)],
  );
}

/** Subscriptions by device, for those that have one. */
export async function subscriptionsByDevice(
  sql: Sql,
  devices: readonly string[],
): Promise<Map<string, Subscription>> {
  const { rows } = await sql.query<SubscriptionRow>(
    `select ${columns} from notices.subscription where device_id = any($1::uuid[])`,
    [devices],
  );
  return new Map(rows.map((r) => [r.device_id, toSubscription(r)]));
}

/** Keeps a secret if there is none yet; gives the one that is kept. */
export async function keepPushKey(sql: Sql, sealed: Uint8Array): Promise<Uint8Array> {
  await sql.query(
    'insert into notices.push_key (slot, sealed) values (1, $1) on conflict (slot) do nothing',
    [sealed],
  );
  return (await pushKey(sql)) ?? sealed;
}

export async function pushKey(sql: Sql): Promise<Uint8Array | undefined> {
  const { rows } = await sql.query<{ sealed: Uint8Array }>(
    'select sealed from notices.push_key where slot = 1',
  );
  return rows[0]?.sealed;
}
