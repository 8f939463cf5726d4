-- Somebody who has left: the row stays because payments name it, and says nothing of whom. Consents are withdrawn.
alter table {schema}.person add column deleted_at timestamptz;
alter table {schema}.bank_order drop constraint bank_order_kind_check;
alter table {schema}.bank_order add constraint bank_order_kind_check check (kind in ('freeze', 'thaw', 'revoke'));
