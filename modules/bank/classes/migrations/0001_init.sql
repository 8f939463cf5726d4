-- Rules of the classes of accounts and what has been used of them. New tables only; no locks on anything that exists.

-- A table of rules holds from the beginning of its day, in the bank's zone, until the next one does. Never changed.
create table {schema}.class_table (
  effective_from date not null,
  class text not null check (class in ('class_1', 'class_2', 'class_3')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  opening text not null check (opening in ('branch', 'remote')),
  accounts_max int not null check (accounts_max > 0),
  plastic boolean not null,
  cash boolean not null,
  out_day bigint check (out_day >= 0),
  out_year bigint check (out_year >= 0),
  in_day bigint check (in_day >= 0),
  in_year bigint check (in_year >= 0),
  balance bigint check (balance >= 0),
  primary key (effective_from, class)
);

-- What an account has used of a limit in a day or a year. Read and written under the lock of the account's row.
create table {schema}.used (
  account_id uuid not null,
  code text not null check (code in ('out_day', 'out_year', 'in_day', 'in_year')),
  period_start date not null,
  amount bigint not null check (amount >= 0),
  primary key (account_id, code, period_start)
);

-- The Class I account to which a Class II or III account is bound. Its number is only compared, so only a keyed hash
-- of it is kept.
create table {schema}.binding (
  account_id uuid primary key,
  institution text not null,
  number_lookup text not null,
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  bound_at timestamptz not null
);
