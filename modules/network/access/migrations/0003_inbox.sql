-- Short messages of the sandbox, where nothing is sent: its inbox shows them instead. Empty in production.
create table {schema}.message (
  id uuid primary key,
  mobile_hash bytea not null,
  sealed bytea not null,
  sent_at timestamptz not null
);
create index message_mobile on {schema}.message (mobile_hash, id);
