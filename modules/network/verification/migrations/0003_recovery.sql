-- A new phone where the first one is gone: the full check, whatever the person verifies with otherwise.
insert into {schema}.policy (operation, risk, amount_above, accepts, valid_from) values
  ('recover_device', 'low', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('recover_device', 'elevated', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('recover_device', 'high', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z');
