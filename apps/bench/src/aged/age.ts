import type { Db } from '@feiqian/db';
import type { Bed, Site } from '../ladder/bed.ts';
import { type Climb, onSite } from '../ladder/ladder.ts';
import { settled } from '../ladder/reconcile.ts';
import { type Scenario, scenarios } from '../ladder/scenarios.ts';
import { saturate } from '../measure/openModel.ts';
import { layPast } from './load.ts';
import { countAll, stageTemplate } from './stage.ts';

/** A database that has seen so many payments. */
export interface Past {
  payments: number;
  bytes: number;
  seconds: number;
}

export interface AgeOptions extends Pick<Climb, 'seed' | 'connections' | 'write'> {
  /** Payments that are wanted, about. */
  payments: number;
  /** Real purchases that all others are copies of. */
  template: number;
  parallel: number;
}

/** The past reaches back so far, however many payments it holds; the network keeps what a day ago was asked. */
const pastMs = 10 * 24 * 3600_000;
const pauseMs = 1_000;
const atOnce = 32;
/** Everything that happens in a network, its banks quick, and nothing left open. */
const template: Scenario = { ...scenarios.mixed, name: 'template', thinking: null, giveUp: true };

/**
 * Gives a site a past: real customers are served by the real network, and what they left in the database is copied
 * into the days before under new identifiers. Nothing is assumed of the tables but that they grew and name a payment,
 * so the loader follows the schema. The network is stopped meanwhile.
 */
export async function age(
  bed: Pick<Bed, 'town' | 'think' | 'databasePid'>,
  site: Site,
  o: AgeOptions,
): Promise<Past> {
  const begin = performance.now();
  if ((await payments(site.db())) > 0)
    throw new Error('only a database without payments can be given a past');
  const before = await countAll(site.db());
  const at = performance.now();
  await onSite(
    bed,
    site,
    template,
    { ...o, warmUpSeconds: 0, atOnce: { fast: atOnce, slow: atOnce } },
    async (stand) => {
      let n = 0;
      await saturate({
        seconds: Number.POSITIVE_INFINITY,
        atOnce,
        perform: async () => {
          n += 1;
          const ending = await stand.customers.serve(`${o.seed}-template`, n);
          if (!ending.asMeant) throw new Error(`the template went wrong: ${ending.what}`);
        },
        enough: () => n >= o.template,
        onEnd: (_n, _from, _to, error) => {
          if (error) throw error;
        },
      });
      if (!(await settled(site.db())))
        throw new Error('a bank did not acknowledge a message of the template');
    },
  );
  const tookMs = Math.ceil(performance.now() - at) + pauseMs;
  const db = site.db();
  await refuseOpen(db);
  const known = await stageTemplate(db, before);
  const made = await payments(db);
  const copies = Math.max(1, Math.round(o.payments / made) - 1);
  o.write(
    `past      ${made} payments made, to be laid ${copies} times into the days before: ${known.map((k) => `${k.table.schema}.${k.table.name}`).join(', ')}`,
  );
  let said = 0;
  const took = await layPast(db, known, {
    copies,
    stepMs: Math.max(tookMs, Math.floor(pastMs / (copies + 1))),
    parallel: o.parallel,
    onProgress: (share) => {
      if (share < said + 0.1) return;
      said = Math.floor(share * 10) / 10;
      o.write(
        `          ${Math.round(said * 100)} % after ${((performance.now() - begin) / 1000).toFixed(0)} s`,
      );
    },
  });
  const parts = Object.entries(took).sort((a, b) => b[1] - a[1]);
  o.write(`          statements took: ${parts.map(([what, s]) => `${what} ${s.toFixed(0)} s`).join(', ')}`);
  const { rows } = await db.query<{ bytes: bigint }>('select pg_database_size(current_database()) as bytes');
  return {
    payments: await payments(db),
    bytes: Number(rows[0]?.bytes ?? 0),
    seconds: (performance.now() - begin) / 1000,
  };
}

async function payments(db: Db): Promise<number> {
  const { rows } = await db.query<{ n: bigint }>('select count(*) as n from payments.payment');
  return Number(rows[0]?.n ?? 0);
}

/** Nothing of the template may still be about to change: a thousand copies of it would, all at once. */
async function refuseOpen(db: Db): Promise<void> {
  const { rows } = await db.query<{ open: bigint }>(
    `select (select count(*) from payments.payment where due_at is not null)
      + (select count(*) from ledger.accounts where debits_pending <> 0 or credits_pending <> 0) as open`,
  );
  if (rows[0]?.open !== 0n) throw new Error('the template has payments or holds that are still open');
}
