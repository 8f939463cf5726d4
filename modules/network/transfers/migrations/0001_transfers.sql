-- Transfers and when somebody must look at them. Hot: rows are inserted and updated in groups, in the order of their
-- ids. No foreign keys to other modules. Each change raises `version`, and a change is made only to the version it was
-- decided on. Nothing that changes is indexed here, so that a new row version stays on its page. The payee's number is
-- a row of the vault; only what people may see of it stands here.
create table {schema}.transfer (
  id uuid primary key,
  version int not null,
  kind text not null check (kind in ('transfer', 'repayment')),
  state text not null check (state in ('scheduled', 'debiting', 'crediting', 'confirming', 'completed', 'declined',
    'unknown', 'returning', 'returned', 'cancelled')),
  amount bigint not null check (amount > 0),
  currency char(3) not null,
  note text,
  payer_id uuid not null,
  payer_device uuid not null,
  payer_token uuid not null,
  payer_member uuid not null,
  payer_last4 char(4) not null,
  payee_id uuid,                         -- the person, when it is known
  payee_via text not null check (payee_via in ('own', 'card', 'mobile', 'code')),
  payee_pan uuid not null,               -- row of the vault
  payee_member uuid not null,
  payee_last4 char(4) not null,
  payee_name text,                       -- masked
  debit_stan char(6),
  debit_rrn char(12),
  debit_at timestamptz,
  debit_code char(2),
  approval_code text,
  credit_stan char(6),
  credit_rrn char(12),
  credit_at timestamptz,
  credit_code char(2),
  decline_code text,
  limit_notice text,                     -- JSON: which limit refused it, how much is left, until when
  scheduled_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  completed_at timestamptz,
  -- A credit leg is asked for only after the debit leg, and a completed transfer has both.
  check (credit_rrn is null or debit_rrn is not null),
  check (state not in ('crediting', 'confirming', 'completed') or credit_rrn is not null),
  check (state <> 'completed' or (debit_code = '00' and credit_code = '00'))
) with (fillfactor = 60);
create index transfer_payer on {schema}.transfer (payer_id, id);
create index transfer_payee on {schema}.transfer (payee_id, id) where payee_id is not null;
create index transfer_created on {schema}.transfer using brin (created_at) with (pages_per_range = 16);

-- When somebody must look at a transfer: one to begin, one whose process died, one whose payee's bank has yet to say
-- what it did. One row while there is something to do; whoever looks moves `at` on first.
create table {schema}.due (
  transfer_id uuid primary key,
  at timestamptz not null,
  tries int not null default 0 check (tries >= 0)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
create index due_at on {schema}.due (at);
