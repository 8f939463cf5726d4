-- Virtual cards, and the freeze the network asks for. Adding columns with constant defaults rewrites nothing.

alter table {schema}.card
  add column form text not null default 'plastic' check (form in ('plastic', 'virtual')),
  -- Since when the network keeps it from paying; null: it does not.
  add column frozen_at timestamptz;
alter table {schema}.card alter column form drop default;

-- Numbers of cards issued by the bank itself: the last one given.
create table {schema}.series (
  slot int primary key check (slot = 1),
  last bigint not null check (last >= 0)
);
insert into {schema}.series (slot, last) values (1, 0);
