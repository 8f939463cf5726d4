-- The network's side of the bank links: what was said to banks, what must still be said, and who numbers messages.
-- New tables only; no locks on anything that exists.

create table {schema}.exchange (
  id uuid not null,
  group_id uuid not null,
  member_id uuid not null,
  kind text not null,
  mti text not null check (mti ~ '^[0-9]{4}$'),
  rrn text not null,
  stan text not null,
  sent_at timestamptz not null,
  received_at timestamptz,
  response_code text,
  outcome text not null check (outcome in
    ('answered', 'time_out', 'bad_mac', 'unparsable', 'disconnected', 'mismatch', 'late')),
  request jsonb not null,
  response jsonb,
  -- The group leads: it is the distribution key, and all messages of one payment are read together.
  primary key (group_id, id)
);

create table {schema}.forward (
  id uuid primary key,
  member_id uuid not null,
  kind text not null check (kind in ('reversal_advice', 'completion_advice', 'refund_advice')),
  group_id uuid not null,
  pan_token uuid not null,
  payload jsonb not null,
  created_at timestamptz not null,
  attempts int not null default 0 check (attempts >= 0),
  next_attempt_at timestamptz not null,
  lease_holder uuid,
  lease_until timestamptz,
  first_sent_at timestamptz,
  acknowledged_at timestamptz,
  outcome text check (outcome in ('accepted', 'refused')),
  response_code text,
  escalated_at timestamptz,
  check ((acknowledged_at is null) = (outcome is null))
);

-- The workers' list holds only what is still to be sent, so it stays small however long the history grows.
create index forward_due on {schema}.forward (member_id, next_attempt_at, id) where acknowledged_at is null;
create index forward_group on {schema}.forward (group_id);
create index forward_escalated on {schema}.forward (escalated_at, id) where escalated_at is not null;

-- Numbers of processes for retrieval references. reserved_until is not a lease to be compared with a clock: whoever
-- takes a number over begins after it.
create table {schema}.node (
  node int primary key check (node between 0 and 63),
  holder uuid not null,
  reserved_until timestamptz not null
);
