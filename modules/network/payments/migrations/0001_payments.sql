-- Payments and refunds. Hot: rows are inserted and updated in groups, in the order of their ids. No foreign keys to
-- other modules (other distribution keys). Each change raises `version`, and a change is made only to the version it
-- was decided on. A payment is updated twice or more, so nothing that changes is indexed here (the new row version then
-- stays on its page, without new index entries): what a payment is looked up by later is in `payer` and `due`.
create table {schema}.payment (
  id uuid primary key,
  version int not null,
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
create index payment_order on {schema}.payment (order_reference) where order_reference is not null;
create index payment_created on {schema}.payment using brin (created_at) with (pages_per_range = 16);

-- Who has a payment in his or her list: its first payer from the beginning (a store's poster), and whoever tried to
-- pay it, with the reference of the message to the bank. A payment that somebody else has paid since is another's.
create table {schema}.payer (
  user_id uuid not null,
  payment_id uuid not null,
  rrn char(12)
);
create index payer_user on {schema}.payer (user_id, payment_id);
create unique index payer_rrn on {schema}.payer (rrn) where rrn is not null;

-- When the sweeper must look at a payment: the expiry of one that is not paid or not captured, the end of the wait for
-- a bank. One row while `payment.due_at` is set. Rows come and go with each payment: kept small by vacuuming often.
create table {schema}.due (
  at timestamptz not null,
  payment_id uuid not null,
  primary key (at, payment_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

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
