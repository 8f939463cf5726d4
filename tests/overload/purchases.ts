import { sandboxBanks } from '@feiqian/app-bank';
import { type LoadClient, offer, type RawAnswer, signedPay, type Town } from '@feiqian/app-bench';
import { pause } from '../support/until.ts';

/** What came of one purchase that was due at an instant. */
export interface Sample {
  /** Number of the bank of the payer's card. */
  bank: number;
  dueAtMs: number;
  /** When the generator did begin it. */
  startAtMs: number;
  endAtMs: number;
  /** `captured`, `declined <reason>`, `unknown`, `refused <status> <code>` or `error <words>`. */
  end: string;
  /** How long each refusal took, from the request on, ms. */
  refusalMs: number[];
  /** What refusals said in Retry-After. */
  retryAfter: (number | null)[];
  id: string | null;
}

/** How a payer's and a merchant's programs behave. */
export interface Manners {
  /** They give a request up after this time, ms. */
  patienceMs: number;
  /** How often they send a request again, under the same key. */
  repeatsMax: number;
  /** They wait this long before they repeat, whatever the answer said, ms. */
  pauseMs: number;
}

/** Programs that ask once and wait. */
export const patient: Manners = { patienceMs: 15_000, repeatsMax: 0, pauseMs: 0 };

export interface Load {
  client: LoadClient;
  town: Town;
  /** Begins every idempotency key. */
  run: string;
  manners?: Manners;
}

let count = 0;

/** One purchase: an order and its payment, each an HTTP call. */
async function purchase(load: Load, n: number, dueAtMs: number): Promise<Sample> {
  const { town, run } = load;
  const shop = town.merchants[n % town.merchants.length] as Town['merchants'][number];
  const shopper = town.shoppers[n % town.shoppers.length] as Town['shoppers'][number];
  const bank = n % sandboxBanks.length;
  const card = shopper.cards.find((c) => c.bank === sandboxBanks[bank]?.settings.id);
  const sample: Sample = {
    bank,
    dueAtMs,
    startAtMs: performance.now(),
    endAtMs: 0,
    end: '',
    refusalMs: [],
    retryAfter: [],
    id: null,
  };
  count += 1;
  const unique = `${run}-${count}`;
  const head = `POST /v1/payments HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${shop.key}\r\ncontent-type: application/json\r\nidempotency-key: ${unique}-c\r\n`;
  const body = `{"amount":${100 + (n % 5000)},"currency":"CNY","store_id":"${shop.storeId}"}`;
  try {
    const created = await ask(load, sample, (ms) => load.client.send(head, body, ms));
    if (created.status === 201) {
      const { id } = JSON.parse(created.body) as { id: string };
      sample.id = id;
      const paid = await ask(load, sample, (ms) =>
        signedPay(load.client, shopper, card?.cardId ?? '', id, `${unique}-p`, ms),
      );
      sample.end = paid.status === 200 ? outcomeOf(paid.body) : refusalOf(paid);
    } else sample.end = refusalOf(created);
  } catch (error) {
    sample.end = `error ${(error as Error).message}`;
  }
  sample.endAtMs = performance.now();
  return sample;
}

function outcomeOf(body: string): string {
  const { state, decline } = JSON.parse(body) as { state: string; decline: { code: string } | null };
  return state === 'declined' ? `declined ${decline?.code}` : state;
}

const refusalOf = ({ status, body }: RawAnswer): string =>
  `refused ${status} ${/"code":"([a-z_]+)"/.exec(body)?.[1] ?? '(no problem document)'}`;

/** Asks as often as manners allow; the last answer counts. */
async function ask(
  load: Load,
  sample: Sample,
  send: (patienceMs: number) => Promise<RawAnswer>,
): Promise<RawAnswer> {
  const { patienceMs, repeatsMax, pauseMs } = load.manners ?? patient;
  for (let repeats = 0; ; repeats++) {
    const begun = performance.now();
    try {
      const answer = await send(patienceMs);
      if (answer.status === 503) {
        sample.refusalMs.push(performance.now() - begun);
        sample.retryAfter.push(answer.retryAfter);
      }
      if ((answer.status !== 503 && answer.status !== 409) || repeats >= repeatsMax) return answer;
    } catch (error) {
      if (repeats >= repeatsMax) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Under way at the most: what a generator on the same machine can hold. */
const underWayMax = 20_000;
const drainMsMax = 30_000;

/** Offers purchases at a rate (open model), and gives every one's sample once all have ended. */
export async function offerPurchases(load: Load, rate: number, seconds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const ended = new Map<number, Sample>();
  const offered = await offer({
    seconds,
    gap: () => 1000 / rate,
    perform: async (n) => {
      ended.set(n, await purchase(load, n, 0));
    },
    onEnd: (n, dueAtMs, endAtMs) => {
      const sample = ended.get(n);
      ended.delete(n);
      if (sample !== undefined) samples.push({ ...sample, dueAtMs, endAtMs });
    },
    underWayMax,
    drainMsMax,
  });
  if (offered.dropped + offered.unanswered > 0)
    throw new Error(`${offered.dropped} not started, ${offered.unanswered} without an end`);
  return samples;
}

/** Whoever is refused comes again after this time, so that refusals are not most of what is done. */
const againMs = 300;

/**
 * Captured purchases a second with so many customers at a time (closed model), once they have come for a while: a
 * process that has just started is several times slower.
 */
export async function capacityOf(
  load: Load,
  o: { atOnce: number; warmUpSeconds: number; seconds: number },
): Promise<number> {
  const fromMs = performance.now() + o.warmUpSeconds * 1000;
  const toMs = fromMs + o.seconds * 1000;
  let captured = 0;
  let n = 0;
  const customer = async () => {
    while (performance.now() < toMs) {
      const { end, endAtMs } = await purchase(load, n++, performance.now());
      if (end !== 'captured') await pause(againMs);
      else if (endAtMs >= fromMs && endAtMs < toMs) captured += 1;
    }
  };
  await Promise.all(Array.from({ length: o.atOnce }, customer));
  return captured / o.seconds;
}
