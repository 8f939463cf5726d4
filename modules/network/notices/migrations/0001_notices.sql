-- What banks tell of accounts and applications. New tables only; no locks on anything that exists.

-- What a bank tells of: an account or an application, by the bank's own reference. Everything up to `complete_to` is
-- stored; below `top` something may be missing, and is asked for at `ask_at`.
create table {schema}.subject (
  member_id uuid not null,
  ref text not null,
  user_id uuid,                          -- null until the network has learnt whose it is
  complete_to bigint not null check (complete_to >= 0),
  top bigint not null,
  asks int not null,                     -- how often in a row it was asked for in vain
  ask_at timestamptz,                    -- null: nothing is missing
  lost bigint not null,                  -- what the bank itself no longer has
  primary key (member_id, ref),
  check (top >= complete_to)
);
create index subject_ask on {schema}.subject (ask_at) where ask_at is not null;

-- One row for each change, stored once however often it is told.
create table {schema}.notice (
  position bigint generated always as identity primary key,
  id uuid not null unique,               -- the network's own
  member_id uuid not null,
  ref text not null,
  sequence bigint not null check (sequence > 0),
  bank_id text not null,                 -- the bank's id of it
  user_id uuid,
  type text not null,
  data jsonb not null,
  at timestamptz not null,
  received_at timestamptz not null,
  read_at timestamptz,
  unique (member_id, ref, sequence)
);
create index notice_user on {schema}.notice (user_id, position desc);
create index notice_unread on {schema}.notice (user_id) where read_at is null;
