-- Consents of customers. New table only; no locks on anything that exists.

create table {schema}.consent (
  id uuid primary key,
  customer_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  revoked_at timestamptz
);
