-- What people mean to spend in a month at the most: from a month on, until a later row of the same category says
-- otherwise. A row without an amount ends a budget. Locks: own rows.
create table {schema}.budget (
  user_id uuid not null,
  from_month char(7) not null check (from_month ~ '^[0-9]{4}-[0-9]{2}$'),
  category text not null,                -- or 'total'
  amount bigint check (amount > 0),
  set_at timestamptz not null,
  primary key (user_id, category, from_month)
);
