-- Rules of the classes of accounts with their days, and accounts being opened. New tables only; no locks on anything
-- that exists.

-- A rule holds from its day until the next one of its class. A new rule is a further row; these are never changed.
create table {schema}.class_rule (
  effective_from date not null,
  class text not null check (class in ('class_1', 'class_2', 'class_3')),
  opening text not null check (opening in ('branch', 'remote')),
  accounts_max int not null check (accounts_max > 0),
  plastic boolean not null,
  cash boolean not null,
  limits jsonb not null,                 -- minor units by the code of the limit
  primary key (effective_from, class)
);
insert into {schema}.class_rule (effective_from, class, opening, accounts_max, plastic, cash, limits) values
  ('2016-12-01', 'class_1', 'branch', 1, true, true, '{}'),
  ('2016-12-01', 'class_2', 'remote', 5, true, true,
    '{"out_day": 1000000, "out_year": 20000000, "in_day": 1000000, "in_year": 20000000}'),
  ('2016-12-01', 'class_3', 'remote', 5, false, false,
    '{"balance": 100000, "out_day": 500000, "out_year": 10000000, "in_day": 500000, "in_year": 10000000}'),
  ('2018-01-19', 'class_1', 'branch', 1, true, true, '{}'),
  ('2018-01-19', 'class_2', 'remote', 5, true, true,
    '{"out_day": 1000000, "out_year": 20000000, "in_day": 1000000, "in_year": 20000000}'),
  ('2018-01-19', 'class_3', 'remote', 5, false, false,
    '{"balance": 200000, "out_day": 200000, "out_year": 5000000, "in_day": 200000, "in_year": 5000000}');

create table {schema}.opening (
  id uuid primary key,                   -- also the key at the bank: one opening is one account
  user_id uuid not null,
  device_id uuid not null,
  member_id uuid not null,
  class text not null check (class in ('class_2', 'class_3')),
  via_member_id uuid not null,
  token_id uuid not null,                -- the card of the Class I account
  via_last4 char(4) not null,
  identity bytea,                        -- name and document, sealed; gone as soon as it is over
  verification_id text not null,         -- of the bank that verifies
  state text not null check (state in ('code_sent', 'verified', 'opened', 'refused', 'expired')),
  verified_at text,                      -- as that bank told
  expires_at timestamptz not null,
  account_ref text,
  card_id uuid,
  created_at timestamptz not null
);
create index opening_identity on {schema}.opening (expires_at) where identity is not null;
