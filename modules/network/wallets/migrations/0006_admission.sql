-- A new device that asks to be let in beside another one. Open rows are few; a job ends those that are over. Locks: the
-- person and all of his or her devices come first, then this.
create table {schema}.admission (
  device_id uuid primary key,
  user_id uuid not null,
  number char(4) not null,               -- shown on both phones, for the person to compare
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  outcome text check (outcome in ('approved', 'recovered', 'refused', 'expired', 'replaced')),
  decided_by uuid,                       -- the device that said so, when one did
  decided_at timestamptz
);
create index admission_due on {schema}.admission (expires_at) where outcome is null;
create index admission_user on {schema}.admission (user_id, asked_at);
-- Held still since its person came back on another phone; the end of a freeze does not wake it.
alter table {schema}.device add column paused_at timestamptz;
