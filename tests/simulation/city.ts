import { type BankSeed, bankMigrations, type SeedCard, sandboxBanks, seedBank } from '@feiqian/app-bank';
import { compose, networkMigrations, parseConfig } from '@feiqian/app-network';
import { type ManualClock, manualClock } from '@feiqian/clock';
import { type Db, type Migrations, migrate } from '@feiqian/db';
import { uuidOf } from '@feiqian/ids';
import { luhnCheckDigit } from '@feiqian/keys';
import type { Logger } from '@feiqian/telemetry';
import { Chance } from './chance.ts';
import type { TransferGround } from './watchTransfers.ts';

/** A card bound to a person's device. */
export interface CityCard {
  /** The token, which is what a wallet pays with. */
  tokenId: string;
  memberId: string;
  /** Number of the bank in `city.banks`. */
  bank: number;
  slot: number;
  kind: 'debit' | 'credit';
  pan: string;
  /** Row of its number in the vault. */
  panId: string;
  /** Of the card's account at its bank. */
  accountId: string;
  /** What the account may pay at first, minor units. */
  funds: bigint;
  /** What the card is made to do by its bank. */
  outcome: string;
}

export interface CityDevice {
  deviceId: string;
  handle: string;
  /** Of its pay codes. */
  secret: Uint8Array;
  cards: CityCard[];
}

export interface CityPerson {
  userId: string;
  name: string;
  devices: CityDevice[];
}

export interface CityMerchant {
  merchantId: string;
  storeId: string;
  payableAccount: string;
}

export interface CityBank {
  /** Its number, and of the parts of its schemas. */
  id: string;
  memberId: string;
  positionAccount: string;
  settings: (typeof sandboxBanks)[number]['settings'];
}

/** What every world begins with: the same people, banks and merchants, of which each draws those it uses. */
export interface City {
  banks: CityBank[];
  merchants: CityMerchant[];
  people: CityPerson[];
  /** Instant at which it was built, ms. */
  builtAtMs: number;
}

/** Where the banks' HTTP interfaces are, one port after the other. */
export const bankApiPort = 8701;
const builtAtMs = Date.UTC(2026, 0, 5, 1);
const expiry = '3112';
const peopleCount = 5;
const merchantCount = 3;
/** What the debit cards of the people hold, minor units: much, little, and next to nothing. */
const funds = [5_000_000n, 200_000n, 10_000n, 3_000n, 1n];
const creditLimit = 50_000n;
/** What the cards of the last person's second device do on purpose, spread over the banks. */
const outcomes = [
  'time_out',
  'late_answer',
  'duplicate_answer',
  'wrong_amount',
  'bad_mac',
  'do_not_honour',
  'lost_card',
] as const;

const parsed = parseConfig({ FEIQIAN_LOG_LEVEL: 'silent', FEIQIAN_PUBLIC_URL: 'https://sim.test' });
if (!parsed.ok) throw new Error('the configuration of the simulation is refused');
/** The configuration of every simulated network process. */
export const config = { ...parsed.config, withBanks: false };

/** All migrations a world needs. */
export const migrations: readonly Migrations[] = [
  ...networkMigrations,
  ...sandboxBanks.flatMap((b) => bankMigrations(b.settings)),
];

export const silentLogger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
} as unknown as Logger;

function panOf(bin: string, purpose: number, number: number): string {
  const body = `${bin}${purpose.toString().padStart(4, '0')}${number.toString().padStart(5, '0')}`;
  return body + luhnCheckDigit(body);
}

interface PlannedCard {
  key: string;
  bank: number;
  person: number;
  device: number;
  kind: 'current' | 'credit';
  funds: bigint;
  outcome: string;
  pan: string;
}

/** Who holds which card on which device, before anything is stored. */
function plannedCards(): PlannedCard[] {
  const cards: PlannedCard[] = [];
  const add = (card: Omit<PlannedCard, 'key' | 'pan'>) => {
    const bin = sandboxBanks[card.bank]?.settings.bins[0] as string;
    const pan = panOf(bin, card.kind === 'credit' ? 2 : 1, cards.length + 1);
    cards.push({ ...card, key: `card${cards.length + 1}`, pan });
  };
  for (let person = 0; person < peopleCount; person++) {
    for (const bank of sandboxBanks.keys()) {
      const base = { bank, person, outcome: 'approve' };
      add({ ...base, device: 0, kind: 'current', funds: funds[(person + bank) % funds.length] as bigint });
      add({ ...base, device: 1, kind: 'credit', funds: creditLimit });
    }
  }
  for (const [i, outcome] of outcomes.entries()) {
    const bank = i % sandboxBanks.length;
    add({ bank, person: peopleCount - 1, device: 1, kind: 'current', funds: 5_000_000n, outcome });
  }
  return cards;
}

