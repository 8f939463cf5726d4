import { instant } from '@feiqian/clock';
import type { Sql, SqlValue, Tx } from '@feiqian/db';
import type { Payment } from '../payment.ts';

type Cell = string | number | bigint | null;
interface Column {
  name: string;
  type: string;
  /** Which statement writes it: set for ever at creation, when a payer begins to pay, by what comes after, or always. */
  set: 'once' | 'by_payer' | 'by_outcome' | 'always';
  value: (p: Payment) => Cell;
}

const column =
  (set: Column['set']) =>
  (name: string, type: string, value: (p: Payment) => Cell): Column => ({ name, type, set, value });
const once = column('once');
const byPayer = column('by_payer');
const byOutcome = column('by_outcome');
const always = column('always');

/** Every column with its type and where its value comes from: inserts, updates and reads are made from it. */
const columns: readonly Column[] = [
  once('id', 'uuid', (p) => p.id),
  always('version', 'int', (p) => p.version),
  once('merchant_id', 'uuid', (p) => p.merchantId),
  once('store_id', 'uuid', (p) => p.storeId),
  once('payable_account', 'uuid', (p) => p.payableAccount),
  once('merchant_name', 'text', (p) => p.merchantName),
  once('store_name', 'text', (p) => p.storeName),
  always('state', 'text', (p) => p.state),
  once('amount', 'bigint', (p) => p.amount),
  once('currency', 'text', (p) => p.currency),
  byOutcome('authorised_amount', 'bigint', (p) => p.authorisedAmount),
  byOutcome('captured_amount', 'bigint', (p) => p.capturedAmount),
  byOutcome('refund_reserved', 'bigint', (p) => p.refundReserved),
  byOutcome('refunded_amount', 'bigint', (p) => p.refundedAmount),
  once('capture', 'text', (p) => p.capture),
  once('entry', 'text', (p) => p.entry),
  once('order_reference', 'text', (p) => p.orderReference),
  once('description', 'text', (p) => p.description),
  once('terminal', 'text', (p) => p.terminal),
  byPayer('user_id', 'uuid', (p) => p.userId),
  byPayer('token_id', 'uuid', (p) => p.tokenId),
  byPayer('issuer_id', 'uuid', (p) => p.issuerId),
  byPayer('card_kind', 'text', (p) => p.cardKind),
  byPayer('card_last4', 'text', (p) => p.cardLast4),
  byOutcome('decline_code', 'text', (p) => p.declineCode),
  byOutcome('response_code', 'text', (p) => p.responseCode),
  byPayer('stan', 'text', (p) => p.stan),
  byPayer('rrn', 'text', (p) => p.rrn),
  byOutcome('approval_code', 'text', (p) => p.approvalCode),
  byPayer('attempts', 'int', (p) => p.attempts),
  byPayer('sent_at', 'timestamptz', (p) => instant(p.sentAtMs)),
  always('due_at', 'timestamptz', (p) => instant(p.dueAtMs)),
  once('created_at', 'timestamptz', (p) => instant(p.createdAtMs)),
  always('updated_at', 'timestamptz', (p) => instant(p.updatedAtMs)),
  once('expires_at', 'timestamptz', (p) => instant(p.expiresAtMs)),
  byOutcome('completed_at', 'timestamptz', (p) => instant(p.completedAtMs)),
];

const names = columns.map((c) => c.name).join(', ');
const unnest = (list: readonly Column[]) => list.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
const insertText = `insert into payments.payment (${names}) select ${names} from unnest(${unnest(columns)}) as u (${names})`;

/** A payment as it was read or last stored, and as it is to be. */
export interface Change {
  before: Payment;
  after: Payment;
}

/** The statement that writes some of the moving columns, of payments that are still as they were. */
function updateOf(sets: readonly Column['set'][]) {
  const moving = columns.filter((c) => sets.includes(c.set));
  const list = [columns[0] as Column, ...moving];
  return {
    list,
    text: `update payments.payment p set ${moving.map((c) => `${c.name} = u.${c.name}`).join(', ')}
      from unnest(${unnest(list)}, $${list.length + 1}::int[]) as u (${list.map((c) => c.name).join(', ')}, base)
      where p.id = u.id and p.version = u.base`,
  };
}
/** A first attempt changes nothing of what an outcome sets; a later attempt takes an earlier outcome back. */
const begun = updateOf(['always', 'by_payer']);
const settled = updateOf(['always', 'by_outcome']);
const begunAgain = updateOf(['always', 'by_payer', 'by_outcome']);

function cells(list: readonly Column[], payments: readonly Payment[]): SqlValue[] {
  return list.map((c) => payments.map(c.value));
}

export async function insertPayments(tx: Tx, payments: readonly Payment[]): Promise<void> {
  if (payments.length === 0) return;
  await Promise.all([
    tx.query(insertText, cells(columns, payments), 'payments_insert'),
    insertDue(tx, payments),
    insertPayers(
      tx,
      payments.filter((p) => p.userId !== null),
    ),
  ]);
}

