-- Payments and refunds. Hot: rows are inserted and updated in groups, each locked by id in order. No foreign keys
-- to other modules (other distribution keys). `due_at` is when the sweeper must look: expiry of an unpaid
-- payment, or the end of the wait for a bank.
create table {schema}.payment (
  id uuid primary key,
  merchant_id uuid not null,
  store_id uuid not null,
  payable_account uuid not null,
  merchant_name text not null,
  store_name text not null,
  state text not null check (state in ('created', 'processing', 'authorised', 'captured', 'declined', 'cancelled',
    'expired', 'unknown', 'reversed', 'partially_refunded', 'refunded')),
  amount bigint not null check (amount > 0),
  currency char(3) not null,
  authorised_amount bigint not null check (authorised_amount >= 0 and authorised_amount <= amount),
  captured_amount bigint not null check (captured_amount >= 0 and captured_amount <= authorised_amount),
  refund_reserved bigint not null check (refund_reserved >= 0),
  refunded_amount bigint not null check (refunded_amount >= 0),
  capture text not null check (capture in ('automatic', 'manual')),
  entry text not null check (entry in ('dynamic_code', 'static_code', 'pay_code', 'link')),
  order_reference text,
  description text,
  terminal text not null,
  user_id uuid,
  token_id uuid,
  issuer_id uuid,
  card_kind text,
  card_last4 text,
  decline_code text,
  response_code text,
  stan char(6),
  rrn char(12),
  approval_code text,
  attempts int not null,
  sent_at timestamptz,
  due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  completed_at timestamptz,
  check (refunded_amount <= refund_reserved and refund_reserved <= captured_amount)
) with (fillfactor = 60);
create index payment_merchant on {schema}.payment (merchant_id, id);
create index payment_user on {schema}.payment (user_id, id) where user_id is not null;
create index payment_order on {schema}.payment (order_reference) where order_reference is not null;
create unique index payment_rrn on {schema}.payment (rrn) where rrn is not null;
create index payment_due on {schema}.payment (due_at) where due_at is not null;
create index payment_created on {schema}.payment using brin (created_at) with (pages_per_range = 16);

create table {schema}.refund (
  id uuid primary key,
  payment_id uuid not null,
  amount bigint not null check (amount > 0),
  currency char(3) not null,
  reason text not null,
  state text not null check (state in ('pending', 'succeeded', 'failed')),
  rrn char(12) not null unique,
  stan char(6) not null,
  created_at timestamptz not null,
  completed_at timestamptz
);
create index refund_payment on {schema}.refund (payment_id);
