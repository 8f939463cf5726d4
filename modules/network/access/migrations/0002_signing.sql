-- The key that a wallet session signs its requests with (sealed), and the nonces that were used. A nonce is a UUIDv7:
-- new ones are all at the right end of the index, old ones are deleted from its left end. Locks: none beyond own rows.
alter table {schema}.credential add column request_key bytea;
create table {schema}.used_nonce (
  id uuid primary key
);
