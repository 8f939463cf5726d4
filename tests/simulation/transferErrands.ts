import { idIn, type Request } from './api.ts';
import type { CityCard } from './city.ts';
import type { Errand, ErrandDeps, Payer } from './errands.ts';

type Send = Extract<Request, { kind: 'send' }>;

const amounts = [100, 999, 2_500, 30_000];

const isDebit = (c: CityCard): boolean => c.kind === 'debit';

/** Somebody with a debit card in this world; mostly one with money that its bank makes no trouble with. */
function senderOf({ chance, people, banks }: ErrandDeps): Payer {
  const all = people.flatMap((person) =>
    person.devices.flatMap((device) =>
      device.cards.filter((c) => isDebit(c) && c.bank < banks).map((card) => ({ person, device, card })),
    ),
  );
  const easy = all.filter(({ card }) => card.outcome === 'approve' && card.funds > 1n);
  return chance.pick(chance.happens(0.2) || easy.length === 0 ? all : easy);
}

/** A card of anybody in the city, at a bank of this world, other than the one that pays. */
function payeeOf({ chance, city, banks }: ErrandDeps, from: Payer): Send['to'] {
  const others = city.people.flatMap((person) =>
    person.devices.flatMap((d) =>
      d.cards.filter((c) => c.bank < banks && c.panId !== from.card.panId).map((card) => ({ person, card })),
    ),
  );
  // Now and then a credit card, which does not take transfers, or a card that its bank makes trouble with.
  const ordinary = others.filter(({ card }) => isDebit(card));
  const { person, card } = chance.pick(chance.happens(0.1) || ordinary.length === 0 ? others : ordinary);
  if (person.userId === from.person.userId) return { tokenId: card.tokenId };
  const { panId, memberId } = card;
  return { payeeId: person.userId, panId, memberId, last4: card.pan.slice(-4) };
}

function sending(deps: ErrandDeps, from: Payer, more: Partial<Send> = {}): Send {
  const { clients, chance } = deps;
  return {
    kind: 'send',
    key: clients.key(),
    userId: from.person.userId,
    deviceId: from.device.deviceId,
    tokenId: from.card.tokenId,
    amount: chance.pick(amounts),
    to: payeeOf(deps, from),
    what: 'transfer',
    scheduledAtMs: null,
    repeatConfirmed: chance.happens(0.8),
    ...more,
  };
}

/** Sends money, taps twice now and then, and may send the same again. */
export const transfer: Errand = async (deps) => {
  const { clients, chance } = deps;
  const request = sending(deps, senderOf(deps));
  const taps = chance.happens(0.3) ? chance.between(2, 4) : 1;
  await Promise.all([
    clients.insist(request),
    ...Array.from({ length: taps - 1 }, () => clients.ask(request)),
  ]);
  if (chance.happens(0.2)) await clients.insist({ ...request, key: clients.key(), repeatConfirmed: true });
};

/** Sends later, and may think better of it, in time or just too late. */
export const scheduled: Errand = async (deps) => {
  const { clients, chance, nowMs } = deps;
  const from = senderOf(deps);
  const request = sending(deps, from, { scheduledAtMs: nowMs() + chance.between(1_000, 20_000) });
  const reply = await clients.insist(request);
  if (reply.status !== 201 || !chance.happens(0.5)) return;
  await clients.sleep(chance.between(0, 21_000));
  await clients.insist({
    kind: 'take_back',
    key: clients.key(),
    userId: request.userId,
    deviceId: request.deviceId,
    transferId: idIn(reply.body, 'trf'),
  });
};

/** Buys with a credit card, and repays it from several devices at once: together perhaps more than is owed. */
export const repayment: Errand = async (deps) => {
  const { clients, chance, banks } = deps;
  const from = senderOf(deps);
  const { person } = from;
  const owner = person.devices.flatMap((device) =>
    device.cards.filter((c) => c.bank < banks && c.kind === 'credit').map((card) => ({ device, card })),
  );
  const credit = chance.pick(owner);
  const { merchantId, storeId } = chance.pick(deps.merchants);
  const amount = chance.pick([999, 2_500]);
  const made = await clients.insist({
    kind: 'create',
    key: clients.key(),
    merchantId,
    storeId,
    amount,
    capture: 'automatic',
    entry: 'link',
  });
  if (made.status !== 201) return;
  await clients.insist({
    kind: 'pay',
    key: clients.key(),
    userId: person.userId,
    deviceId: credit.device.deviceId,
    paymentId: idIn(made.body, 'pay'),
    tokenId: credit.card.tokenId,
  });
  await Promise.all(
    Array.from({ length: chance.pick([1, 1, 2, 3]) }, () =>
      clients.insist(
        sending(deps, from, { amount, to: { tokenId: credit.card.tokenId }, what: 'repayment' }),
      ),
    ),
  );
};
