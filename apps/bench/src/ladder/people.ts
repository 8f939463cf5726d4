import { sandboxBanks } from '@feiqian/app-bank';
import { type Config, compose } from '@feiqian/app-network';
import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { fromUuid } from '@feiqian/ids';
import { createLogger } from '@feiqian/telemetry';
import { TestDevice } from '@feiqian/testkit';
import { oneMerchant } from '../prepare.ts';
import type { Signer } from '../signedPay.ts';
import { type BankApiStub, startBankApiStub } from './bankApiStub.ts';

/** A person with one device, as a load needs it. */
export interface Shopper extends Signer {
  handle: string;
  secret: Uint8Array;
  cards: { cardId: string; bank: string; slot: number }[];
}

/** Who buys where. */
export interface Town {
  merchants: { key: string; storeId: string }[];
  shoppers: Shopper[];
}

export interface TownSize {
  merchants: number;
  shoppers: number;
  /** Cards that everybody has at each bank. */
  cardsAtEachBank: number;
}

const parallel = 16;
const code = '246810';

type Network = Awaited<ReturnType<typeof compose>>;

/**
 * Makes merchants with keys, and people who sign in and bind cards, by the network's own use cases. The network
 * must have been started once on this database (so that the banks are registered) and stopped.
 */
export async function buildTown(config: Config, db: Db, size: TownSize): Promise<Town> {
  const logger = createLogger({ level: 'warn' });
  const network = await compose({
    config,
    db,
    clock: systemClock,
    logger,
    sendCode: async () => undefined,
    fixedCode: code,
  });
  const stubs: BankApiStub[] = [];
  const town: Town = { merchants: [], shoppers: [] };
  try {
    for (const [i, { settings }] of sandboxBanks.entries())
      stubs.push(await startBankApiStub(settings, config.bankApiPort + i, size.cardsAtEachBank));
    for (let i = 0; i < size.merchants; i++) town.merchants.push(await oneMerchant(network, config, i));
    for (let i = 0; i < size.shoppers; i += parallel) {
      const group = Array.from({ length: Math.min(parallel, size.shoppers - i) }, (_, k) =>
        oneShopper(network, i + k),
      );
      town.shoppers.push(...(await Promise.all(group)));
    }
  } finally {
    network.bankApi.close();
    for (const stub of stubs) stub.close();
    await network.references.release();
  }
  return town;
}

async function oneShopper(network: Network, i: number): Promise<Shopper> {
  const mobile = `139${String(i).padStart(8, '0')}`;
  await network.access.codes.request(mobile);
  const phone = new TestDevice();
  const { person, device, secret, payCodeKey, agreement } = await network.wallets.signIn({
    mobile,
    code,
    name: null,
    deviceName: '负载',
    deviceKey: phone.enrol(mobile, code),
  });
  phone.agree(agreement ?? '');
  const owner = { userId: person.id, deviceId: device.id };
  const banks = network.wallets.issuers().map((b) => b.code);
  const found = await network.wallets.discover(owner, banks);
  const silent = found.banks.find((b) => b.status !== 'ok' || b.cards.length === 0);
  if (silent || found.banks.length === 0)
    throw new Error(`a bank of the load gave no cards: ${silent?.memberCode} ${silent?.status}`);
  const chosen = found.banks.flatMap((b) => b.cards.map((c) => ({ bankCode: b.memberCode, ref: c.ref })));
  const bound = await network.wallets.bind(owner, found.id, chosen);
  const cards = bound.map(({ memberCode, status, card }) => {
    if (card === null) throw new Error(`a card of the load could not be bound at ${memberCode}: ${status}`);
    return { cardId: fromUuid(card.id, 'tok'), bank: memberCode, slot: card.slot };
  });
  return {
    token: secret,
    requestKey: phone.requestKey,
    nonces: [],
    handle: payCodeKey.handle,
    secret: Buffer.from(payCodeKey.secret, 'base64url'),
    cards,
  };
}
