-- What is asked before an operation, as data: the row with the largest `amount_above` below the amount counts. `accepts`
-- is a list of alternatives, each a list of methods that are all needed; an empty list asks for nothing.
create table {schema}.policy (
  operation text not null,
  risk text not null check (risk in ('low', 'elevated', 'high')),
  amount_above bigint not null check (amount_above >= -1),   -- minor units of CNY; -1: any amount, or none
  accepts jsonb not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  primary key (operation, risk, amount_above, valid_from)
);
insert into {schema}.policy (operation, risk, amount_above, accepts, valid_from) values
  ('payment', 'low', -1, '[]', '2020-01-01T00:00:00Z'),
  ('payment', 'low', 100000, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('payment', 'low', 500000, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('payment', 'elevated', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('payment', 'elevated', 100000, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('payment', 'high', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('pay_code', 'low', -1, '[]', '2020-01-01T00:00:00Z'),
  ('pay_code', 'low', 100000, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('pay_code', 'elevated', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('pay_code', 'high', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('transfer', 'low', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('transfer', 'low', 500000, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('transfer', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('transfer', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('own_transfer', 'low', -1, '[]', '2020-01-01T00:00:00Z'),
  ('own_transfer', 'low', 500000, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('own_transfer', 'elevated', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('own_transfer', 'high', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('repay', 'low', -1, '[]', '2020-01-01T00:00:00Z'),
  ('repay', 'low', 500000, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('repay', 'elevated', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('repay', 'high', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('open_account', 'low', -1, '[["pin"],["passkey"],["code"]]', '2020-01-01T00:00:00Z'),
  ('open_account', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('open_account', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('apply_card', 'low', -1, '[["pin"],["passkey"],["code"]]', '2020-01-01T00:00:00Z'),
  ('apply_card', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('apply_card', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('bind', 'low', -1, '[]', '2020-01-01T00:00:00Z'),
  ('bind', 'elevated', -1, '[["pin"],["passkey"],["code"]]', '2020-01-01T00:00:00Z'),
  ('bind', 'high', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('add_device', 'low', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('add_device', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('add_device', 'high', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('first_factor', 'low', -1, '[["code"]]', '2020-01-01T00:00:00Z'),
  ('first_factor', 'elevated', -1, '[["code"]]', '2020-01-01T00:00:00Z'),
  ('first_factor', 'high', -1, '[["code","identity"]]', '2020-01-01T00:00:00Z'),
  ('factor_change', 'low', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('factor_change', 'elevated', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('factor_change', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('factor_reset', 'low', -1, '[["passkey"],["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('factor_reset', 'elevated', -1, '[["passkey"],["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('factor_reset', 'high', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('limit_raise', 'low', -1, '[["pin"],["passkey"]]', '2020-01-01T00:00:00Z'),
  ('limit_raise', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('limit_raise', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('unfreeze', 'low', -1, '[["identity","code"],["passkey","code"]]', '2020-01-01T00:00:00Z'),
  ('unfreeze', 'elevated', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('unfreeze', 'high', -1, '[["identity","code"]]', '2020-01-01T00:00:00Z'),
  ('delete_account', 'low', -1, '[["pin"],["passkey"],["code"]]', '2020-01-01T00:00:00Z'),
  ('delete_account', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('delete_account', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('export', 'low', -1, '[["pin"],["passkey"],["code"]]', '2020-01-01T00:00:00Z'),
  ('export', 'elevated', -1, '[["passkey"],["pin","code"]]', '2020-01-01T00:00:00Z'),
  ('export', 'high', -1, '[["passkey","code"],["pin","code"]]', '2020-01-01T00:00:00Z');

-- A refused request that may be repeated once it is verified. Bound to the device, the request (its fingerprint) and
-- the amount; used by one idempotency key. Locks: its own row.
create table {schema}.challenge (
  id uuid primary key,
  user_id uuid not null,
  device_id uuid not null,
  operation text not null,
  fingerprint uuid not null,
  amount bigint,
  accepts jsonb not null,
  done text[] not null,
  passkey_challenge text,                 -- given out for a passkey to sign, until it is answered
  satisfied_at timestamptz,
  used_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index challenge_expires on {schema}.challenge (expires_at);

-- argon2id over a keyed hash. A try is counted before it is checked; five wrong ones lock it until it is reset.
create table {schema}.pin (
  user_id uuid primary key,
  hash text not null,
  tries int not null,
  set_at timestamptz not null
);

create table {schema}.passkey (
  id text primary key,                    -- the credential's, base64url
  user_id uuid not null,
  public_key bytea not null,              -- COSE
  counter bigint not null,
  transports jsonb not null,
  name text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_user on {schema}.passkey (user_id);
-- The challenge of a registration that is under way, one for each device.
create table {schema}.registration (
  device_id uuid primary key,
  challenge text not null,
  expires_at timestamptz not null
);
