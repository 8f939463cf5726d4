-- What the authorisation host was asked, what it answered and what it did. New tables only; no locks on
-- anything that exists.

-- One row for each message that was decided, with its answer: a repeat gets the same answer and nothing else
-- happens. The key is date, acquirer, STAN, RRN and message type.
create table {schema}.message (
  key text primary key,
  kind text not null check (kind in ('hold', 'purchase', 'completion', 'refund', 'reversal')),
  mti text not null check (mti ~ '^[0-9]{4}$'),
  -- What a repeat must say again, so that a key used for something else is noticed.
  fingerprint text not null,
  card_id uuid,
  amount bigint not null check (amount >= 0),
  currency int not null,
  response_code text not null check (response_code ~ '^[0-9A-Z]{2}$'),
  authorisation_code text,
  operation_id uuid,
  received_at timestamptz not null
);

-- What approved messages did, and what reversals forbid: a row of kind refused is the memory of a reversal whose
-- original had not been seen, and the original is refused when it comes.
create table {schema}.operation (
  id uuid primary key,
  -- What field 90 of a later message names it by: acquirer, transmission time, STAN.
  reference text not null,
  terminal text not null,
  acquirer text not null,
  rrn text not null,
  kind text not null check (kind in ('hold', 'purchase', 'completion', 'refund', 'refused')),
  state text not null check (state in ('held', 'posted', 'reversed', 'refused')),
  card_id uuid,
  account_id uuid,
  -- The hold of a completion, the purchase of a refund.
  parent_id uuid,
  amount bigint not null check (amount >= 0),
  currency int not null,
  posted bigint not null check (posted between 0 and amount),
  refunded bigint not null check (refunded between 0 and posted),
  -- The ledger transfer that holds or moves the amount.
  transfer_id uuid,
  authorisation_code text,
  description text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (reference, rrn),
  check ((kind = 'refused') = (state = 'refused')),
  check ((kind = 'refused') = (transfer_id is null))
);
create index operation_rrn on {schema}.operation (rrn);

-- The keys of message authentication, wrapped under the zone key (RFC 3394), as hexadecimal. The previous one is
-- kept because messages under it may still be on their way.
create table {schema}.mac_key (
  slot text primary key check (slot in ('current', 'previous')),
  wrapped text not null,
  stored_at timestamptz not null
);
