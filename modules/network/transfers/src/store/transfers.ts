import { instant } from '@feiqian/clock';
import type { Sql, SqlValue, Tx } from '@feiqian/db';
import type { Limit, Transfer } from '../transfer.ts';

type Cell = string | number | bigint | null;
interface Column {
  name: string;
  type: string;
  /** Written once, or with every change. */
  set: 'once' | 'always';
  value: (t: Transfer) => Cell;
}

const column =
  (set: Column['set']) =>
  (name: string, type: string, value: (t: Transfer) => Cell): Column => ({ name, type, set, value });
const once = column('once');
const always = column('always');

/** Every column with its type and where its value comes from: inserts, updates and reads are made from it. */
const columns: readonly Column[] = [
  once('id', 'uuid', (t) => t.id),
  always('version', 'int', (t) => t.version),
  once('kind', 'text', (t) => t.kind),
  always('state', 'text', (t) => t.state),
  once('amount', 'bigint', (t) => t.amount),
  once('currency', 'text', (t) => t.currency),
  once('note', 'text', (t) => t.note),
  once('payer_id', 'uuid', (t) => t.payerId),
  once('payer_device', 'uuid', (t) => t.payerDevice),
  once('payer_token', 'uuid', (t) => t.payerToken),
  once('payer_member', 'uuid', (t) => t.payerMember),
  once('payer_last4', 'text', (t) => t.payerLast4),
  once('payee_id', 'uuid', (t) => t.payeeId),
  once('payee_via', 'text', (t) => t.payeeVia),
  once('payee_pan', 'uuid', (t) => t.payeePan),
  once('payee_member', 'uuid', (t) => t.payeeMember),
  once('payee_last4', 'text', (t) => t.payeeLast4),
  once('payee_name', 'text', (t) => t.payeeName),
  always('debit_stan', 'text', (t) => t.debitStan),
  always('debit_rrn', 'text', (t) => t.debitRrn),
  always('debit_at', 'timestamptz', (t) => instant(t.debitAtMs)),
  always('debit_code', 'text', (t) => t.debitCode),
  always('approval_code', 'text', (t) => t.approvalCode),
  always('credit_stan', 'text', (t) => t.creditStan),
  always('credit_rrn', 'text', (t) => t.creditRrn),
  always('credit_at', 'timestamptz', (t) => instant(t.creditAtMs)),
  always('credit_code', 'text', (t) => t.creditCode),
  always('decline_code', 'text', (t) => t.declineCode),
  always('limit_notice', 'text', (t) => (t.limit === null ? null : JSON.stringify(t.limit))),
  once('scheduled_at', 'timestamptz', (t) => instant(t.scheduledAtMs)),
  once('created_at', 'timestamptz', (t) => instant(t.createdAtMs)),
  always('updated_at', 'timestamptz', (t) => instant(t.updatedAtMs)),
  always('completed_at', 'timestamptz', (t) => instant(t.completedAtMs)),
];

const names = columns.map((c) => c.name).join(', ');
const unnest = (list: readonly Column[]) => list.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
const moving = [columns[0] as Column, ...columns.filter((c) => c.set === 'always')];
const movingNames = moving.map((c) => c.name).join(', ');
const insertText = `insert into transfers.transfer (${names}) select ${names} from unnest(${unnest(columns)}) as u (${names})`;
const updateText = `update transfers.transfer t set ${moving
  .slice(1)
  .map((c) => `${c.name} = u.${c.name}`)
  .join(', ')}
  from unnest(${unnest(moving)}, $${moving.length + 1}::int[]) as u (${movingNames}, base)
  where t.id = u.id and t.version = u.base`;

const cells = (list: readonly Column[], transfers: readonly Transfer[]): SqlValue[] =>
  list.map((c) => transfers.map(c.value));

/** A transfer as it was read or last stored, and as it is to be. */
export interface Change {
  before: Transfer;
  after: Transfer;
}

export async function insertTransfers(tx: Tx, transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length === 0) return;
  await tx.query(insertText, cells(columns, transfers), 'transfers_insert');
}

