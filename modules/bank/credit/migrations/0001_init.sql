-- Credit cards: what may be applied for, who did, and what is billed. New tables only; no locks on anything that exists.

create table {schema}.product (
  code text primary key check (code ~ '^[a-z][a-z0-9_]{1,39}$'),
  -- What a customer reads and what decides: the fields of `CreditProduct`.
  terms jsonb not null,
  offered boolean not null
);

create table {schema}.application (
  id uuid primary key,
  customer_id uuid not null,
  product text not null,
  state text not null check (state in ('received', 'reviewing', 'approved', 'declined', 'withdrawn')),
  birth_date date not null,
  monthly_income bigint not null check (monthly_income >= 0),
  employer text,
  wanted_limit bigint check (wanted_limit >= 0),
  credit_limit bigint check (credit_limit > 0),
  declined_because text check (declined_because in ('age', 'income', 'existing_credit', 'policy')),
  account_id uuid,
  card_id uuid,
  created_at timestamptz not null,
  -- When a review is due to end.
  decide_at timestamptz,
  decided_at timestamptz,
  check ((state = 'approved') = (account_id is not null)),
  check ((state = 'declined') = (declined_because is not null))
);
create unique index application_open on {schema}.application (customer_id, product)
  where state in ('received', 'reviewing', 'approved');
create index application_due on {schema}.application (decide_at) where state = 'reviewing';

-- When the statements of a credit account are made.
create table {schema}.schedule (
  account_id uuid primary key,
  statement_day int not null check (statement_day between 1 and 28),
  due_days int not null check (due_days > 0),
  next_statement date not null,
  -- When the day of the next statement is over, in the bank's zone.
  next_cut timestamptz not null
);
create index schedule_due on {schema}.schedule (next_cut);

-- A statement. What was paid of it follows from the movements after its cut, so it never changes.
create table {schema}.bill (
  id uuid primary key,
  account_id uuid not null,
  statement_date date not null,
  due_date date not null,
  cut_at timestamptz not null,
  amount bigint not null check (amount > 0),
  minimum bigint not null check (minimum between 0 and amount),
  unique (account_id, statement_date)
);
