import type { Sql, Tx } from '@feiqian/db';
import type { Card, CardForm, CardKind, CardOutcome, CardStatus } from './card.ts';

interface CardRow {
  id: string;
  customer_id: string;
  account_id: string;
  last4: string;
  kind: CardKind;
  product: string;
  product_en: string;
  expiry: string;
  status: CardStatus;
  outcome: CardOutcome;
  purchase_max: bigint | null;
  form: CardForm;
  frozen_at: Date | null;
}

/** A card as the table takes it. */
export interface StoredCard extends Omit<Card, 'frozen'> {
  panLookup: string;
  panCipher: string;
  issuedAtMs: number;
}

const columns =
  'id, customer_id, account_id, last4, kind, product, product_en, expiry, status, outcome, purchase_max, form';
const readColumns = `${columns}, frozen_at`;

function toCard(row: CardRow): Card {
  return {
    id: row.id,
    customerId: row.customer_id,
    accountId: row.account_id,
    last4: row.last4,
    kind: row.kind,
    product: row.product,
    productEn: row.product_en,
    expiry: row.expiry,
    status: row.status,
    outcome: row.outcome,
    purchaseMax: row.purchase_max,
    form: row.form,
    frozen: row.frozen_at !== null,
  };
}

/** Every statement of the module, in one bank's schema. */
export function createStore(schema: string) {
  return {
    /** Adds cards; one whose id exists already is left as it is. */
    async insert(sql: Sql, cards: readonly StoredCard[]): Promise<void> {
      await sql.query(
        `insert into ${schema}.card (${columns}, pan_lookup, pan_cipher, issued_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
           $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::timestamptz[])
         on conflict (id) do nothing`,
        [
          cards.map((c) => c.id),
          cards.map((c) => c.customerId),
          cards.map((c) => c.accountId),
          cards.map((c) => c.last4),
          cards.map((c) => c.kind),
          cards.map((c) => c.product),
          cards.map((c) => c.productEn),
          cards.map((c) => c.expiry),
          cards.map((c) => c.status),
          cards.map((c) => c.outcome),
          cards.map((c) => c.purchaseMax),
          cards.map((c) => c.form),
          cards.map((c) => c.panLookup),
          cards.map((c) => c.panCipher),
          cards.map((c) => new Date(c.issuedAtMs).toISOString()),
        ],
      );
    },

    async byLookups(sql: Sql, lookups: readonly string[]): Promise<{ lookup: string; card: Card }[]> {
      const { rows } = await sql.query<CardRow & { pan_lookup: string }>(
        `select pan_lookup, ${readColumns} from ${schema}.card where pan_lookup = any($1::text[])`,
        [lookups],
        `${schema}.card_by_lookups`,
      );
      return rows.map((row) => ({ lookup: row.pan_lookup, card: toCard(row) }));
    },

    async byCustomer(sql: Sql, customerId: string): Promise<Card[]> {
      const { rows } = await sql.query<CardRow>(
        `select ${readColumns} from ${schema}.card where customer_id = $1 order by id`,
        [customerId],
      );
      return rows.map(toCard);
    },

    async byId(sql: Sql, id: string): Promise<{ card: Card; panCipher: string } | null> {
      const { rows } = await sql.query<CardRow & { pan_cipher: string }>(
        `select pan_cipher, ${readColumns} from ${schema}.card where id = $1`,
        [id],
      );
      const row = rows[0];
      return row ? { card: toCard(row), panCipher: row.pan_cipher } : null;
    },

    /** Freezes or thaws cards of a customer; returns those that changed. */
    async setFrozen(
      sql: Sql,
      customerId: string,
      ids: readonly string[],
      frozenAtMs: number | null,
    ): Promise<Card[]> {
      const { rows } = await sql.query<CardRow>(
        `update ${schema}.card set frozen_at = $3
          where customer_id = $1 and id = any($2::uuid[]) and (frozen_at is null) = ($3::timestamptz is not null)
        returning ${readColumns}`,
        [customerId, ids, frozenAtMs === null ? null : new Date(frozenAtMs).toISOString()],
      );
      return rows.map(toCard);
    },

    /** The next number of the bank's own series; waits for whoever is just taking one. */
    async nextInSeries(tx: Tx): Promise<bigint> {
      const { rows } = await tx.query<{ last: bigint }>(
        `update ${schema}.series set last = last + 1 where slot = 1 returning last`,
      );
      return (rows[0] as { last: bigint }).last;
    },

    /** False when there is no such card. */
    async setStatus(sql: Sql, id: string, status: CardStatus): Promise<boolean> {
      const { count } = await sql.query(`update ${schema}.card set status = $2 where id = $1`, [id, status]);
      return count > 0;
    },
  };
}
