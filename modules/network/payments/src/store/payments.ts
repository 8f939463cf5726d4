import type { Sql, SqlValue, Tx } from '@feiqian/db';
import type { Payment, Refund } from '../payment.ts';

type Cell = string | number | bigint | null;
interface Column {
  name: string;
  type: string;
  /** Set once, at creation. */
  fixed: boolean;
  value: (p: Payment) => Cell;
}

const at = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const fixed = (name: string, type: string, value: (p: Payment) => Cell): Column => ({
  name,
  type,
  fixed: true,
  value,
});
const moving = (name: string, type: string, value: (p: Payment) => Cell): Column => ({
  name,
  type,
  fixed: false,
  value,
});

/** Every column with its type and where its value comes from: inserts, updates and reads are made from it. */
const columns: readonly Column[] = [
  fixed('id', 'uuid', (p) => p.id),
  fixed('merchant_id', 'uuid', (p) => p.merchantId),
  fixed('store_id', 'uuid', (p) => p.storeId),
  fixed('payable_account', 'uuid', (p) => p.payableAccount),
  fixed('merchant_name', 'text', (p) => p.merchantName),
  fixed('store_name', 'text', (p) => p.storeName),
  moving('state', 'text', (p) => p.state),
  fixed('amount', 'bigint', (p) => p.amount),
  fixed('currency', 'text', (p) => p.currency),
  moving('authorised_amount', 'bigint', (p) => p.authorisedAmount),
  moving('captured_amount', 'bigint', (p) => p.capturedAmount),
  moving('refund_reserved', 'bigint', (p) => p.refundReserved),
  moving('refunded_amount', 'bigint', (p) => p.refundedAmount),
  fixed('capture', 'text', (p) => p.capture),
  fixed('entry', 'text', (p) => p.entry),
  fixed('order_reference', 'text', (p) => p.orderReference),
  fixed('description', 'text', (p) => p.description),
  fixed('terminal', 'text', (p) => p.terminal),
  moving('user_id', 'uuid', (p) => p.userId),
  moving('token_id', 'uuid', (p) => p.tokenId),
  moving('issuer_id', 'uuid', (p) => p.issuerId),
  moving('card_kind', 'text', (p) => p.cardKind),
  moving('card_last4', 'text', (p) => p.cardLast4),
  moving('decline_code', 'text', (p) => p.declineCode),
  moving('response_code', 'text', (p) => p.responseCode),
  moving('stan', 'text', (p) => p.stan),
  moving('rrn', 'text', (p) => p.rrn),
  moving('approval_code', 'text', (p) => p.approvalCode),
  moving('attempts', 'int', (p) => p.attempts),
  moving('sent_at', 'timestamptz', (p) => at(p.sentAtMs)),
  moving('due_at', 'timestamptz', (p) => at(p.dueAtMs)),
  fixed('created_at', 'timestamptz', (p) => at(p.createdAtMs)),
  moving('updated_at', 'timestamptz', (p) => at(p.updatedAtMs)),
  fixed('expires_at', 'timestamptz', (p) => at(p.expiresAtMs)),
  moving('completed_at', 'timestamptz', (p) => at(p.completedAtMs)),
];

const names = columns.map((c) => c.name).join(', ');
const unnest = (list: readonly Column[]) => list.map((c, i) => `$${i + 1}::${c.type}[]`).join(', ');
const updated = columns.filter((c) => c.name === 'id' || !c.fixed);
const insertText = `insert into payments.payment (${names}) select ${names} from unnest(${unnest(columns)}) as u (${names})`;
const updateText = `update payments.payment p set ${updated
  .slice(1)
  .map((c) => `${c.name} = u.${c.name}`)
  .join(', ')}
  from unnest(${unnest(updated)}) as u (${updated.map((c) => c.name).join(', ')}) where p.id = u.id`;

function cells(list: readonly Column[], payments: readonly Payment[]): SqlValue[] {
  return list.map((c) => payments.map(c.value));
}

export async function insertPayments(tx: Tx, payments: readonly Payment[]): Promise<void> {
  if (payments.length > 0) await tx.query(insertText, cells(columns, payments), 'payments_insert');
}

