-- Writes that are known again by their key, and consents by customer. The index is made on a small table.

-- Claimed in the transaction of what the request does; the answer is filled in by the same transaction.
create table {schema}.request (
  key text primary key check (length(key) <= 100),
  -- Route and keyed content: what a repeat must say again.
  fingerprint text not null,
  answer jsonb,
  received_at timestamptz not null
);

create index consent_customer on {schema}.consent (customer_id);
