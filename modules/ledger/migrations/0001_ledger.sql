-- Accounts, transfers and what became of pending transfers. New tables only: locks nothing that is in use.
--
-- Rows are narrow (fixed-width columns, widest first) and carry no foreign keys: accounts and transfers would
-- have different distribution keys, and a key check per transfer would cost more than the transfer.

-- Balances change with every transfer, so pages keep room for the new row version beside the old one (HOT);
-- no balance is indexed for the same reason.
create table {schema}.accounts (
  id uuid not null primary key,
  user_data_128 uuid,
  user_data_64 bigint,
  debits_pending bigint not null default 0,
  debits_posted bigint not null default 0,
  credits_pending bigint not null default 0,
  credits_posted bigint not null default 0,
  last_timestamp bigint not null default 0,
  created_at timestamptz not null,
  ledger integer not null,
  code smallint not null,
  flags smallint not null,
  constraint ledger_positive check (ledger > 0),
  constraint code_positive check (code > 0),
  constraint flags_exclusive check ((flags & 6) <> 6),
  constraint balances_not_negative check (
    debits_pending >= 0 and debits_posted >= 0 and credits_pending >= 0 and credits_posted >= 0),
  constraint debits_must_not_exceed_credits check (
    (flags & 2) = 0 or debits_posted <= credits_posted - debits_pending),
  constraint credits_must_not_exceed_debits check (
    (flags & 4) = 0 or credits_posted <= debits_posted - credits_pending)
) with (fillfactor = 60);

-- flags: 1 linked, 2 pending, 4 post pending, 8 void pending, 16 balancing debit, 32 balancing credit,
-- 64 closing debit, 128 closing credit. timestamp: ns since 1970, strictly rising on each account.
create table {schema}.transfers (
  id uuid not null primary key,
  debit_account_id uuid not null,
  credit_account_id uuid not null,
  pending_id uuid,
  user_data_128 uuid,
  user_data_64 bigint,
  amount bigint not null,
  timestamp bigint not null,
  timeout_seconds integer not null,
  ledger integer not null,
  code smallint not null,
  flags smallint not null,
  constraint amount_positive check (amount > 0 or (amount = 0 and (flags & 200) <> 0)),
  constraint accounts_different check (debit_account_id <> credit_account_id),
  constraint one_phase check ((flags & 14) in (0, 2, 4, 8)),
  constraint pending_id_when_resolving check ((pending_id is not null) = ((flags & 12) <> 0)),
  constraint timeout_when_pending check (timeout_seconds = 0 or (timeout_seconds > 0 and (flags & 2) <> 0)),
  constraint ledger_positive check (ledger > 0),
  constraint code_positive check (code > 0)
);
-- The entries of one business event.
create index transfers_group on {schema}.transfers (user_data_128) where user_data_128 is not null;
-- Statements of an account, newest first.
create index transfers_debit on {schema}.transfers (debit_account_id, timestamp);
create index transfers_credit on {schema}.transfers (credit_account_id, timestamp);

-- What became of a pending transfer: 1 posted, 2 voided, 3 expired. No row: still pending. The primary key is
-- what makes a second resolution impossible.
create table {schema}.resolutions (
  pending_id uuid not null primary key,
  resolved_by uuid,
  timestamp bigint not null,
  status smallint not null,
  constraint status_known check (status in (1, 2, 3)),
  constraint resolved_by_transfer check ((resolved_by is null) = (status = 3))
);

-- The pending transfers with a time-out that are still open, in the order they expire.
create table {schema}.timeouts (
  expires_at bigint not null,
  pending_id uuid not null,
  primary key (expires_at, pending_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);

-- Ids whose attempt failed for a reason that may pass (such as too little money): they fail for good, so that
-- a retry can never have another outcome than the first attempt.
create table {schema}.failed (
  id uuid not null primary key,
  reason text not null
);

-- A committed row stays as it is. A transaction may take back rows it wrote itself: nobody has seen them.
create function {schema}.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_level = 'ROW' then
    if old.xmin = pg_current_xact_id()::xid then
      return old;
    end if;
  end if;
  raise exception '% on %.%: the ledger is append only', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'integrity_constraint_violation';
end
$$;

create trigger append_only before update or delete on {schema}.transfers
  for each row execute function {schema}.refuse_change();
create trigger append_only_truncate before truncate on {schema}.transfers
  for each statement execute function {schema}.refuse_change();
create trigger append_only before update or delete on {schema}.resolutions
  for each row execute function {schema}.refuse_change();
create trigger append_only_truncate before truncate on {schema}.resolutions
  for each statement execute function {schema}.refuse_change();
create trigger keep before delete on {schema}.accounts
  for each row execute function {schema}.refuse_change();
create trigger keep_truncate before truncate on {schema}.accounts
  for each statement execute function {schema}.refuse_change();
-- Fires only for statements that name these columns, so balance updates do not pay for it.
create trigger keep_identity before update of id, ledger, code, user_data_128, user_data_64, created_at
  on {schema}.accounts for each row execute function {schema}.refuse_change();
