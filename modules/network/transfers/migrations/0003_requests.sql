-- Requests for money, bills that were split, and transfers that pay a request. A request is paid by one transfer at a
-- time: its row is locked in the commit that begins the transfer and in the one that ends it. Locks: transfers first,
-- then requests, each in the order of their ids. The constraint on transfers is replaced by a wider one, under a short
-- exclusive lock; rows are checked once.
alter table {schema}.transfer drop constraint transfer_payee_via_check;
alter table {schema}.transfer
  add constraint transfer_payee_via_check check (payee_via in ('own', 'card', 'mobile', 'code', 'request'));

create table {schema}.split (
  id uuid primary key,
  asker_id uuid not null,
  total bigint not null check (total > 0),
  own_amount bigint not null check (own_amount >= 0 and own_amount < total),
  currency char(3) not null,
  note text,
  payment_id uuid,
  created_at timestamptz not null
);
create index split_asker on {schema}.split (asker_id, id);

create table {schema}.request (
  id uuid primary key,
  state text not null check (state in ('asked', 'paying', 'paid', 'declined', 'withdrawn', 'expired')),
  split_id uuid references {schema}.split (id),
  asker_id uuid not null,
  asker_mobile text not null,            -- masked
  asked_id uuid,                         -- the person who has that number; nobody may have it
  asked_mobile text not null,            -- masked
  asked_name text,                       -- the asker's own words
  amount bigint not null check (amount > 0),
  currency char(3) not null,
  note text,
  transfer_id uuid unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check (asked_id is null or asked_id <> asker_id),
  check ((state in ('paying', 'paid')) = (transfer_id is not null)),
  check ((state in ('asked', 'paying')) = (ended_at is null))
);
create index request_asker on {schema}.request (asker_id, id);
create index request_asked on {schema}.request (asked_id, id) where asked_id is not null;
create index request_split on {schema}.request (split_id) where split_id is not null;
create index request_expires on {schema}.request (expires_at) where state = 'asked';
