import type { Sql, Tx } from '@feiqian/db';
import type { StoredNotice, Subject } from './notice.ts';

interface SubjectRow {
  member_id: string;
  ref: string;
  user_id: string | null;
  complete_to: bigint;
  top: bigint;
  asks: number;
}
const toSubject = (r: SubjectRow): Subject => ({
  memberId: r.member_id,
  ref: r.ref,
  userId: r.user_id,
  completeTo: r.complete_to,
  top: r.top,
  asks: r.asks,
});
const subjectColumns = 'member_id, ref, user_id, complete_to, top, asks';

interface NoticeRow {
  position: bigint;
  id: string;
  member_id: string;
  ref: string;
  sequence: bigint;
  user_id: string | null;
  type: StoredNotice['type'];
  data: StoredNotice['data'];
  at: Date;
  received_at: Date;
  read_at: Date | null;
}
const toNotice = (r: NoticeRow): StoredNotice => ({
  position: r.position,
  id: r.id,
  memberId: r.member_id,
  ref: r.ref,
  sequence: r.sequence,
  userId: r.user_id,
  type: r.type,
  data: r.data,
  atMs: r.at.getTime(),
  receivedAtMs: r.received_at.getTime(),
  read: r.read_at !== null,
});
const noticeColumns = 'position, id, member_id, ref, sequence, user_id, type, data, at, received_at, read_at';

/** Makes what is not there of a member's subjects, and locks them all, in the order of their references. */
export async function lockSubjects(tx: Tx, memberId: string, refs: readonly string[]): Promise<Subject[]> {
  await tx.query(
    `insert into notices.subject (member_id, ref, complete_to, top, asks, lost)
     select $1, u.ref, 0, 0, 0, 0 from unnest($2::text[]) as u (ref) order by u.ref
     on conflict (member_id, ref) do nothing`,
    [memberId, refs],
  );
  const { rows } = await tx.query<SubjectRow>(
    `select ${subjectColumns} from notices.subject where member_id = $1 and ref = any($2::text[])
     order by ref for update`,
    [memberId, refs],
  );
  return rows.map(toSubject);
}