/**
 * Stores changes, in the order of their ids; one that is no longer in the version it was decided on stays as it is.
 * @returns how many were stored; if it is not all, the transaction must be rolled back
 */
export async function updateTransfers(tx: Tx, changes: readonly Change[]): Promise<number> {
  if (changes.length === 0) return 0;
  const sorted = [...changes].sort((a, b) => (a.after.id < b.after.id ? -1 : 1));
  const params = cells(
    moving,
    sorted.map((c) => c.after),
  );
  params.push(sorted.map((c) => c.before.version));
  return (await tx.query(updateText, params, 'transfers_update')).count;
}

type Row = Record<string, unknown>;
const ms = (v: unknown): number | null => (v === null ? null : (v as Date).getTime());
const text = (v: unknown): string | null => v as string | null;

function toTransfer(r: Row): Transfer {
  return {
    id: r.id as string,
    version: r.version as number,
    kind: r.kind as Transfer['kind'],
    state: r.state as Transfer['state'],
    amount: r.amount as bigint,
    currency: r.currency as string,
    note: text(r.note),
    payerId: r.payer_id as string,
    payerDevice: r.payer_device as string,
    payerToken: r.payer_token as string,
    payerMember: r.payer_member as string,
    payerLast4: r.payer_last4 as string,
    payeeId: text(r.payee_id),
    payeeVia: r.payee_via as Transfer['payeeVia'],
    payeePan: r.payee_pan as string,
    payeeMember: r.payee_member as string,
    payeeLast4: r.payee_last4 as string,
    payeeName: text(r.payee_name),
    debitStan: text(r.debit_stan),
    debitRrn: text(r.debit_rrn),
    debitAtMs: ms(r.debit_at),
    debitCode: text(r.debit_code),
    approvalCode: text(r.approval_code),
    creditStan: text(r.credit_stan),
    creditRrn: text(r.credit_rrn),
    creditAtMs: ms(r.credit_at),
    creditCode: text(r.credit_code),
    declineCode: text(r.decline_code),
    limit: r.limit_notice === null ? null : (JSON.parse(r.limit_notice as string) as Limit),
    scheduledAtMs: ms(r.scheduled_at),
    createdAtMs: ms(r.created_at) as number,
    updatedAtMs: ms(r.updated_at) as number,
    completedAtMs: ms(r.completed_at),
  };
}

/** Locks transfers in the order of their ids. */
export async function lockTransfers(tx: Tx, ids: readonly string[]): Promise<Map<string, Transfer>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<Row>(
    `select ${names} from transfers.transfer where id = any($1::uuid[]) order by id for update`,
    [ids],
    'transfers_lock',
  );
  return new Map(rows.map((r) => [r.id as string, toTransfer(r)]));
}

export async function transfersByIds(sql: Sql, ids: readonly string[]): Promise<Transfer[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `select ${names} from transfers.transfer where id = any($1::uuid[])`,
    [ids],
    'transfers_by_ids',
  );
  return rows.map(toTransfer);
}

/** Of one person, newest first: sent ones in any state, received ones once they have arrived. */
export async function transfersOf(
  sql: Sql,
  f: { userId: string; before: string | null; limit: number },
): Promise<Transfer[]> {
  const { rows } = await sql.query<Row>(
    `select ${names} from (
       (select * from transfers.transfer where payer_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3)
       union
       (select * from transfers.transfer where payee_id = $1 and state = 'completed' and ($2::uuid is null or id < $2)
        order by id desc limit $3)) l
     order by id desc limit $3`,
    [f.userId, f.before, f.limit],
    'transfers_of',
  );
  return rows.map(toTransfer);
}

/** What somebody is about to send, to be compared with what was sent lately. */
export interface Sending {
  payerId: string;
  payeePan: string;
  amount: bigint;
}

