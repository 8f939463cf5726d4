-- A key becomes the first 128 bits of a SHA-256 of caller, route and key, and its fingerprint that of the body: rows
-- of one width under a small index. Rows are updated once, when the answer is saved, so pages keep room for that
-- (HOT); nothing that changes is indexed. Keys of the last day are carried over, so that no repeat acts twice.
do $$ begin
  create temporary table key_before on commit drop as select * from {schema}.key;
end $$;
drop table {schema}.key;
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
do $$ begin
  -- The digits of version and variant make a UUID of the hash (8 and a).
  insert into {schema}.key (id, fingerprint, object_id, leased_until, created_at, status, answer)
    select overlay(overlay(left(of_key, 32) placing '8' from 13) placing 'a' from 17)::uuid,
           overlay(overlay(left(of_body, 32) placing '8' from 13) placing 'a' from 17)::uuid,
           object_id, leased_until, created_at, status, answer
    from (select b.*, encode(sha256(convert_to(scope || e'\n' || key, 'UTF8')), 'hex') as of_key,
                 encode(decode(translate(fingerprint, '-_', '+/') || '=', 'base64'), 'hex') as of_body
          from key_before b) h
    order by created_at;
end $$;
