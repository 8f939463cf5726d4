-- The public key of a device: a point of P-256, uncompressed, base64url. Null for devices from before.
alter table {schema}.device add column signing_key text;
