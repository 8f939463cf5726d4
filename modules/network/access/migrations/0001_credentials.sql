-- Who may call. Secrets are stored as hashes only. Administrative tables: no hot locks.
create table {schema}.credential (
  id uuid primary key,
  kind text not null check (kind in ('merchant_key', 'wallet', 'till', 'console')),
  hash bytea not null unique,            -- SHA-256 of the secret
  prefix text not null,                  -- readable start, to recognise a key
  name text not null,
  principal jsonb not null,
  tenant uuid,                           -- merchant of a key, device of a wallet session, …
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);
create index credential_tenant on {schema}.credential (tenant);

create table {schema}.operator (
  id uuid primary key,
  username text not null unique,
  name text not null,
  role text not null check (role in ('operator', 'bank', 'merchant', 'read_only')),
  tenant jsonb,                          -- {"kind","id","name"} of bank and merchant users
  password text not null,
  created_at timestamptz not null
);

-- One-time codes by mobile number: hash, tries, and when the next may be sent.
create table {schema}.one_time_code (
  mobile_hash bytea primary key,
  code_hash bytea not null,
  expires_at timestamptz not null,
  tries int not null,
  sent_at timestamptz not null
);

-- Wrong tries of passwords and PINs, by subject.
create table {schema}.wrong_try (
  subject text primary key,
  tries int not null,
  locked_until timestamptz
);

-- Raised by every revocation, so that processes may believe what they hold in memory until it moves.
create table {schema}.revision (
  one boolean primary key default true check (one),
  n bigint not null
);
insert into {schema}.revision (n) values (1);
