-- The entries of one business event; its first often has the event's own id and is found by that. Locks transfers for
-- as long as the index is made.
drop index {schema}.transfers_group;
create index transfers_group on {schema}.transfers (user_data_128) where user_data_128 <> id;