/** Stores what was not stored before, in the order given; gives that. */
export async function insertNotices(
  tx: Tx,
  memberId: string,
  notices: readonly {
    id: string;
    ref: string;
    sequence: number;
    bankId: string;
    userId: string | null;
    type: string;
    data: string;
    at: string;
  }[],
  nowMs: number,
): Promise<StoredNotice[]> {
  const { rows } = await tx.query<NoticeRow>(
    `insert into notices.notice (id, member_id, ref, sequence, bank_id, user_id, type, data, at, received_at)
     select u.id, $1, u.ref, u.sequence, u.bank_id, u.user_id, u.type, u.data::jsonb, u.at::timestamptz, $2
     from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[])
       as u (id, ref, sequence, bank_id, user_id, type, data, at)
     on conflict (member_id, ref, sequence) do nothing
     returning ${noticeColumns}`,
    [
      memberId,
      new Date(nowMs),
      notices.map((n) => n.id),
      notices.map((n) => n.ref),
      notices.map((n) => n.sequence),
      notices.map((n) => n.bankId),
      notices.map((n) => n.userId),
      notices.map((n) => n.type),
      notices.map((n) => n.data),
      notices.map((n) => n.at),
    ],
  );
  return rows.map(toNotice).sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** Sequences that are stored of subjects beyond what is complete, up to `ahead` of it. */
export async function storedAfter(
  sql: Sql,
  memberId: string,
  refs: readonly string[],
  ahead: number,
): Promise<{ ref: string; sequence: bigint }[]> {
  const { rows } = await sql.query<{ ref: string; sequence: bigint }>(
    `select n.ref, n.sequence from notices.subject s
     join notices.notice n on n.member_id = s.member_id and n.ref = s.ref
       and n.sequence > s.complete_to and n.sequence <= s.complete_to + $3
     where s.member_id = $1 and s.ref = any($2::text[])
     order by n.ref, n.sequence`,
    [memberId, refs, ahead],
  );
  return rows;
}

export async function setSubject(
  tx: Tx,
  s: { memberId: string; ref: string; completeTo: bigint; top: bigint; asks: number; lost: bigint },
  askAtMs: number | null,
): Promise<void> {
  await tx.query(
    `update notices.subject set complete_to = $3, top = $4, asks = $5, lost = lost + $7, ask_at = $6
     where member_id = $1 and ref = $2`,
    [s.memberId, s.ref, s.completeTo, s.top, s.asks, askAtMs === null ? null : new Date(askAtMs), s.lost],
  );
}

/** More was told of a subject of which something is missing: when it is asked for stays as it was. */
export async function raiseTop(tx: Tx, memberId: string, ref: string, top: bigint): Promise<void> {
  await tx.query('update notices.subject set top = $3 where member_id = $1 and ref = $2', [
    memberId,
    ref,
    top,
  ]);
}

/** Says whose subjects are, where nobody's yet; what was told of them so far becomes theirs. */
export async function claimSubjects(
  tx: Tx,
  memberId: string,
  refs: readonly string[],
  userId: string,
): Promise<void> {
  await tx.query(
    'update notices.subject set user_id = $3 where member_id = $1 and ref = any($2::text[]) and user_id is null',
    [memberId, refs, userId],
  );
  await tx.query(
    `update notices.notice n set user_id = s.user_id from notices.subject s
     where s.member_id = $1 and s.ref = any($2::text[]) and s.user_id is not null
       and n.member_id = s.member_id and n.ref = s.ref and n.user_id is null`,
    [memberId, refs],
  );
}

/** Takes subjects of which something is missing, for as long as a question may take. */
export async function takeMissing(tx: Tx, nowMs: number, untilMs: number, limit: number): Promise<Subject[]> {
  const { rows } = await tx.query<SubjectRow>(
    `update notices.subject s set ask_at = $2 from (
       select member_id, ref from notices.subject where ask_at <= $1 order by member_id, ref limit $3
       for update skip locked) as due
     where s.member_id = due.member_id and s.ref = due.ref
     returning s.member_id, s.ref, s.user_id, s.complete_to, s.top, s.asks`,
    [new Date(nowMs), new Date(untilMs), limit],
  );
  return rows.map(toSubject);
}

/** A person's notices before a position, newest first. */
export async function noticesOf(
  sql: Sql,
  userId: string,
  before: bigint | null,
  limit: number,
): Promise<StoredNotice[]> {
  const { rows } = await sql.query<NoticeRow>(
    `select ${noticeColumns} from notices.notice
     where user_id = $1 and ($2::bigint is null or position < $2) order by position desc limit $3`,
    [userId, before, limit],
  );
  return rows.map(toNotice);
}

export async function unreadOf(sql: Sql, userId: string, max: number): Promise<number> {
  const { rows } = await sql.query<{ unread: bigint }>(
    `select count(*) as unread from
       (select 1 from notices.notice where user_id = $1 and read_at is null limit $2) as few`,
    [userId, max],
  );
  return Number(rows[0]?.unread ?? 0n);
}

/** Marks what came up to a notice of the person as read; false when the notice is not the person's. */
export async function readUpTo(tx: Tx, userId: string, id: string, nowMs: number): Promise<boolean> {
  const { rows } = await tx.query<{ position: bigint }>(
    'select position from notices.notice where id = $2 and user_id = $1',
    [userId, id],
  );
  if (rows[0] === undefined) return false;
  await tx.query(
    'update notices.notice set read_at = $3 where user_id = $1 and position <= $2 and read_at is null',
    [userId, rows[0].position, new Date(nowMs)],
  );
  return true;
}

/** Notices by their ids. */
export async function noticesByIds(sql: Sql, ids: readonly string[]): Promise<StoredNotice[]> {
  const { rows } = await sql.query<NoticeRow>(
    `select ${noticeColumns} from notices.notice where id = any($1::uuid[])`,
    [ids],
  );
  return rows.map(toNotice);
}

/** Takes a person's notices away; whose the subjects are has to be learnt anew. */
export async function erase(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from notices.notice where user_id = $1', [userId]);
  await tx.query('update notices.subject set user_id = null where user_id = $1', [userId]);
}
