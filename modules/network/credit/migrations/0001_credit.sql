-- Applications for credit cards, as far as the network must follow them. New tables only; no locks on anything that
-- exists. The identity that was applied with is not kept.
create table {schema}.application (
  id uuid primary key,                   -- follows from the Idempotency-Key: a repeat is the same application
  user_id uuid not null,
  device_id uuid not null,               -- which gets the card
  member_id uuid not null,
  bank_ref text not null,                -- the bank's id of it
  product text not null,
  state text not null check (state in ('received', 'reviewing', 'approved', 'declined', 'withdrawn')),
  credit_limit bigint,
  declined_because text,
  card_ref text,                         -- the bank's reference of the virtual card
  card text not null check (card in ('none', 'binding', 'bound', 'not_bound')),
  card_id uuid,                          -- the token
  created_at timestamptz not null,
  decided_at timestamptz,
  tries int not null,                    -- how often in a row it was asked after without news
  look_at timestamptz,                   -- when it is asked after next; null: nothing more will change
  unique (member_id, bank_ref)
);
create index application_user on {schema}.application (user_id, created_at desc);
create index application_look on {schema}.application (look_at) where look_at is not null;