/** Which of these went out since `sinceId` already (an id tells its time), as `payer payee amount`. */
export async function sentLately(
  sql: Sql,
  sendings: readonly Sending[],
  sinceId: string,
): Promise<Set<string>> {
  if (sendings.length === 0) return new Set();
  const { rows } = await sql.query<{ payer_id: string; payee_pan: string; amount: bigint }>(
    `select t.payer_id, t.payee_pan, t.amount
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as u (payer_id, payee_pan, amount)
     join transfers.transfer t on t.payer_id = u.payer_id and t.id > $4 and t.payee_pan = u.payee_pan
       and t.amount = u.amount and t.state not in ('declined', 'returned', 'cancelled')`,
    [sendings.map((s) => s.payerId), sendings.map((s) => s.payeePan), sendings.map((s) => s.amount), sinceId],
    'transfers_sent_lately',
  );
  return new Set(rows.map((r) => `${r.payer_id} ${r.payee_pan} ${r.amount}`));
}

/** When somebody must look at a transfer; null: never again. */
export interface Due {
  id: string;
  atMs: number | null;
}

export async function setDue(tx: Tx, dues: readonly Due[]): Promise<void> {
  const set = dues.filter((d) => d.atMs !== null).sort((a, b) => (a.id < b.id ? -1 : 1));
  const cleared = dues.filter((d) => d.atMs === null).map((d) => d.id);
  if (cleared.length > 0) {
    await tx.query(
      'delete from transfers.due where transfer_id = any($1::uuid[])',
      [cleared],
      'transfers_due_clear',
    );
  }
  if (set.length === 0) return;
  await tx.query(
    `insert into transfers.due (transfer_id, at) select * from unnest($1::uuid[], $2::timestamptz[])
     on conflict (transfer_id) do update set at = excluded.at, tries = 0`,
    [set.map((d) => d.id), set.map((d) => instant(d.atMs))],
    'transfers_due_set',
  );
}

/** Takes transfers that are due for this process, a bounded number: nobody else looks at them before `untilMs`. */
export async function claimDue(
  sql: Sql,
  nowMs: number,
  untilMs: number,
  limit: number,
): Promise<{ id: string; tries: number }[]> {
  const { rows } = await sql.query<{ transfer_id: string; tries: number }>(
    `update transfers.due set at = $2, tries = tries + 1 where transfer_id in (
       select transfer_id from transfers.due where at <= $1 order by at, transfer_id limit $3 for update skip locked)
     returning transfer_id, tries`,
    [instant(nowMs), instant(untilMs), limit],
    'transfers_due_claim',
  );
  return rows.map((r) => ({ id: r.transfer_id, tries: r.tries }));
}

/** True while a transfer from or to this person is not at its end. */
export async function isUnderWay(sql: Sql, userId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from transfers.transfer where (payer_id = $1 or payee_id = $1)
       and state in ('scheduled', 'debiting', 'crediting', 'confirming', 'unknown', 'returning') limit 1`,
    [userId],
  );
  return rows.length > 0;
}

/** Looks at a transfer again at this instant, if there is still something to look at. */
export async function postpone(sql: Sql, id: string, atMs: number): Promise<void> {
  await sql.query(
    'update transfers.due set at = $2 where transfer_id = $1',
    [id, instant(atMs)],
    'transfers_due_postpone',
  );
}

/**
 * Whose the references of messages to banks are, and when they were sent: for a bank's answer that came late. Only
 * transfers since an instant are looked through.
 */
export async function ownersOfTransferReferences(
  sql: Sql,
  rrns: readonly string[],
  sinceMs: number,
): Promise<Map<string, { groupId: string; memberId: string; sentAtMs: number }>> {
  const { rows } = await sql.query<{ rrn: string; id: string; member_id: string; at: Date }>(
    `select debit_rrn as rrn, id, payer_member as member_id, debit_at as at from transfers.transfer
     where created_at >= $2 and debit_rrn = any($1::text[])
     union all
     select credit_rrn as rrn, id, payee_member as member_id, credit_at as at from transfers.transfer
     where created_at >= $2 and credit_rrn = any($1::text[])`,
    [rrns, instant(sinceMs)],
  );
  return new Map(
    rows.map((r) => [r.rrn, { groupId: r.id, memberId: r.member_id, sentAtMs: r.at.getTime() }]),
  );
}