function seedOf(bank: number, cards: readonly PlannedCard[]): BankSeed {
  const own = cards.filter((c) => c.bank === bank);
  return {
    customers: Array.from({ length: peopleCount }, (_, i) => ({
      key: `person${i}`,
      name: `市民${i}`,
      nameLatin: `Citizen ${i}`,
      identityNumber: `99999919900101000${i}`,
      mobile: `1380000000${i}`,
    })),
    accounts: own.map((c, i) => ({
      key: c.key,
      customer: `person${c.person}`,
      number: `62170${bank}${String(i + 1).padStart(10, '0')}`,
      kind: c.kind,
      currency: 'CNY',
      creditLimit: c.kind === 'credit' ? c.funds : 0n,
      openingDeposit: c.kind === 'credit' ? 0n : c.funds,
      product: '户',
      productEn: 'Account',
      // People have more than one here, so that each card has an account of its own.
      grandfathered: own.some((other, j) => j < i && other.person === c.person && other.kind === c.kind),
    })),
    cards: own.map(
      (c): SeedCard => ({
        key: c.key,
        account: c.key,
        pan: c.pan,
        expiry,
        product: '卡',
        productEn: 'Card',
        outcome: c.outcome as NonNullable<SeedCard['outcome']>,
      }),
    ),
    products: [],
  };
}

/** Builds the city in an empty database, with the product's own code. The same at every call. */
export async function buildCity(db: Db): Promise<City> {
  const clock = manualClock(builtAtMs);
  const random = new Chance(0xc17, 1).bytes;
  await migrate(db, migrations, builtAtMs);
  const cards = plannedCards();
  for (const [i, { settings }] of sandboxBanks.entries())
    await seedBank(db, settings, seedOf(i, cards), clock);
  const network = await compose({
    config,
    db,
    clock,
    logger: silentLogger,
    sendCode: () => Promise.resolve(),
    fixedCode: '246810',
    random,
  });
  const banks = await buildBanks(network);
  const merchants = await buildMerchants(network);
  const people: CityPerson[] = [];
  for (let i = 0; i < peopleCount; i++) people.push(await buildPerson(network, db, clock, i, cards, banks));
  // The builder numbered no messages: the first process of a world finds all numbers free.
  await db.query('update links.node set reserved_until = $1', [new Date(0)]);
  return { banks, merchants, people, builtAtMs };
}

type Composed = Awaited<ReturnType<typeof compose>>;

async function buildBanks({ members }: Composed): Promise<CityBank[]> {
  const banks: CityBank[] = [];
  for (const [i, { settings }] of sandboxBanks.entries()) {
    const memberId = uuidOf(`simulated member ${settings.id}`);
    const created = await members.create(
      {
        code: settings.id,
        institution: settings.bins[0] as string,
        name: settings.name,
        nameEn: settings.nameEn,
        colour: '#175cd3',
        roles: ['issuer'],
        link: { host: '127.0.0.1', port: 8601 + i, profile: settings.profile.name },
        bankApi: { baseUrl: `http://127.0.0.1:${bankApiPort + i}` },
      },
      memberId,
    );
    if (!created.ok) throw new Error(`the simulated bank was refused: ${created.code}`);
    await members.addRange(
      { memberId, low: settings.bins[0] as string, high: settings.bins[0] as string, product: 'mixed' },
      uuidOf(`simulated range ${i}`),
    );
    await members.setSecret(memberId, 'zone_key', Buffer.from(settings.zoneKeyHex, 'hex'));
    await members.setSecret(memberId, 'bank_api_key', Buffer.from(settings.apiKey));
    await members.setSecret(memberId, 'mac_key', Buffer.from(settings.macKeyHex, 'hex'));
    await members.openPosition(memberId, config.currency);
    await members.reload();
    const positionAccount = members.positionAccount(memberId, config.currency);
    banks.push({ id: settings.id, memberId, positionAccount, settings });
  }
  return banks;
}

