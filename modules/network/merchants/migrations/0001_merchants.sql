-- Merchants, their stores and staff. Administrative tables: no hot locks.
create table {schema}.merchant (
  id uuid primary key,
  name text not null,
  name_en text not null,                 -- ASCII, for field 43 of the bank message
  mcc char(4) not null,
  city text not null,
  licence text not null,
  settlement_account bytea not null,     -- sealed
  settlement_tail text not null,
  code text not null unique,             -- card acceptor identification, field 42 (15 characters)
  status text not null check (status in ('pending_review', 'active', 'suspended')),
  currency char(3) not null,
  payable_account uuid not null,         -- ledger: what the network owes the merchant
  created_at timestamptz not null
);
create table {schema}.store (
  id uuid primary key,
  merchant_id uuid not null references {schema}.merchant (id),
  name text not null,
  created_at timestamptz not null
);
create index store_merchant on {schema}.store (merchant_id);
create table {schema}.staff (
  id uuid primary key,
  merchant_id uuid not null references {schema}.merchant (id),
  store_id uuid not null references {schema}.store (id),
  number text not null unique,
  name text not null,
  role text not null check (role in ('cashier', 'supervisor')),
  pin text not null,
  terminal text not null unique,         -- field 41 (8 characters)
  active boolean not null default true,
  created_at timestamptz not null
);
create index staff_merchant on {schema}.staff (merchant_id);

-- Raised by every change of a merchant's status, so that processes may believe what they hold in memory.
create table {schema}.revision (
  one boolean primary key default true check (one),
  n bigint not null
);
insert into {schema}.revision (n) values (1);
