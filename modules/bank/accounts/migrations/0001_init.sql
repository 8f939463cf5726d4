-- Accounts of customers and what moved on them. New tables only; no locks on anything that exists.

create table {schema}.account (
  -- Also the id of the account in the bank's ledger, which alone knows balances.
  id uuid primary key,
  customer_id uuid not null,
  number text not null unique check (number ~ '^[0-9]{10,20}$'),
  kind text not null check (kind in ('current', 'credit')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  credit_limit bigint not null check (credit_limit >= 0),
  status text not null check (status in ('open', 'frozen', 'closed')),
  opened_at timestamptz not null,
  check ((kind = 'credit') = (credit_limit > 0))
);
create index account_customer on {schema}.account (customer_id);

-- The statement: one line for each posting, in words a customer understands. Never updated; written in the
-- transaction of the ledger transfer, whose id keeps it from being told twice.
create table {schema}.movement (
  account_id uuid not null,
  -- UUIDv7, so that the key is the order of the statement.
  id uuid not null,
  at timestamptz not null,
  kind text not null check (kind in ('deposit', 'purchase', 'refund', 'reversal')),
  -- Signed: what the account gains.
  amount bigint not null check (amount <> 0),
  currency text not null,
  description text not null,
  rrn text,
  card_last4 text check (card_last4 ~ '^[0-9]{4}$'),
  transfer_id uuid not null,
  primary key (account_id, id)
);