async function buildMerchants({ db, merchants }: Composed): Promise<CityMerchant[]> {
  const built: CityMerchant[] = [];
  for (let i = 0; i < merchantCount; i++) {
    built.push(
      await db.transaction(async (tx) => {
        const { merchant, store } = await merchants.register(tx, {
          name: `店${i}`,
          nameEn: `Shop ${i}`,
          mcc: '5814',
          city: 'Yunzhou',
          licence: `91560000MA00000${i}`,
          settlementAccount: `621700000000000${i}`,
          storeName: `店${i}`,
          currency: config.currency,
        });
        await merchants.review(tx, merchant.id, 'approve');
        return { merchantId: merchant.id, storeId: store.id, payableAccount: merchant.payableAccount };
      }),
    );
  }
  return built;
}

async function buildPerson(
  network: Composed,
  db: Db,
  clock: ManualClock,
  person: number,
  planned: readonly PlannedCard[],
  banks: readonly CityBank[],
): Promise<CityPerson> {
  const mobile = `1380000000${person}`;
  const devices: CityDevice[] = [];
  let userId = '';
  for (const device of [0, 1]) {
    await network.access.codes.request(mobile);
    const deviceName = `device ${device}`;
    const signed = await network.wallets.signIn({
      mobile,
      code: '246810',
      name: `市民${person}`,
      deviceName,
      deviceKey: null,
    });
    userId = signed.person.id;
    const cards: CityCard[] = [];
    for (const card of planned.filter((c) => c.person === person && c.device === device)) {
      cards.push(await bind(network, db, card, banks, { userId, deviceId: signed.device.id }, cards.length));
    }
    const secret = new Uint8Array(Buffer.from(signed.payCodeKey.secret, 'base64url'));
    devices.push({ deviceId: signed.device.id, handle: signed.payCodeKey.handle, secret, cards });
    // The next code may be asked for a second after this one.
    clock.advance(60_000);
  }
  return { userId, name: `person ${person}`, devices };
}

async function bind(
  { tokens }: Composed,
  db: Db,
  card: PlannedCard,
  banks: readonly CityBank[],
  owner: { userId: string; deviceId: string },
  slot: number,
): Promise<CityCard> {
  const { memberId, id } = banks[card.bank] as CityBank;
  const kind = card.kind === 'credit' ? 'credit' : 'debit';
  const made = await db.transaction(async (tx) => {
    const token = await tokens.provision(tx, { pan: card.pan, expiry, ...owner, issuerId: memberId, kind });
    if (token === null) throw new Error('a card of the city could not be provisioned');
    await tx.query(
      `insert into wallets.card (id, user_id, device_id, member_id, kind, product, product_en, last4, slot, is_default,
         consent_id, bank_ref, bound_at) values ($1, $2, $3, $4, $5, '卡', 'Card', $6, $7, $8, 'consent', $9, $10)`,
      [
        token.id,
        owner.userId,
        owner.deviceId,
        memberId,
        kind,
        card.pan.slice(-4),
        slot,
        slot === 0,
        card.key,
        new Date(builtAtMs),
      ],
    );
    return token;
  });
  const panId = (await tokens.withCards(db, [made.id])).get(made.id)?.panId as string;
  const { rows } = await db.query<{ id: string }>(
    `select id from bank_${id}_accounts.account where number = $1`,
    [seedOf(card.bank, plannedCards()).accounts.find((a) => a.key === card.key)?.number ?? ''],
  );
  const accountId = rows[0]?.id;
  if (accountId === undefined) throw new Error('a card of the city has no account');
  const { bank, pan, funds: amount, outcome } = card;
  return { tokenId: made.id, memberId, bank, slot, kind, pan, panId, accountId, funds: amount, outcome };
}

/** What the watch of transfers needs to know of the city. */
export function transferGround({ banks, people }: City): TransferGround {
  const cards = people.flatMap((p) => p.devices.flatMap((d) => d.cards));
  return {
    positions: new Map(banks.map((b) => [b.memberId, b.positionAccount])),
    banks: new Map(banks.map((b, i) => [b.memberId, i])),
    accounts: new Map(cards.map((c) => [c.panId, c.accountId])),
  };
}
