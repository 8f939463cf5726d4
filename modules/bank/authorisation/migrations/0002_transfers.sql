-- Legs of transfers, limits that refused, and whether an operation counts against its account's limits. The checks on
-- kinds are read once for the rows there are; adding columns with constant defaults rewrites nothing.

alter table {schema}.message drop constraint message_kind_check;
alter table {schema}.message
  add constraint message_kind_check check (kind in ('hold', 'purchase', 'completion', 'refund', 'reversal',
    'transfer_out', 'transfer_in')),
  -- The limit that refused it, as it stood then: a repeat gets the same answer.
  add column refused_by jsonb;

alter table {schema}.operation drop constraint operation_kind_check;
alter table {schema}.operation
  add constraint operation_kind_check check (kind in ('hold', 'purchase', 'completion', 'refund', 'refused',
    'transfer_out', 'transfer_in')),
  -- True when the amount counts against the limits of the account's class, in the day and year of its creation.
  add column counted boolean not null default false;
