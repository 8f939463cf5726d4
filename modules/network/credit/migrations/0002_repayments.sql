-- Repayments of credit cards: which request repays which card, and which card is repaid by itself. The money is a
-- transfer's (schema transfers). New tables only; no locks on anything that exists.

-- One row for each request that may repay. While one is open for a card no other begins: two devices that repay the
-- same bill at once are one repayment.
create table {schema}.repayment (
  key_id uuid primary key,               -- the request's Idempotency-Key
  account_id uuid not null,
  user_id uuid not null,
  transfer_id uuid,                      -- once it is known
  is_open boolean not null,
  created_at timestamptz not null
);
create unique index repayment_open on {schema}.repayment (account_id) where is_open;

-- What is repaid on the day it is due, in full or the minimum.
create table {schema}.auto_repay (
  account_id uuid primary key,
  user_id uuid not null,
  device_id uuid not null,
  card_id uuid not null,                 -- token of the credit card
  from_card_id uuid not null,            -- token of the debit card that pays
  mode text not null check (mode in ('full', 'minimum')),
  state text not null check (state in ('waiting', 'paid', 'retrying', 'failed')),
  bill_id text,                          -- of the last bill that was repaid, or tried to be
  tries int not null check (tries >= 0), -- for that bill
  failed_because text,
  transfer_id uuid,
  acted_at timestamptz,
  created_at timestamptz not null,
  look_at timestamptz not null
);
create index auto_repay_look on {schema}.auto_repay (look_at);
