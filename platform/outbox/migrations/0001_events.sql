-- Events are written in the commit of the change they tell of. A later `position` may become visible before an
-- earlier one, so readers take windows of finished transactions (`xid`) and order inside a window by `position`:
-- two changes of one object are then always read in the order in which their row lock was held.
create table {schema}.event (
  position bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  id uuid not null,
  type text not null,
  object_id uuid not null,
  tenants uuid[] not null,          -- who may see it: merchant, payer, issuer
  at timestamptz not null,
  data text not null,               -- JSON
  primary key (xid, position)
);
create index event_object on {schema}.event (object_id, position);
-- Block-range index: next to free to keep on an append-only table, enough for "the last five minutes".
create index event_at on {schema}.event using brin (at) with (pages_per_range = 16);
