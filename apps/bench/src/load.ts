import type { LoadClient } from './httpClient.ts';
import type { Prepared } from './prepare.ts';
import { signedPay } from './signedPay.ts';

export interface LoadOptions {
  /** Purchases due each second; null offers as much as `inFlightMax` purchases at a time take (closed model). */
  rate: number | null;
  seconds: number;
  /** Purchases under way at the most. */
  inFlightMax: number;
  /** All payments to one merchant. */
  hotMerchant: boolean;
}

export interface LoadResult {
  captured: number;
  /** Answers by "step status state" for everything that was not captured. */
  others: Record<string, number>;
  seconds: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** One purchase: two HTTP calls. Gives what came of it. */
async function purchase(
  client: LoadClient,
  prepared: Prepared,
  n: number,
  hot: boolean,
  run: string,
): Promise<string> {
  const shop = prepared.merchants[hot ? 0 : n % prepared.merchants.length] as Prepared['merchants'][number];
  const shopper = prepared.shoppers[(n * 7) % prepared.shoppers.length] as Prepared['shoppers'][number];
  const created = await client.send(
    `POST /v1/payments HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${shop.key}\r\ncontent-type: application/json\r\nidempotency-key: ${run}-c${n}\r\n`,
    `{"amount":${100 + (n % 5000)},"currency":"CNY","store_id":"${shop.storeId}","order_reference":"${run}-${n}"}`,
  );
  if (created.status !== 201) return `create ${created.status} ${codeOf(created.body)}`;
  const id = created.body.slice(7, 43);
  const paid = await signedPay(client, shopper, shopper.cardId, id, `${run}-p${n}`);
  if (paid.status !== 200) return `pay ${paid.status} ${codeOf(paid.body)}`;
  if (paid.body.includes('"state":"captured"')) return 'captured';
  const reason = /"decline":\{"code":"([a-z_]+)"/.exec(paid.body)?.[1] ?? '';
  return `pay 200 ${/"state":"([a-z_]+)"/.exec(paid.body)?.[1]} ${reason}`.trimEnd();
}

export function codeOf(body: string): string {
  return /"code":"([a-z_]+)"/.exec(body)?.[1] ?? '';
}

/**
 * Offers purchases and measures them. With a rate it is an open model: each purchase has its due time, and its
 * latency counts from then, also when the generator had to wait for a free connection.
 */
export function runLoad(
  client: LoadClient,
  prepared: Prepared,
  options: LoadOptions,
  run: string,
): Promise<LoadResult> {
  return offerLoad((n) => purchase(client, prepared, n, options.hotMerchant, run), options);
}

/** The same with anything: `perform` does the n-th and says `captured`, or what else came of it. */
export async function offerLoad(
  perform: (n: number) => Promise<string>,
  options: Omit<LoadOptions, 'hotMerchant'>,
): Promise<LoadResult> {
  const latencies: number[] = [];
  const others: Record<string, number> = {};
  let captured = 0;
  let started = 0;
  let open = 0;
  const begin = performance.now();
  const endAt = begin + options.seconds * 1000;
  await new Promise<void>((resolve) => {
    const finishIfDone = () => {
      if (open === 0 && performance.now() >= endAt) resolve();
    };
    const start = (dueAt: number) => {
      const n = started;
      started += 1;
      open += 1;
      void perform(n)
        .catch((e: Error) => `error ${e.message}`)
        .then((end) => {
          open -= 1;
          if (end === 'captured') {
            captured += 1;
            latencies.push(performance.now() - dueAt);
          } else others[end] = (others[end] ?? 0) + 1;
          if (options.rate === null && performance.now() < endAt) start(performance.now());
          finishIfDone();
        });
    };
    if (options.rate === null) {
      for (let i = 0; i < options.inFlightMax; i++) start(performance.now());
      setTimeout(finishIfDone, options.seconds * 1000 + 1);
      return;
    }
    const spacing = 1000 / options.rate;
    const tick = () => {
      const now = performance.now();
      for (let due = begin + started * spacing; due <= now && due < endAt; due = begin + started * spacing) {
        if (open >= options.inFlightMax) {
          others['not started: too many under way'] = (others['not started: too many under way'] ?? 0) + 1;
          started += 1;
        } else start(due);
      }
      if (now < endAt) setTimeout(tick, 1);
      else finishIfDone();
    };
    tick();
  });
  const seconds = (performance.now() - begin) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (q: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? Number.NaN;
  return {
    captured,
    others,
    seconds,
    perSecond: captured / seconds,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}
