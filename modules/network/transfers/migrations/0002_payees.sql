-- Whom people pay: the account that each has chosen to receive with, payees whose name was checked (good for minutes,
-- then forgotten), and how often somebody looked. No card number: rows of the vault. Locks: own rows.
create table {schema}.receiving (
  user_id uuid primary key,
  token_id uuid not null,
  code uuid not null unique,
  set_at timestamptz not null
);
create table {schema}.payee (
  id uuid primary key,
  payer_id uuid not null,
  user_id uuid,
  via text not null check (via in ('card', 'mobile', 'code')),
  pan uuid not null,                     -- row of the vault
  member uuid not null,
  last4 char(4) not null,
  name text,                             -- masked
  expires_at timestamptz not null
);
create index payee_expires on {schema}.payee (expires_at);
-- Looks at one subject (a person, a device, an address, a number: a keyed hash of it) in one hour.
create table {schema}.look (
  subject bytea not null,
  hour timestamptz not null,
  looks int not null,
  primary key (subject, hour)
);
create index look_hour on {schema}.look (hour);
