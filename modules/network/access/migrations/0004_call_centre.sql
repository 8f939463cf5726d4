-- Whoever answers the telephone may find a person and freeze what is his or hers. Locks: the table, for the instant of a check.
alter table {schema}.operator drop constraint operator_role_check;
alter table {schema}.operator add constraint operator_role_check
  check (role in ('operator', 'bank', 'merchant', 'read_only', 'call_centre'));
