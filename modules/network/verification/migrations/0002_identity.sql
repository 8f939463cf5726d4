-- What needs the real-name check before anything else is asked, as data: above an amount in minor units, -1 for any.
create table {schema}.identity_policy (
  operation text not null,
  amount_above bigint not null check (amount_above >= -1),
  valid_from timestamptz not null,
  valid_until timestamptz,
  primary key (operation, amount_above, valid_from)
);
insert into {schema}.identity_policy (operation, amount_above, valid_from) values
  ('open_account', -1, '2020-01-01T00:00:00Z'),
  ('apply_card', -1, '2020-01-01T00:00:00Z'),
  ('transfer', 2000000, '2020-01-01T00:00:00Z');
