import { payCode } from '@feiqian/keys';
import { idIn, type Reply, type Request } from './api.ts';
import type { Chance } from './chance.ts';
import type { City, CityCard, CityDevice, CityMerchant, CityPerson } from './city.ts';
import { type Clients, isDefinite } from './clients.ts';
import { repayment, scheduled, transfer } from './transferErrands.ts';

/** What people and shops set out to do. */
export interface ErrandDeps {
  chance: Chance;
  clients: Clients;
  city: City;
  people: readonly CityPerson[];
  merchants: readonly CityMerchant[];
  /** How many of the city's banks there are in this world. */
  banks: number;
  /** The true time, ms since 1970. */
  nowMs: () => number;
}

export interface Payer {
  person: CityPerson;
  device: CityDevice;
  card: CityCard;
}

export type Errand = (deps: ErrandDeps) => Promise<void>;

function payerOf({ chance, people, banks }: ErrandDeps): Payer {
  const person = chance.pick(people);
  const device = chance.pick(person.devices);
  const cards = device.cards.filter((c) => c.bank < banks);
  return { person, device, card: chance.pick(cards) };
}

const amounts = [100, 999, 1_800, 2_500, 30_000];

async function createAt(
  deps: ErrandDeps,
  merchant: CityMerchant,
  more: {
    amount?: number;
    capture?: 'automatic' | 'manual';
    entry?: 'dynamic_code' | 'pay_code' | 'link';
  } = {},
): Promise<{ id: string; amount: number } | null> {
  const { clients, chance } = deps;
  const amount = more.amount ?? chance.pick(amounts);
  const request: Request = {
    kind: 'create',
    key: clients.key(),
    merchantId: merchant.merchantId,
    storeId: merchant.storeId,
    amount,
    capture: more.capture ?? 'automatic',
    entry: more.entry ?? 'dynamic_code',
  };
  const twice = chance.happens(0.15);
  const [reply] = await Promise.all([clients.insist(request), twice ? clients.ask(request) : null]);
  return reply.status === 201 ? { id: idIn(reply.body, 'pay'), amount } : null;
}

function payWith({ person, device, card }: Payer, paymentId: string, key: string): Request {
  return {
    kind: 'pay',
    key,
    userId: person.userId,
    deviceId: device.deviceId,
    paymentId,
    tokenId: card.tokenId,
  };
}

const stateOf = (reply: Reply | null | undefined): string => String(reply?.body.state ?? '');

/** Scans the code at the till and pays; taps twice now and then, and tries another card when the first is declined. */
const purchase: Errand = async (deps) => {
  const { clients, chance } = deps;
  const merchant = chance.pick(deps.merchants);
  const made = await createAt(deps, merchant);
  if (made === null) return;
  const request = payWith(payerOf(deps), made.id, clients.key());
  const taps = chance.happens(0.25) ? chance.between(2, 4) : 1;
  const replies = await Promise.all([
    clients.insist(request),
    ...Array.from({ length: taps - 1 }, () => clients.ask(request)),
    ...(chance.happens(0.1) ? [reusedKey(deps, request)] : []),
  ]);
  if (stateOf(replies[0]) === 'declined') {
    await clients.insist(payWith(payerOf(deps), made.id, clients.key()));
  }
  if (chance.happens(0.4)) await refunds(deps, merchant, made);
  if (chance.happens(0.3)) await look(deps, merchant, made.id);
};

/** The same key with another body, and the same key of another client. */
async function reusedKey(deps: ErrandDeps, request: Request): Promise<null> {
  const { clients, chance } = deps;
  await clients.sleep(chance.between(0, 300));
  const other = payerOf(deps);
  await clients.ask({
    ...request,
    ...payWith(other, 'paymentId' in request ? request.paymentId : '', request.key),
  });
  return null;
}

async function look(
  { clients, chance }: ErrandDeps,
  merchant: CityMerchant,
  paymentId: string,
): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await clients.insist({ kind: 'get', key: clients.key(), merchantId: merchant.merchantId, paymentId });
    await clients.sleep(chance.between(50, 2_000));
  }
}

/** Refunds a payment in parts, several at once, together perhaps more than was paid. */
async function refunds(
  deps: ErrandDeps,
  merchant: CityMerchant,
  made: { id: string; amount: number },
): Promise<void> {
  const { clients, chance } = deps;
  const parts = chance.pick([1, 1, 2, 4]);
  await Promise.all(
    Array.from({ length: parts }, async () => {
      const amount = chance.happens(0.3) ? null : chance.between(1, made.amount);
      const key = clients.key();
      const { merchantId } = merchant;
      const request: Request = { kind: 'refund', key, merchantId, paymentId: made.id, amount };
      await Promise.all([clients.insist(request), chance.happens(0.2) ? clients.ask(request) : null]);
    }),
  );
}

