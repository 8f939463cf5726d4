-- A device is frozen while its person is (a phone was lost), and pending until it is let in beside another one.
alter table {schema}.device add column state text not null default 'active' check (state in ('active', 'pending', 'frozen'));
alter table {schema}.person add column frozen_at timestamptz;
alter table {schema}.person add column frozen_by text;      -- a device or an operator, for those who ask later
-- Who a person is, as a bank has confirmed it. The document is compared by keyed hash and kept sealed.
create table {schema}.real_name (
  user_id uuid primary key,
  member_id uuid not null,               -- whose records agreed
  name_sealed bytea not null,
  name_masked text not null,
  number_sealed bytea not null,
  number_hash bytea not null,
  number_masked text not null,
  checked_at timestamptz not null
);
-- Checks that failed, by person and by document, both as keyed hashes.
create table {schema}.identity_try (
  subject bytea not null,
  day int not null,
  tries int not null,
  primary key (subject, day)
);
-- What banks are to be told until they acknowledge it; of one person at one bank one at a time, in order of `id`.
create table {schema}.bank_order (
  id uuid primary key,
  user_id uuid not null,
  member_id uuid not null,
  consent_id text not null,
  kind text not null check (kind in ('freeze', 'thaw')),
  verified_at timestamptz,
  attempts int not null,
  due_at timestamptz not null,
  sending_until timestamptz,             -- somebody is sending it
  outcome text check (outcome in ('done', 'refused', 'expired', 'superseded')),
  created_at timestamptz not null
);
create index bank_order_open on {schema}.bank_order (due_at) where outcome is null;
create index bank_order_user on {schema}.bank_order (user_id);
