import { type Admission, createAdmission, type HttpApp, type Lag, type WorkLimits } from '@feiqian/http';
import type { Network } from './compose.ts';
import type { Config } from './config.ts';

/** The kinds of work that are let in or refused by themselves, the ones that are kept up longest first. */
export const works = ['finish', 'write', 'begin', 'read'] as const;
export type Work = (typeof works)[number];

/** What ends what was begun: refusing it wastes the work that was done, so it is refused last. */
const finishes = /\/(pay|collect|capture|cancel|refunds)$/;
const begins = /^\/v1(\/wallet)?\/payments$|^\/v1\/wallet\/transfers$/;
const streams = /\/stream$/;

/** The kind of work of a route; null for what is always let in: pages, health, figures, streams. */
export function workOf(method: string, url: string): Work | null {
  if (!url.startsWith('/v1/') || streams.test(url)) return null;
  // What a wallet signs its payments with is a part of paying.
  if (url === '/v1/wallet/nonces') return 'finish';
  if (method === 'GET' || method === 'HEAD') return 'read';
  if (method !== 'POST') return 'write';
  if (begins.test(url)) return 'begin';
  return finishes.test(url) ? 'finish' : 'write';
}

/** What holds unless a kind of work says otherwise: well within what callers wait in all (12 s). */
const usual = { waitMsDefault: 2_000, waitMsMax: 5_000, underWayMax: 1_000, underWayMin: 64 };
/** Turns of the event loop that a request takes, each of which may be late. */
const turns = 3;

/**
 * Admission of the network: each kind of work goes by how long it would wait now, for the event loop, for a place in
 * a group of payments and for a database connection. Under pressure polls and lists give way first, then new payments,
 * then what ends payments that exist. One kind's limit of requests under way is not another's.
 */
export function networkAdmission(
  network: Pick<Network, 'db' | 'payments'>,
  config: Config,
  lag: Lag,
): Admission {
  const loopMs = () => lag.ms() * turns;
  const listsMs = () => loopMs() + (network.db.expectedWaitMs?.() ?? 0);
  const groupsMs = () => loopMs() + network.payments.pipeline.expectedWaitMs();
  const bothMs = () => Math.max(listsMs(), groupsMs());
  const limits: Record<Work, WorkLimits> = {
    finish: { ...usual, expectedWaitMs: groupsMs, underWayMax: 20_000 },
    write: { ...usual, expectedWaitMs: listsMs },
    begin: { ...usual, expectedWaitMs: bothMs, waitMsDefault: 800, underWayMax: 5_000 },
    read: {
      ...usual,
      expectedWaitMs: bothMs,
      // A payment takes several turns with whoever is let in here, so that it waits several times as long.
      waitMsDefault: 250,
      underWayMin: 32,
      refusedAfterMs: 700,
      perCallerPerSecond: config.readsPerSecond,
    },
  };
  return createAdmission(limits, () => performance.now());
}

/** Says on each route what kind of work it is. */
export function nameWorks(app: HttpApp): void {
  app.addHook('onRoute', (route) => {
    const [method] = [route.method].flat();
    const work = workOf(method ?? 'GET', route.url);
    if (work !== null) route.config = { ...route.config, work };
  });
}