/** Several people, or one with two phones, pay the same thing at the same time. */
const crowd: Errand = async (deps) => {
  const { clients, chance } = deps;
  const merchant = chance.pick(deps.merchants);
  const made = await createAt(deps, merchant);
  if (made === null) return;
  const payers = Array.from({ length: chance.between(2, 4) }, () => payerOf(deps));
  const all = payers.map((p) => clients.insist(payWith(p, made.id, clients.key())));
  const cancels = chance.happens(0.4)
    ? [
        clients.insist({
          kind: 'cancel',
          key: clients.key(),
          merchantId: merchant.merchantId,
          paymentId: made.id,
        }),
      ]
    : [];
  await Promise.all([...all, ...cancels]);
};

/** Shows a one-time code; tills take it once, however many try. */
const payCodeAtTills: Errand = async (deps) => {
  const { clients, chance, nowMs } = deps;
  const { device, card } = payerOf(deps);
  const { handle, secret } = device;
  const digits = payCode({
    secret,
    handle,
    slot: card.slot,
    atMs: nowMs() - chance.pick([0, 0, 0, 20_000, 120_000]),
  });
  const tills = chance.happens(0.4) ? chance.between(2, 5) : 1;
  await Promise.all(
    Array.from({ length: tills }, async () => {
      const merchant = chance.pick(deps.merchants);
      const made = await createAt(deps, merchant, { entry: 'pay_code' });
      if (made === null) return;
      const { merchantId } = merchant;
      const request: Request = {
        kind: 'collect',
        key: clients.key(),
        merchantId,
        paymentId: made.id,
        digits,
      };
      const reply = await clients.insist(request);
      if (stateOf(reply) === 'captured' && chance.happens(0.3)) await refunds(deps, merchant, made);
    }),
  );
};

/** Types the amount at a shop's poster. */
const poster: Errand = async (deps) => {
  const { clients, chance } = deps;
  const payer = payerOf(deps);
  const { storeId } = chance.pick(deps.merchants);
  const amount = chance.pick(amounts);
  const { userId } = payer.person;
  const { deviceId } = payer.device;
  const request: Request = { kind: 'create_at_store', key: clients.key(), userId, deviceId, storeId, amount };
  const reply = await clients.insist(request);
  if (reply.status !== 201) return;
  await clients.insist(payWith(payer, idIn(reply.body, 'pay'), clients.key()));
};

/** Authorises, then captures, captures twice, captures in part, or cancels, or several of these at once. */
const reservation: Errand = async (deps) => {
  const { clients, chance } = deps;
  const merchant = chance.pick(deps.merchants);
  const made = await createAt(deps, merchant, { capture: 'manual' });
  if (made === null) return;
  const reply = await clients.insist(payWith(payerOf(deps), made.id, clients.key()));
  if (stateOf(reply) !== 'authorised') return;
  const base = { merchantId: merchant.merchantId, paymentId: made.id };
  const steps = Array.from({ length: chance.pick([1, 1, 2, 3]) }, (): Request => {
    const key = clients.key();
    if (chance.happens(0.35)) return { kind: 'cancel', key, ...base };
    return {
      kind: 'capture',
      key,
      ...base,
      amount: chance.happens(0.5) ? null : chance.between(1, made.amount),
    };
  });
  const done = await Promise.all(steps.map((s) => clients.insist(s)));
  if (done.some((r) => stateOf(r) === 'captured') && chance.happens(0.5)) await refunds(deps, merchant, made);
};

/** Many payments on a card that has money for some of them. */
const shortOfMoney: Errand = async (deps) => {
  const { clients, chance } = deps;
  const poor = deps.people.flatMap((person) =>
    person.devices.flatMap((device) =>
      device.cards
        .filter((c) => c.bank < deps.banks && c.funds <= 10_000n && c.funds > 1n && c.outcome === 'approve')
        .map((card) => ({ person, device, card })),
    ),
  );
  if (poor.length === 0) return purchase(deps);
  const payer = chance.pick(poor);
  const count = chance.between(3, 6);
  const amount = Math.floor((Number(payer.card.funds) * 1.6) / count);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const made = await createAt(deps, chance.pick(deps.merchants), { amount });
      if (made !== null) await clients.insist(payWith(payer, made.id, clients.key()));
    }),
  );
};

/** Gives up in the middle: asks once and never again. */
const walkAway: Errand = async (deps) => {
  const { clients, chance } = deps;
  const made = await createAt(deps, chance.pick(deps.merchants), { entry: 'link' });
  if (made === null) return;
  const reply = await clients.ask(payWith(payerOf(deps), made.id, clients.key()));
  if (reply !== null && !isDefinite(reply)) await clients.sleep(chance.between(100, 3_000));
};

const all: readonly Errand[] = [
  purchase,
  purchase,
  purchase,
  crowd,
  payCodeAtTills,
  poster,
  reservation,
  reservation,
  shortOfMoney,
  walkAway,
  transfer,
  transfer,
  scheduled,
  repayment,
];

export function errandOf(chance: Chance): Errand {
  return chance.pick(all);
}
