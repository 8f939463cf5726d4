import { sandboxBanks, seedBank } from '@feiqian/app-bank';
import { type Config, compose } from '@feiqian/app-network';
import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { fromUuid } from '@feiqian/ids';
import { luhnCheckDigit, requestKeyBytes } from '@feiqian/keys';
import { createLogger } from '@feiqian/telemetry';
import type { Signer } from './signedPay.ts';

/** Who buys where. */
export interface Prepared {
  merchants: { key: string; storeId: string }[];
  shoppers: (Signer & { cardId: string })[];
}

const shoppersPerMerchant = 4;
const parallel = 20;
const cardExpiry = '3112';

/**
 * Makes merchants with keys and shoppers with a session and a token, by the network's own use cases, on the
 * database of a network that was started once (so that banks are registered).
 */
export async function prepareLoad(config: Config, db: Db, merchants: number): Promise<Prepared> {
  const logger = createLogger({ level: 'warn' });
  const network = await compose({
    config,
    db,
    clock: systemClock,
    logger,
    sendCode: async () => undefined,
    fixedCode: '246810',
  });
  const out: Prepared = { merchants: [], shoppers: [] };
  try {
    for (let i = 0; i < merchants; i++) out.merchants.push(await oneMerchant(network, config, i));
    const total = merchants * shoppersPerMerchant;
    if (config.withBanks) await openAccounts(db, total);
    for (let i = 0; i < total; i += parallel) {
      const group = Array.from({ length: Math.min(parallel, total - i) }, (_, k) =>
        oneShopper(network, i + k),
      );
      out.shoppers.push(...(await Promise.all(group)));
    }
  } finally {
    await network.references.release();
  }
  return out;
}

type Network = Awaited<ReturnType<typeof compose>>;

/** One merchant with a store and a secret key. */
export function oneMerchant(
  network: Network,
  config: Config,
  i: number,
): Promise<Prepared['merchants'][number]> {
  return network.db.transaction(async (tx) => {
    const made = await network.merchants.register(tx, {
      name: `负载商户 ${i}`,
      nameEn: `LOAD MERCHANT ${i}`,
      mcc: '5411',
      city: 'YUNZHOU',
      licence: `LOAD${i}`,
      settlementAccount: '6217000000005411',
      storeName: '一号店',
      currency: config.currency,
    });
    await network.merchants.review(tx, made.merchant.id, 'approve');
    const principal = { kind: 'merchant_key' as const, merchantId: made.merchant.id };
    const key = await network.access.issue(tx, principal, 'load', made.merchant.id);
    return { key: key.secret, storeId: fromUuid(made.store.id, 'sto') };
  });
}

const shopperDeposit = 1_000_000_000_000n;
const bankOf = (i: number) => sandboxBanks[i % sandboxBanks.length] as (typeof sandboxBanks)[number];

/** The number of the i-th shopper's card, by the range of its bank. */
function panOf(i: number): string {
  const body = `${bankOf(i).settings.bins[0]}3000${String(i).padStart(5, '0')}`;
  return body + luhnCheckDigit(body);
}

/** An account and a card at the reference banks for each shopper, with more on it than a run can spend. */
async function openAccounts(db: Db, shoppers: number): Promise<void> {
  const all = Array.from({ length: shoppers }, (_, i) => i);
  for (const bank of sandboxBanks) {
    const own = all.filter((i) => bankOf(i) === bank);
    const product = { product: '负载卡', productEn: 'Load card' };
    await seedBank(db, bank.settings, {
      customers: own.map((i) => ({
        key: `load${i}`,
        name: `负载客户 ${i}`,
        nameLatin: `Load Customer ${i}`,
        identityNumber: `99999919900101${String(i).padStart(4, '0')}`,
        mobile: `1390${String(i).padStart(7, '0')}`,
      })),
      accounts: own.map((i) => ({
        key: `load${i}`,
        customer: `load${i}`,
        number: `62179${String(i).padStart(11, '0')}`,
        kind: 'current',
        currency: 'CNY',
        creditLimit: 0n,
        openingDeposit: shopperDeposit,
        ...product,
      })),
      cards: own.map((i) => ({
        key: `load${i}`,
        account: `load${i}`,
        pan: panOf(i),
        expiry: cardExpiry,
        ...product,
      })),
      products: [],
    });
  }
}

function oneShopper(network: Network, i: number): Promise<Prepared['shoppers'][number]> {
  const bank = bankOf(i);
  const issuer = network.members.byCode(bank.settings.id);
  if (!issuer) throw new Error('start the network once before preparing a load');
  const pan = panOf(i);
  const userId = network.ids.uuid();
  const deviceId = network.ids.uuid();
  return network.db.transaction(async (tx) => {
    const card = { pan, expiry: cardExpiry, userId, deviceId, issuerId: issuer.id };
    const token = await network.tokens.provision(tx, { ...card, kind: 'debit' });
    if (!token) throw new Error('a card of the load is bound already');
    // As binding leaves it, without asking a bank: two hundred people would take a minute.
    await tx.query(
      `insert into wallets.card (id, user_id, device_id, member_id, kind, product, product_en, last4, slot, is_default,
         consent_id, bank_ref, bound_at)
       values ($1, $2, $3, $4, 'debit', '负载卡', 'Load card', $5, 0, true, 'con_load', 'card_load', $6)`,
      [token.id, userId, deviceId, issuer.id, pan.slice(-4), new Date(network.clock.now())],
    );
    const requestKey = Buffer.from(network.ids.secret(requestKeyBytes), 'base64url');
    const principal = { kind: 'wallet' as const, userId, deviceId };
    const session = await network.access.issue(tx, principal, 'load', deviceId, { requestKey });
    return { token: session.secret, cardId: fromUuid(token.id, 'tok'), requestKey, nonces: [] };
  });
}
