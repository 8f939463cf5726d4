-- The largest payment that a person wants to go unverified, minor units; null when the network's limit is good enough.
alter table {schema}.person add column free_max bigint check (free_max >= 0);
