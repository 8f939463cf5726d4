-- What the continuous audit found. New tables only; one small row in each interval, and one for each check.

-- One look at the books in one interval: whichever process inserts the row makes it.
create table {schema}.audit_look (
  -- Number of the interval since 1970.
  slot bigint primary key,
  taken_at timestamptz not null,
  finished_at timestamptz,
  ms int,
  payments int,
  checks int,
  findings int
);

-- Each check as the last look left it.
create table {schema}.audit_check (
  -- Whose rows, and the check's name among those: network.balances.
  name text primary key,
  invariant text not null,
  of text not null,
  subject text not null,
  title text not null,
  title_zh text not null,
  looked_at timestamptz not null,
  rows_looked bigint not null,
  findings int not null,
  examples jsonb not null,
  last_finding_at timestamptz
);
