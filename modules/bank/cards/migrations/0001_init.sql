-- Cards issued on accounts. New tables only; no locks on anything that exists.

create table {schema}.card (
  id uuid primary key,
  customer_id uuid not null,
  account_id uuid not null,
  -- HMAC-SHA-256 of the card number, base64url: to find a card without keeping its number.
  pan_lookup text not null unique check (length(pan_lookup) = 43),
  -- AES-256-GCM of the card number: 12 bytes of nonce, the text, 16 bytes of tag; base64.
  pan_cipher text not null,
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  kind text not null check (kind in ('debit', 'credit')),
  product text not null,
  product_en text not null,
  -- YYMM, the last month in which it is good.
  expiry text not null check (expiry ~ '^[0-9]{2}(0[1-9]|1[0-2])$'),
  status text not null check (status in ('active', 'lost', 'stolen')),
  -- What the sandbox lets happen to an authorisation of this card; approve for every real one.
  outcome text not null check (outcome in ('approve', 'do_not_honour', 'lost_card', 'time_out',
    'late_answer', 'duplicate_answer', 'wrong_amount', 'bad_mac')),
  purchase_max bigint check (purchase_max > 0),
  issued_at timestamptz not null
);
create index card_customer on {schema}.card (customer_id);