/** Writes the moving columns of payments that the caller holds locked. */
export async function updatePayments(tx: Tx, payments: readonly Payment[]): Promise<void> {
  if (payments.length > 0) await tx.query(updateText, cells(updated, payments), 'payments_update');
}

type Row = Record<string, unknown>;
const ms = (v: unknown): number | null => (v === null ? null : (v as Date).getTime());

function toPayment(r: Row): Payment {
  return {
    id: r.id as string,
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

/** Payments whose time is up, a bounded number, not locked. */
export async function duePayments(sql: Sql, nowMs: number, limit: number): Promise<Payment[]> {
  const { rows } = await sql.query<Row>(
    `select ${names} from payments.payment where due_at <= $1 order by due_at limit $2`,
    [new Date(nowMs), limit],
    'payments_due',
  );
  return rows.map(toPayment);
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
  const add = (text: string, value: SqlValue) => {
    params.push(value);
    where.push(text.replaceAll('?', `$${params.length}`));
  };
  if (f.merchantId !== null) add('merchant_id = ?', f.merchantId);
  if (f.userId !== null) add('user_id = ?', f.userId);
  if (f.issuerId !== null) add('issuer_id = ?', f.issuerId);
  if (f.state !== null) add('state = ?', f.state);
  if (f.entry !== null) add('entry = ?', f.entry);
  if (f.paymentId !== null) add('id = ?', f.paymentId);
  else if (f.text !== null) add('(order_reference = ? or rrn = ?)', f.text);
  if (f.fromMs !== null) add('created_at >= ?', new Date(f.fromMs));
  if (f.toMs !== null) add('created_at < ?', new Date(f.toMs));
  if (f.before !== null) add('id < ?', f.before);
  params.push(f.limit);
  const { rows } = await sql.query<Row>(
    `select ${names} from payments.payment ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
     order by id desc limit $${params.length}`,
    params,
  );
  return rows.map(toPayment);
}

interface RefundRow {
  id: string;
  payment_id: string;
  amount: bigint;
  currency: string;
  reason: string;
  state: Refund['state'];
  rrn: string;
  stan: string;
  created_at: Date;
  completed_at: Date | null;
}
const refundColumns = 'id, payment_id, amount, currency, reason, state, rrn, stan, created_at, completed_at';
const toRefund = (r: RefundRow): Refund => ({
  id: r.id,
  paymentId: r.payment_id,
  amount: r.amount,
  currency: r.currency,
  reason: r.reason,
  state: r.state,
  rrn: r.rrn,
  stan: r.stan,
  createdAtMs: r.created_at.getTime(),
  completedAtMs: r.completed_at?.getTime() ?? null,
});

export async function insertRefund(tx: Tx, r: Refund): Promise<void> {
  await tx.query(
    `insert into payments.refund (${refundColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      r.id,
      r.paymentId,
      r.amount,
      r.currency,
      r.reason,
      r.state,
      r.rrn,
      r.stan,
      at(r.createdAtMs),
      at(r.completedAtMs),
    ],
  );
}

export async function updateRefund(tx: Tx, r: Refund): Promise<void> {
  await tx.query('update payments.refund set state = $2, completed_at = $3 where id = $1', [
    r.id,
    r.state,
    at(r.completedAtMs),
  ]);
}

export async function refundById(sql: Sql, id: string): Promise<Refund | undefined> {
  const { rows } = await sql.query<RefundRow>(`select ${refundColumns} from payments.refund where id = $1`, [
    id,
  ]);
  return rows[0] && toRefund(rows[0]);
}

export async function refundsByIds(sql: Sql, ids: readonly string[]): Promise<Map<string, Refund>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql.query<RefundRow>(
    `select ${refundColumns} from payments.refund where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map((r) => [r.id, toRefund(r)]));
}

export async function refundByRrn(sql: Sql, rrn: string): Promise<Refund | undefined> {
  const { rows } = await sql.query<RefundRow>(`select ${refundColumns} from payments.refund where rrn = $1`, [
    rrn,
  ]);
  return rows[0] && toRefund(rows[0]);
}

export async function refundsOf(sql: Sql, paymentId: string): Promise<Refund[]> {
  const { rows } = await sql.query<RefundRow>(
    `select ${refundColumns} from payments.refund where payment_id = $1 order by created_at, id`,
    [paymentId],
  );
  return rows.map(toRefund);
}
