import { manualClock } from '@feiqian/clock';
import { amountMinorMax } from '@feiqian/contract';
import { fromUuid, toUuid } from '@feiqian/ids';
import { type ComposeDeps, compose, type Network, namedId } from './compose.ts';
import { sandboxCode, sandboxMerchants } from './sandbox.ts';

const days = 3;
const payments = 120;
const perGroup = 20;
const dayMs = 24 * 3600_000;
const payers = ['13800000005', '13800000006', '13800000007'];
/** What is past was verified as it had to be. */
const unasked = { nonce: null, verifiedUpTo: BigInt(amountMinorMax) };
/** Busy hours of a city, as weights by hour. */
const weights = [0, 0, 0, 0, 0, 0, 2, 6, 8, 5, 4, 7, 10, 8, 4, 4, 5, 8, 10, 9, 7, 5, 3, 1];

/**
 * Gives the sandbox a past: real payments by the network's own use cases over the real links, under a clock
 * that is moved through the last days. Refunds and declines included, so that no chart is empty.
 */
export async function seedHistory(
  deps: ComposeDeps,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const clock = manualClock(deps.clock.now() - days * dayMs);
  const past = await compose({ ...deps, clock });
  await past.links.start();
  past.forwarder.start();
  try {
    await untilLinked(past);
    const cards = await cardsOf(past);
    const till = await past.merchants.list(null, null, 100);
    const stores = await past.merchants.storesOf(till.map((m) => m.id));
    const times = schedule(deps.clock.now());
    for (let at = 0; at < times.length; at += perGroup) {
      const group = times.slice(at, at + perGroup);
      clock.set(group[0] as number);
      await Promise.all(
        group.map((_, i) => {
          const n = at + i;
          const merchant = till[(n * 7) % till.length];
          const store =
            stores.filter((s) => s.merchantId === merchant?.id)[n % 2] ??
            stores.find((s) => s.merchantId === merchant?.id);
          const card = cards[n % cards.length];
          if (!merchant || !store || !card) return undefined;
          const amounts = sandboxMerchants.find((m) => m.name === merchant.name)?.amounts ?? [1000];
          return buy(past, {
            merchantId: merchant.id,
            storeId: store.id,
            card,
            amount: amounts[n % amounts.length] as number,
            n,
          });
        }),
      );
      onProgress(Math.min(at + perGroup, times.length), times.length);
    }
  } finally {
    await past.forwarder.stop();
    await past.links.stop();
    await past.references.release();
  }
}

async function untilLinked(network: Network): Promise<void> {
  const issuers = network.members.list().filter((m) => m.link !== null);
  for (let i = 0; i < 250 && !issuers.every((m) => network.links.isUp(m.id)); i++) {
    await new Promise((r) => setTimeout(r, 20));
  }
}

interface SeedCard {
  userId: string;
  deviceId: string;
  cardId: string;
}

async function cardsOf(network: Network): Promise<SeedCard[]> {
  const cards: SeedCard[] = [];
  for (const mobile of payers) {
    await network.access.codes.request(mobile);
    const { person, device } = await network.wallets.signIn({
      mobile,
      code: sandboxCode,
      name: null,
      deviceName: '历史',
      deviceKey: null,
    });
    const owner = { userId: person.id, deviceId: device.id };
    const found = await network.wallets.discover(
      owner,
      network.wallets.issuers().map((b) => b.code),
    );
    const chosen = found.banks.flatMap((b) => b.cards.map((c) => ({ bankCode: b.memberCode, ref: c.ref })));
    for (const bound of await network.wallets.bind(owner, found.id, chosen)) {
      if (bound.card) cards.push({ ...owner, cardId: bound.card.id });
    }
  }
  return cards;
}

/** Instants over the last days, more in busy hours, none in the future. */
function schedule(nowMs: number): number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const out: number[] = [];
  for (let day = days; day >= 0; day--) {
    const startMs = Math.floor((nowMs + 8 * 3600_000) / dayMs) * dayMs - 8 * 3600_000 - day * dayMs;
    weights.forEach((w, hour) => {
      const n = Math.round((w / total) * (payments / days));
      for (let i = 0; i < n; i++)
        out.push(startMs + hour * 3600_000 + Math.floor(((i + 0.5) / n) * 3600_000));
    });
  }
  return out.filter((t) => t < nowMs - 60_000 && t > nowMs - days * dayMs).sort((a, b) => a - b);
}

async function buy(
  network: Network,
  o: { merchantId: string; storeId: string; card: SeedCard; amount: number; n: number },
): Promise<void> {
  const key = (what: string) => ({ id: namedId(`history ${what} ${o.n}`), fingerprint: namedId('history') });
  const created = await network.payments.create(
    { merchantId: o.merchantId, terminal: 'T0000001' },
    {
      storeId: o.storeId,
      store_id: fromUuid(o.storeId, 'sto'),
      // Now and then more than any card can bear, so that there are declines to look at.
      amount: o.n % 17 === 5 ? o.amount + 60_000_000 : o.amount,
      currency: network.config.currency,
      order_reference: `H${String(o.n).padStart(5, '0')}`,
    },
    key('create'),
  );
  const uuid = toUuid((JSON.parse(created.body) as { id: string }).id, 'pay');
  const paid = await network.payments.pay(o.card, uuid, o.card.cardId, key('pay'), unasked);
  if (o.n % 23 === 7 && (JSON.parse(paid.body) as { state: string }).state === 'captured') {
    await network.payments.refundPayment(
      o.merchantId,
      uuid,
      { amount: null, reason: '顾客退货' },
      key('refund'),
    );
  }
}
