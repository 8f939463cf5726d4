-- Messages to the browsers of people who asked for them (RFC 8030). New tables only; no locks on anything that exists.

-- One browser of each device that wants them. Where to, and the keys, are sealed: who has them could write to it.
create table {schema}.subscription (
  device_id uuid primary key,
  user_id uuid not null,
  service text not null,                 -- origin of the push service
  endpoint_hash bytea not null,          -- keyed: a browser that changed hands is found by it
  sealed bytea not null,
  vapid_key text not null,               -- the public key that the browser subscribed under
  language text not null,
  amounts boolean not null,
  since timestamptz not null
);
create index subscription_user on {schema}.subscription (user_id);
create index subscription_endpoint on {schema}.subscription (endpoint_hash);

-- What is still to be sent: written with the notice, gone when it was taken or is given up. No foreign key: a device
-- that ends takes its own along, and what came in between is dropped by the relay.
create table {schema}.push (
  id uuid primary key,
  device_id uuid not null,
  notice_id uuid not null,
  service text not null,
  tries int not null check (tries >= 0),
  due_at timestamptz not null,           -- while one is being sent: when another process may take it
  expires_at timestamptz not null,
  unique (device_id, notice_id)
);
create index push_due on {schema}.push (due_at);

-- The sandbox's own key, made at the first start. In production it is configured.
create table {schema}.push_key (
  slot int primary key check (slot = 1),
  sealed bytea not null
);