/**
 * Stores changes, in the order of their ids. A payment that is no longer in the version its change was decided on stays
 * as it is.
 * @returns how many were stored; if it is not all, the transaction must be rolled back
 */
export async function updatePayments(tx: Tx, changes: readonly Change[]): Promise<number> {
  if (changes.length === 0) return 0;
  const sorted = [...changes].sort((a, b) => (a.after.id < b.after.id ? -1 : 1));
  const payerChanged = (c: Change) => c.before.rrn !== c.after.rrn;
  const attempts = sorted.filter(payerChanged);
  const moved = sorted.filter((c) => c.before.dueAtMs !== c.after.dueAtMs);
  const counts = await Promise.all([
    update(
      tx,
      begun,
      attempts.filter((c) => c.before.rrn === null),
      'payments_begun',
    ),
    update(
      tx,
      begunAgain,
      attempts.filter((c) => c.before.rrn !== null),
      'payments_begun_again',
    ),
    update(
      tx,
      settled,
      sorted.filter((c) => !payerChanged(c)),
      'payments_settled',
    ),
    insertPayers(
      tx,
      attempts.map((c) => c.after),
    ),
    deleteDue(
      tx,
      moved.map((c) => c.before),
    ),
    insertDue(
      tx,
      moved.map((c) => c.after),
    ),
  ]);
  return counts[0] + counts[1] + counts[2];
}

async function update(
  tx: Tx,
  statement: typeof begun,
  changes: readonly Change[],
  name: string,
): Promise<number> {
  if (changes.length === 0) return 0;
  const params = cells(
    statement.list,
    changes.map((c) => c.after),
  );
  params.push(changes.map((c) => c.before.version));
  return (await tx.query(statement.text, params, name)).count;
}

async function insertPayers(tx: Tx, payments: readonly Payment[]): Promise<void> {
  if (payments.length === 0) return;
  await tx.query(
    `insert into payments.payer (user_id, payment_id, rrn)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[])`,
    [payments.map((p) => p.userId), payments.map((p) => p.id), payments.map((p) => p.rrn)],
    'payments_payer_insert',
  );
}

async function insertDue(tx: Tx, payments: readonly Payment[]): Promise<void> {
  const due = payments.filter((p) => p.dueAtMs !== null);
  if (due.length === 0) return;
  await tx.query(
    // There already only if somebody else changed the payment meanwhile: then its update tells, and all is undone.
    `insert into payments.due (at, payment_id) select * from unnest($1::timestamptz[], $2::uuid[])
     on conflict (at, payment_id) do nothing`,
    [due.map((p) => instant(p.dueAtMs)), due.map((p) => p.id)],
    'payments_due_insert',
  );
}

async function deleteDue(tx: Tx, payments: readonly Payment[]): Promise<void> {
  const due = payments.filter((p) => p.dueAtMs !== null);
  if (due.length === 0) return;
  await tx.query(
    `delete from payments.due d using unnest($1::timestamptz[], $2::uuid[]) as u (at, payment_id)
     where d.at = u.at and d.payment_id = u.payment_id`,
    [due.map((p) => instant(p.dueAtMs)), due.map((p) => p.id)],
    'payments_due_delete',
  );
}

const prefixed = columns.map((c) => `p.${c.name}`).join(', ');

type Row = Record<string, unknown>;
const ms = (v: unknown): number | null => (v === null ? null : (v as Date).getTime());

function toPayment(r: Row): Payment {
  return {
    id: r.id as string,
    version: r.version as number,
    merchantId: r.merchant_id as string,
    storeId: r.store_id as string,
    payableAccount: r.payable_account as string,
    merchantName: r.merchant_name as string,
    storeName: r.store_name as string,
    state: r.state as Payment['state'],
    amount: r.amount as bigint,
    currency: r.currency as string,
    authorisedAmount: r.authorised_amount as bigint,
    capturedAmount: r.captured_amount as bigint,
    refundReserved: r.refund_reserved as bigint,
    refundedAmount: r.refunded_amount as bigint,
    capture: r.capture as Payment['capture'],
    entry: r.entry as Payment['entry'],
    orderReference: r.order_reference as string | null,
    description: r.description as string | null,
    terminal: r.terminal as string,
    userId: r.user_id as string | null,
    tokenId: r.token_id as string | null,
    issuerId: r.issuer_id as string | null,
    cardKind: r.card_kind as Payment['cardKind'],
    cardLast4: r.card_last4 as string | null,
    declineCode: r.decline_code as string | null,
    responseCode: r.response_code as string | null,
    stan: r.stan as string | null,
    rrn: r.rrn as string | null,
    approvalCode: r.approval_code as string | null,
    attempts: r.attempts as number,
    sentAtMs: ms(r.sent_at),
    dueAtMs: ms(r.due_at),
    createdAtMs: ms(r.created_at) as number,
    updatedAtMs: ms(r.updated_at) as number,
    expiresAtMs: ms(r.expires_at) as number,
    completedAtMs: ms(r.completed_at),
  };
}

