-- A bank signs its notices with a secret of its own. Locks the table while a few rows are checked.
alter table {schema}.secret drop constraint secret_name_check;
alter table {schema}.secret add constraint secret_name_check
  check (name in ('zone_key', 'mac_key', 'bank_api_key', 'tls_key', 'notice_secret'));
