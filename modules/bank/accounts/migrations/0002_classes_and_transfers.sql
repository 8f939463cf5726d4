-- Classes of current accounts, product names, and the legs of transfers in statements. Adding columns with constant
-- defaults rewrites nothing; the check on the kinds of movement is read once for the rows there are.

alter table {schema}.account
  add column class text check (class in ('class_1', 'class_2', 'class_3')),
  add column product text not null default '',
  add column product_en text not null default '',
  -- One Class I account per person, but for those from before there were classes.
  add column grandfathered boolean not null default true;
alter table {schema}.account alter column grandfathered set default false;
update {schema}.account set class = 'class_1' where kind = 'current';
alter table {schema}.account add check ((kind = 'current') = (class is not null));
create unique index account_one_class_1 on {schema}.account (customer_id)
  where class = 'class_1' and status <> 'closed' and not grandfathered;

alter table {schema}.movement drop constraint movement_kind_check;
alter table {schema}.movement
  add constraint movement_kind_check check (kind in ('deposit', 'purchase', 'refund', 'reversal', 'transfer_out',
    'transfer_in', 'repayment')),
  add column counterparty_institution text,
  add column counterparty_masked text;

-- Numbers of accounts opened by the bank itself: the last one given.
create table {schema}.series (
  slot int primary key check (slot = 1),
  last bigint not null check (last >= 0)
);
insert into {schema}.series (slot, last) values (1, 0);
