-- A payment is updated twice or more, so nothing that changes is indexed any longer (the new row version then stays on
-- its page, without new index entries): what a payment is looked up by later is in `payer` and `due`. Each change
-- raises `version`, and a change is made only to the version it was decided on. Locks payments for as long as the two
-- tables are filled from them.
alter table {schema}.payment add column version int not null default 1;
alter table {schema}.payment alter column version drop default;

-- Who has a payment in his or her list: its first payer from the beginning (a store's poster), and whoever tried to
-- pay it, with the reference of the message to the bank. A payment that somebody else has paid since is another's.
create table {schema}.payer (
  user_id uuid not null,
  payment_id uuid not null,
  rrn char(12)
);
insert into {schema}.payer (user_id, payment_id, rrn)
  select user_id, id, rrn from {schema}.payment where user_id is not null;
create index payer_user on {schema}.payer (user_id, payment_id);
create unique index payer_rrn on {schema}.payer (rrn) where rrn is not null;

-- When the sweeper must look at a payment: the expiry of one that is not paid or not captured, the end of the wait for
-- a bank. One row while `payment.due_at` is set. Rows come and go with each payment: kept small by vacuuming often.
create table {schema}.due (
  at timestamptz not null,
  payment_id uuid not null,
  primary key (at, payment_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
insert into {schema}.due (at, payment_id)
  select due_at, id from {schema}.payment where due_at is not null;

drop index {schema}.payment_user;
drop index {schema}.payment_rrn;
drop index {schema}.payment_due;