/** Locks payments in order of their ids. */
export async function lockPayments(tx: Tx, ids: readonly string[]): Promise<Map<string, Payment>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<Row>(
    `select ${names} from payments.payment where id = any($1::uuid[]) order by id for update`,
    [ids],
    'payments_lock',
  );
  return new Map(rows.map((r) => [r.id as string, toPayment(r)]));
}

export async function paymentsByIds(sql: Sql, ids: readonly string[]): Promise<Payment[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql.query<Row>(
    `select ${names} from payments.payment where id = any($1::uuid[])`,
    [ids],
    'payments_by_ids',
  );
  return rows.map(toPayment);
}

/** Whose the references of messages to banks are, and when they were sent: for a bank's answer that came late. */
export async function ownersOfReferences(
  sql: Sql,
  rrns: readonly string[],
): Promise<Map<string, { groupId: string; memberId: string; sentAtMs: number }>> {
  const { rows } = await sql.query<{ rrn: string; id: string; issuer_id: string; sent_at: Date }>(
    `select p.rrn, p.id, p.issuer_id, p.sent_at
     from payments.payer y join payments.payment p on p.id = y.payment_id and p.rrn = y.rrn
     where y.rrn = any($1::text[]) and y.rrn is not null and p.issuer_id is not null`,
    [rrns],
  );
  return new Map(
    rows.map((r) => [r.rrn, { groupId: r.id, memberId: r.issuer_id, sentAtMs: r.sent_at.getTime() }]),
  );
}

/** Payments whose time is up, a bounded number, not locked. */
export async function duePayments(sql: Sql, nowMs: number, limit: number): Promise<Payment[]> {
  const { rows } = await sql.query<Row>(
    `select ${prefixed} from payments.due d join payments.payment p on p.id = d.payment_id
     where d.at <= $1 order by d.at limit $2`,
    [new Date(nowMs), limit],
    'payments_due',
  );
  return rows.map(toPayment);
}

/** True while a payment of this payer, or a refund of one, is not at its end. */
export async function isUnderWay(sql: Sql, userId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from payments.payer l join payments.payment p on p.id = l.payment_id
     where l.user_id = $1 and p.user_id = $1 and (p.state in ('processing', 'authorised', 'unknown')
       or exists (select 1 from payments.refund r where r.payment_id = p.id and r.state = 'pending'))
     limit 1`,
    [userId],
  );
  return rows.length > 0;
}

/** What a list of payments is asked for; absent filters are null. */
export interface PaymentFilter {
  merchantId: string | null;
  userId: string | null;
  issuerId: string | null;
  state: string | null;
  entry: string | null;
  /** Exact id, order reference or RRN. */
  text: string | null;
  paymentId: string | null;
  fromMs: number | null;
  toMs: number | null;
  /** Ids below this one, newest first. */
  before: string | null;
  limit: number;
}

export async function listPayments(sql: Sql, f: PaymentFilter): Promise<Payment[]> {
  const where: string[] = [];
  const params: SqlValue[] = [];
  let from = 'payments.payment p';
  // A payer's ids come from his or her list; a payment that somebody else has paid since is another's.
  if (f.userId !== null) {
    params.push(f.userId);
    where.push('user_id = $1');
    from = `(select distinct payment_id from payments.payer where user_id = $1) l
      join payments.payment p on p.id = l.payment_id`;
  }
  const add = (text: string, value: SqlValue) => {
    params.push(value);
    where.push(text.replaceAll('?', `$${params.length}`));
  };
  if (f.merchantId !== null) add('merchant_id = ?', f.merchantId);
  if (f.issuerId !== null) add('issuer_id = ?', f.issuerId);
  if (f.state !== null) add('state = ?', f.state);
  if (f.entry !== null) add('entry = ?', f.entry);
  if (f.paymentId !== null) add('id = ?', f.paymentId);
  else if (f.text !== null)
    add(
      `id in (select id from payments.payment where order_reference = ?
         union all select payment_id from payments.payer where rrn = ?)`,
      f.text,
    );
  if (f.fromMs !== null) add('created_at >= ?', new Date(f.fromMs));
  if (f.toMs !== null) add('created_at < ?', new Date(f.toMs));
  if (f.before !== null) add(f.userId === null ? 'id < ?' : 'l.payment_id < ?', f.before);
  params.push(f.limit);
  const { rows } = await sql.query<Row>(
    `select ${names} from ${from} ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
     order by ${f.userId === null ? 'id' : 'l.payment_id'} desc limit $${params.length}`,
    params,
  );
  return rows.map(toPayment);
}
