-- What the bank tells the network of. New tables only; no locks on anything that exists.

-- Whom the network is told of, and until when: written from consents.
create table {schema}.watch (
  subject uuid primary key,
  until timestamptz not null
);

-- One row for each change, written in the transaction of the change. The position rises with the commits of one
-- subject, because whoever writes holds the subject's lock; the relay numbers the rows in that order.
create table {schema}.notice (
  position bigint generated always as identity primary key,
  id uuid not null unique,
  subject uuid not null,
  subject_prefix text not null check (subject_prefix in ('acc', 'app')),
  sequence bigint check (sequence > 0),
  type text not null,
  data jsonb not null,
  at timestamptz not null,
  acknowledged_at timestamptz,
  unique (subject, sequence),
  check (acknowledged_at is null or sequence is not null)
);
create index notice_waiting on {schema}.notice (position) where acknowledged_at is null;

-- The one relay of the bank, whichever process it is in: it numbers under this row's lock, and delivers under a lease.
create table {schema}.relay (
  slot int primary key check (slot = 1),
  holder uuid,
  leased_until timestamptz,
  failures int not null check (failures >= 0),
  retry_at timestamptz
);
insert into {schema}.relay (slot, failures) values (1, 0);
