-- People, their devices and bound cards. A mobile number is found by keyed hash and kept sealed.
create table {schema}.person (
  id uuid primary key,
  mobile_hash bytea not null unique,
  mobile_sealed bytea not null,
  mobile_masked text not null,
  name text,
  created_at timestamptz not null
);
create table {schema}.device (
  id uuid primary key,
  user_id uuid not null references {schema}.person (id),
  name text not null,
  handle char(8) not null unique,        -- how the network finds a pay code's device
  secret bytea not null,                 -- sealed
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  removed_at timestamptz
);
create index device_user on {schema}.device (user_id);
create table {schema}.discovery (
  id uuid primary key,
  user_id uuid not null,
  device_id uuid not null,
  banks jsonb not null,                  -- what each bank answered, consent included
  expires_at timestamptz not null
);
create table {schema}.card (
  id uuid primary key,                   -- the token
  user_id uuid not null,
  device_id uuid not null,
  member_id uuid not null,
  kind text not null,
  product text not null,
  product_en text not null,
  last4 char(4) not null,
  slot int not null check (slot between 0 and 9),
  is_default boolean not null,
  consent_id text not null,
  bank_ref text not null,
  bound_at timestamptz not null,
  unbound_at timestamptz
);
create unique index card_slot on {schema}.card (device_id, slot) where unbound_at is null;
create unique index card_once on {schema}.card (device_id, member_id, bank_ref) where unbound_at is null;
create unique index card_default on {schema}.card (device_id) where is_default and unbound_at is null;
-- A pay code pays once.
create table {schema}.used_pay_code (
  device_id uuid not null,
  step bigint not null,
  slot int not null,
  payment_id uuid not null,
  primary key (device_id, step, slot)
);
