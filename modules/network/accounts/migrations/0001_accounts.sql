-- Whose a bank's account is, as its consent has told: for what banks tell by themselves, and so that nobody is shown
-- somebody else's. Nothing of what is on it. New tables only; no locks on anything that exists.
create table {schema}.account (
  id uuid primary key,                   -- follows from member and reference
  member_id uuid not null,
  ref text not null,
  user_id uuid not null,
  consent_id text not null,              -- the last one that showed it
  seen_at timestamptz not null,
  unique (member_id, ref)
);
create index account_user on {schema}.account (user_id);
