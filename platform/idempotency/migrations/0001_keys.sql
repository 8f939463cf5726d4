-- A key is claimed in the commit of the first durable state of its request. Locks: none beyond its own row.
create table {schema}.key (
  scope text not null,              -- caller and route
  key text not null,
  fingerprint text not null,        -- of the body
  leased_until timestamptz not null,
  object_id uuid,                   -- what the request made, to answer after a crash
  status int,                       -- of the saved answer; null while under way
  answer text,
  created_at timestamptz not null,
  primary key (scope, key)
);
create index key_created on {schema}.key (created_at);
