-- Members of the network, where they are reached, which card numbers are theirs, and the account of each one's position.
-- New tables only; no locks on anything that exists.

create table {schema}.member (
  id uuid primary key,
  code text not null unique check (code ~ '^[a-z][a-z0-9_-]{1,31}$'),
  institution text not null unique check (institution ~ '^[0-9]{6,11}$'),
  name text not null check (length(name) between 1 and 60),
  name_en text not null check (length(name_en) between 1 and 60),
  colour text not null check (colour ~ '^#[0-9a-f]{6}$'),
  issuer boolean not null,
  acquirer boolean not null,
  status text not null check (status in ('active', 'suspended')),
  link jsonb,
  bank_api jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (issuer or acquirer)
);

create table {schema}.bin_range (
  id uuid primary key,
  member_id uuid not null references {schema}.member (id),
  range_low text not null check (range_low ~ '^[0-9]{4,12}$'),
  range_high text not null check (range_high ~ '^[0-9]{4,12}$'),
  product text not null check (product in ('debit', 'credit', 'prepaid', 'mixed')),
  created_at timestamptz not null,
  check (length(range_low) = length(range_high) and range_low <= range_high),
  unique (range_low, range_high)
);

create table {schema}.position (
  member_id uuid not null references {schema}.member (id),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  account_id uuid not null unique,
  created_at timestamptz not null,
  primary key (member_id, currency)
);

-- Only sealed bytes: the key-encryption key is outside the database.
create table {schema}.secret (
  member_id uuid not null references {schema}.member (id),
  name text not null check (name in ('zone_key', 'mac_key', 'bank_api_key', 'tls_key')),
  version int not null check (version > 0),
  sealed bytea not null,
  updated_at timestamptz not null,
  primary key (member_id, name)
);

-- One row that every change raises, so that each process sees with one cheap read that its copy is old.
create table {schema}.revision (
  one boolean primary key check (one),
  revision bigint not null
);

insert into {schema}.revision (one, revision) values (true, 1);
