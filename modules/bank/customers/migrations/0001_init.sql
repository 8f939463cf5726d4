-- The people a bank knows. New tables only; no locks on anything that exists.

create table {schema}.customer (
  id uuid primary key,
  name text not null check (length(name) between 1 and 60),
  name_latin text not null check (length(name_latin) between 1 and 60),
  -- The number of the identity document is only ever compared, so only its keyed hash is kept.
  identity_digest text not null unique,
  mobile text not null unique check (mobile ~ '^1[3-9][0-9]{9}$'),
  created_at timestamptz not null
);
