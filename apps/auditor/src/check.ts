/** What the rows that a check names are, so that whoever reads a finding knows where to look. */
export type Subject =
  | 'payment'
  | 'refund'
  | 'transfer'
  | 'request'
  | 'account'
  | 'message'
  | 'key'
  | 'card'
  | 'table';

/**
 * One invariant as a statement that returns the rows that break it: `what` names the row, `found` says how. A check
 * that returns nothing has found nothing.
 */
export interface Check {
  /** The invariant it belongs to, by its name in docs/fault-model.md: L ledger, P payments, T cards, … */
  id: string;
  /** Names the check among all checks. */
  name: string;
  /** Whose rows: `network`, or a bank's code. */
  of: string;
  title: { en: string; zh: string };
  subject: Subject;
  /** The relation whose rows it looks at, to tell how many there were. */
  over: string;
  sql: string;
  /**
   * How it may be run all the time: over a `sample` of payments, `always` because it is cheap however much there is, or
   * not at all but as part of the `whole` audit.
   */
  pace: 'sample' | 'always' | 'whole';
}

/** The rows that belong to payments: all of them, or those of a sample. Each is a table or a subquery in brackets. */
export interface Scope {
  payments: string;
  refunds: string;
  transfers: string;
  events: string;
  forwards: string;
  exchanges: string;
  /** The operations of one bank that belong to these payments; `schema` is that of its authorisations. */
  operations: (schema: string) => string;
  /** The instant of the newest event, as SQL: what "long ago" is measured from. */
  asOf: string;
}

/** Every row there is. */
export function everything(asOf: string): Scope {
  return {
    payments: 'payments.payment',
    refunds: 'payments.refund',
    transfers: 'ledger.transfers',
    events: 'outbox.event',
    forwards: 'links.forward',
    exchanges: 'links.exchange',
    operations: (schema) => `${schema}.operation`,
    asOf,
  };
}

/** The rows of the payments in `$1`, an array of their ids; each is found by an index. */
export function sampleOf(asOf: string): Scope {
  const of = (table: string, column: string) => `(select * from ${table} where ${column} = any($1::uuid[]))`;
  return {
    payments: of('payments.payment', 'id'),
    refunds: of('payments.refund', 'payment_id'),
    // The first entry of a payment has the payment's own id, and then it is not in the index of the others.
    transfers: `(select * from ledger.transfers where id = any($1::uuid[])
      union all select * from ledger.transfers where user_data_128 = any($1::uuid[]) and user_data_128 <> id)`,
    events: of('outbox.event', 'object_id'),
    forwards: of('links.forward', 'group_id'),
    exchanges: of('links.exchange', 'group_id'),
    operations: (schema) => `(select o.* from ${schema}.operation o where o.rrn in (
      select rrn from payments.payment where id = any($1::uuid[])
      union all select rrn from payments.refund where payment_id = any($1::uuid[])))`,
    asOf,
  };
}

/** States of a payment whose money has moved. */
export const paid = `('captured', 'partially_refunded', 'refunded')`;
