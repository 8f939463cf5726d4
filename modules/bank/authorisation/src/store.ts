import type { Sql, Tx } from '@feiqian/db';
import type { CommandKind, LegName } from './command.ts';
import { readLimit, writtenLimit } from './limitRow.ts';
import type { Operation, OperationKind, OperationState, SavedAnswer } from './operation.ts';

interface OperationRow {
  id: string;
  reference: string;
  terminal: string;
  acquirer: string;
  rrn: string;
  kind: OperationKind;
  state: OperationState;
  card_id: string | null;
  account_id: string | null;
  parent_id: string | null;
  amount: bigint;
  currency: number;
  posted: bigint;
  refunded: bigint;
  transfer_id: string | null;
  authorisation_code: string | null;
  counted: boolean;
  description: string;
  created_at: Date;
}

/** A decided message as its row says. */
export interface StoredMessage extends SavedAnswer {
  key: string;
  kind: Exclude<CommandKind, 'abandon'>;
  mti: string;
  cardId: string | null;
  amount: bigint;
  currency: number;
  operationId: string | null;
}

/** What the tables know of a leg. */
export interface LegRows {
  operation: Operation | null;
  message: {
    kind: CommandKind;
    amount: bigint;
    currency: number;
    code: string;
    limit: SavedAnswer['limit'];
    receivedAtMs: number;
  } | null;
}

const operationColumns = `id, reference, terminal, acquirer, rrn, kind, state, card_id, account_id, parent_id, amount,
  currency, posted, refunded, transfer_id, authorisation_code, counted, description, created_at`;

function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    reference: row.reference,
    terminal: row.terminal,
    acquirer: row.acquirer,
    rrn: row.rrn,
    kind: row.kind,
    state: row.state,
    cardId: row.card_id,
    accountId: row.account_id,
    parentId: row.parent_id,
    amount: row.amount,
    currency: row.currency,
    posted: row.posted,
    refunded: row.refunded,
    transferId: row.transfer_id,
    authorisationCode: row.authorisation_code,
    counted: row.counted,
    description: row.description,
    createdAtMs: row.created_at.getTime(),
  };
}

const at = (ms: number) => new Date(ms).toISOString();

