-- The only place of card numbers: sealed by AES-256-GCM under a data key, found by keyed hash. Data keys are
-- wrapped by a key-encryption key. Locks: row by row; a rotation takes a bounded number of rows at a time.
create table {schema}.data_key (
  id int primary key,
  wrapped bytea not null,
  current boolean not null,
  created_at timestamptz not null
);
create unique index data_key_current on {schema}.data_key (current) where current;
create table {schema}.pan (
  id uuid primary key,
  lookup bytea not null unique,
  sealed bytea not null,
  data_key int not null,
  expiry char(4) not null,               -- YYMM
  last4 char(4) not null,
  created_at timestamptz not null
);
create index pan_data_key on {schema}.pan (data_key);
-- A network token stands for a card in one wallet on one device.
create table {schema}.token (
  id uuid primary key,
  number char(16) not null unique,       -- in the network's token range, Luhn-valid
  pan_id uuid not null,
  user_id uuid not null,
  device_id uuid not null,
  issuer_id uuid not null,
  kind text not null check (kind in ('debit', 'credit')),
  last4 char(4) not null,
  status text not null check (status in ('active', 'suspended', 'deleted')),
  created_at timestamptz not null,
  status_at timestamptz not null
);
create unique index token_once on {schema}.token (device_id, pan_id) where status <> 'deleted';
create index token_pan on {schema}.token (pan_id);
