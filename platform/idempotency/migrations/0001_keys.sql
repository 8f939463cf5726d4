-- A key is claimed in the commit of the first durable state of its request. Locks: none beyond its own row. Rows are
-- updated once, when the answer is saved, so pages keep room for that (HOT); nothing that changes is indexed.
create table {schema}.key (
  id uuid primary key,              -- of caller, route and key
  fingerprint uuid not null,        -- of the body
  object_id uuid,                   -- what the request made, to answer after a crash
  leased_until timestamptz not null,
  created_at timestamptz not null,
  status smallint,                  -- of the saved answer; null while under way
  answer text
) with (fillfactor = 50);
-- Block ranges: rows come in the order of time and are only ever looked for by age to be forgotten.
create index key_created on {schema}.key using brin (created_at) with (pages_per_range = 16);