/** The statements on messages and operations, in one bank's schema. */
export function createStore(schema: string) {
  async function operations(
    tx: Tx,
    where: string,
    value: readonly string[],
    name: string,
  ): Promise<Operation[]> {
    const { rows } = await tx.query<OperationRow>(
      `select ${operationColumns} from ${schema}.operation where ${where} order by id for update`,
      [value],
      `${schema}.operation_${name}`,
    );
    return rows.map(toOperation);
  }

  return {
    async savedAnswers(tx: Tx, keys: readonly string[]): Promise<Map<string, SavedAnswer>> {
      const { rows } = await tx.query<{
        key: string;
        fingerprint: string;
        response_code: string;
        authorisation_code: string | null;
        refused_by: unknown;
      }>(
        `select key, fingerprint, response_code, authorisation_code, refused_by from ${schema}.message
         where key = any($1::text[])`,
        [keys],
        `${schema}.message_saved`,
      );
      return new Map(
        rows.map((r) => [
          r.key,
          {
            fingerprint: r.fingerprint,
            code: r.response_code,
            authorisationCode: r.authorisation_code,
            limit: readLimit(r.refused_by),
          },
        ]),
      );
    },

    /** Locks the operations under these references, in the order of their ids. */
    operationsByReferences: (tx: Tx, references: readonly string[]) =>
      operations(tx, 'reference = any($1::text[])', references, 'by_references'),
    operationsByRrns: (tx: Tx, rrns: readonly string[]) =>
      operations(tx, 'rrn = any($1::text[])', rrns, 'by_rrns'),
    operationsByIds: (tx: Tx, ids: readonly string[]) =>
      operations(tx, 'id = any($1::uuid[])', ids, 'by_ids'),

    /** How many were not there yet; the callers' keys must be in order, so that two processes cannot lock crosswise. */
    async insertMessages(tx: Tx, messages: readonly StoredMessage[], nowMs: number): Promise<number> {
      const { count } = await tx.query(
        `insert into ${schema}.message (key, kind, mti, fingerprint, card_id, amount, currency, response_code,
           authorisation_code, operation_id, refused_by, received_at)
         select key, kind, mti, fingerprint, card_id, amount, currency, code, authorisation_code, operation_id,
           refused_by::jsonb, $12::timestamptz
           from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::int[], $8::text[],
             $9::text[], $10::uuid[], $11::text[]) as m (key, kind, mti, fingerprint, card_id, amount, currency, code,
             authorisation_code, operation_id, refused_by)
         on conflict (key) do nothing`,
        [
          messages.map((m) => m.key),
          messages.map((m) => m.kind),
          messages.map((m) => m.mti),
          messages.map((m) => m.fingerprint),
          messages.map((m) => m.cardId),
          messages.map((m) => m.amount),
          messages.map((m) => m.currency),
          messages.map((m) => m.code),
          messages.map((m) => m.authorisationCode),
          messages.map((m) => m.operationId),
          messages.map((m) => writtenLimit(m.limit)),
          at(nowMs),
        ],
        `${schema}.message_insert`,
      );
      return count;
    },

    /** How many were not there yet; as {@link insertMessages}, in order. */
    async insertOperations(tx: Tx, created: readonly Operation[], nowMs: number): Promise<number> {
      const { count } = await tx.query(
        `insert into ${schema}.operation (${operationColumns}, updated_at)
         select *, $19::timestamptz, $19::timestamptz from unnest($1::uuid[], $2::text[], $3::text[], $4::text[],
           $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[], $10::uuid[], $11::bigint[], $12::int[],
           $13::bigint[], $14::bigint[], $15::uuid[], $16::text[], $17::boolean[], $18::text[])
         on conflict (reference, rrn) do nothing`,
        [
          created.map((o) => o.id),
          created.map((o) => o.reference),
          created.map((o) => o.terminal),
          created.map((o) => o.acquirer),
          created.map((o) => o.rrn),
          created.map((o) => o.kind),
          created.map((o) => o.state),
          created.map((o) => o.cardId),
          created.map((o) => o.accountId),
          created.map((o) => o.parentId),
          created.map((o) => o.amount),
          created.map((o) => o.currency),
          created.map((o) => o.posted),
          created.map((o) => o.refunded),
          created.map((o) => o.transferId),
          created.map((o) => o.authorisationCode),
          created.map((o) => o.counted),
          created.map((o) => o.description),
          at(nowMs),
        ],
        `${schema}.operation_insert`,
      );
      return count;
    },

    /** Only state, posted and refunded of an operation ever change. */
    async updateOperations(tx: Tx, changed: readonly Operation[], nowMs: number): Promise<void> {
      await tx.query(
        `update ${schema}.operation as o
            set state = c.state, posted = c.posted, refunded = c.refunded, updated_at = $5
           from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[]) as c (id, state, posted, refunded)
          where o.id = c.id`,
        [
          changed.map((o) => o.id),
          changed.map((o) => o.state),
          changed.map((o) => o.posted),
          changed.map((o) => o.refunded),
          at(nowMs),
        ],
        `${schema}.operation_update`,
      );
    },

    /** What is known of a leg of a transfer: what it did, and how its message was answered. */
    async leg(sql: Sql, { reference, rrn, key }: LegName): Promise<LegRows> {
      const { rows: operations } = await sql.query<OperationRow>(
        `select ${operationColumns} from ${schema}.operation where reference = $1 and rrn = $2`,
        [reference, rrn],
      );
      const { rows: messages } = await sql.query<{
        kind: CommandKind;
        amount: bigint;
        currency: number;
        response_code: string;
        refused_by: unknown;
        received_at: Date;
      }>(
        `select kind, amount, currency, response_code, refused_by, received_at from ${schema}.message where key = $1`,
        [key],
      );
      const [operation] = operations;
      const [message] = messages;
      return {
        operation: operation ? toOperation(operation) : null,
        message: message
          ? {
              kind: message.kind,
              amount: message.amount,
              currency: message.currency,
              code: message.response_code,
              limit: readLimit(message.refused_by),
              receivedAtMs: message.received_at.getTime(),
            }
          : null,
      };
    },

    /** The stored keys of message authentication, wrapped, as hexadecimal. */
    async macKeys(sql: Sql): Promise<{ current: string | null; previous: string | null }> {
      const { rows } = await sql.query<{ slot: string; wrapped: string }>(
        `select slot, wrapped from ${schema}.mac_key`,
      );
      const of = (slot: string) => rows.find((r) => r.slot === slot)?.wrapped ?? null;
      return { current: of('current'), previous: of('previous') };
    },

    async storeMacKeys(tx: Tx, keys: { current: string; previous: string }, nowMs: number): Promise<void> {
      await tx.query(
        `insert into ${schema}.mac_key (slot, wrapped, stored_at)
         values ('current', $1, $3), ('previous', $2, $3)
         on conflict (slot) do update set wrapped = excluded.wrapped, stored_at = excluded.stored_at`,
        [keys.current, keys.previous, at(nowMs)],
      );
    },
  };
}

export type Store = ReturnType<typeof createStore>;
