-- Verifications of people and what is sent to them. New tables only; no locks on anything that exists.

-- One five-factor verification. Without a customer the first four factors did not agree, and it can never match.
create table {schema}.verification (
  id uuid primary key,
  customer_id uuid,
  -- Keyed hash of the Class I number that was given.
  number_lookup text not null,
  -- Keyed hash of the code that was sent, null when none was.
  code_digest text,
  tries int not null check (tries >= 0),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  confirmed_at timestamptz,
  used_at timestamptz,
  check (confirmed_at is null or customer_id is not null),
  check (used_at is null or confirmed_at is not null)
);

-- Verifications of other banks that the network has vouched for: each is good for one thing.
create table {schema}.vouched (
  id uuid primary key,
  used_at timestamptz not null
);

-- Tries about one thing (a mobile number, a document, a card) in one window of time.
create table {schema}.attempt (
  kind text not null,
  subject_digest text not null,
  window_start timestamptz not null,
  count int not null check (count > 0),
  primary key (kind, subject_digest, window_start)
);

-- What was handed to the short message service; a bank open for tests shows it.
create table {schema}.message (
  id uuid primary key,
  mobile text not null,
  body text not null,
  sent_at timestamptz not null
);
create index message_mobile on {schema}.message (mobile, sent_at);
