-- JSON as text: written often, read seldom, never searched. Rewrites the exchanges, which are locked meanwhile.
alter table {schema}.exchange
  alter column request type text using request::text,
  alter column response type text using response::text;
