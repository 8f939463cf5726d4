import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { audit } from '@feiqian/app-auditor';
import { age, freePorts, LoadClient, openBanks, type Site, settle, signedPay } from '@feiqian/app-bench';
import { parseConfig, startNetwork } from '@feiqian/app-network';
import { openPostgres } from '@feiqian/db';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.ts';

/*
 * A database is aged by copying what real purchases left in it. The copies must be a past that could have been: the
 * auditor finds the books right, and the network goes on working on top of it. Only PostgreSQL is aged.
 */

const wanted = Number(process.env.FEIQIAN_TEST_AGED ?? 6_000);
const template = 120;
const dayMs = 24 * 3600_000;
const url = process.env.TEST_DATABASE_URL;
const closers: (() => unknown)[] = [];
const ageMsMax = 240_000;

let site: Site;
let bed: { town: Awaited<ReturnType<typeof settle>>; think: () => void; databasePid: null };
let indexesBefore: string[];
let past: Awaited<ReturnType<typeof age>>;

const options = { seed: 'test', connections: 64, write: () => undefined, template, parallel: 2 };

/** Definitions of all indexes, to see that the same are there afterwards. */
async function indexes(): Promise<string[]> {
  const { rows } = await site
    .db()
    .query<{ def: string }>(
      `select indexdef as def from pg_indexes where schemaname not in ('pg_catalog', 'public') order by 1`,
    );
  return rows.map((r) => r.def);
}

async function count(sql: string): Promise<number> {
  const { rows } = await site.db().query<{ n: bigint }>(sql);
  return Number(rows[0]?.n);
}

async function differences(): Promise<unknown[]> {
  return (await audit(site.db())).differences;
}

beforeAll(async () => {
  if (!url) return;
  const database = await testDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'feiqian-aged-'));
  const [port, iso, api] = [await freePorts(1), await freePorts(3), await freePorts(3)];
  const env = {
    PORT: String(port),
    DATABASE_URL: database.url as string,
    FEIQIAN_DATA_DIR: dir,
    FEIQIAN_BANK_ISO_PORT: String(iso),
    FEIQIAN_BANK_API_PORT: String(api),
    FEIQIAN_WITH_BANKS: 'false',
    FEIQIAN_LOG_LEVEL: 'error',
  };
  closers.push(
    () => rmSync(dir, { recursive: true, force: true }),
    () => database.close(),
  );
  const db = openPostgres({ url: database.url as string, planning: 'freely' });
  closers.push(() => db.close());
  await openBanks(iso, closers);
  site = {
    name: 'aged',
    database: 'aged',
    env,
    db: () => db,
    release: async () => undefined,
    drop: async () => undefined,
    async start() {
      const parsed = parseConfig(env);
      if (!parsed.ok) throw new Error('the configuration is wrong');
      const { stop } = await startNetwork(parsed.config, () => undefined);
      return { port, pid: process.pid, complaints: () => [], stop };
    },
  };
  const town = await settle({ size: { merchants: 3, shoppers: 10, cardsAtEachBank: 1 } }, site);
  bed = { town, think: () => undefined, databasePid: null };
  indexesBefore = await indexes();
  past = await age(bed, site, { ...options, payments: wanted });
}, ageMsMax);

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

test.runIf(url)('as many payments as asked for, over the days before, and none of them open', async () => {
  expect(Math.abs(past.payments - wanted) / wanted).toBeLessThan(0.1);
  expect(await count('select count(*) as n from payments.payment where due_at is not null')).toBe(0);
  const { rows } = await site
    .db()
    .query<{ from: Date; to: Date }>(
      'select min(created_at) as from, max(created_at) as to from payments.payment',
    );
  expect(Date.now() - (rows[0]?.from.getTime() ?? 0)).toBeGreaterThan(8 * dayMs);
  expect(rows[0]?.to.getTime()).toBeLessThanOrEqual(Date.now());
});

test.runIf(url)('the auditor finds the books right', async () => {
  expect(await differences()).toEqual([]);
});

test.runIf(url)('every row follows its payment under the new identifier', async () => {
  const payments = past.payments;
  expect(await count('select count(distinct rrn) as n from payments.payment')).toBe(
    await count('select count(rrn) as n from payments.payment'),
  );
  expect(await count('select count(distinct object_id) as n from outbox.event')).toBe(payments);
  expect(
    await count(
      'select count(*) as n from outbox.event e where not exists (select 1 from payments.payment p where p.id = e.object_id)',
    ),
  ).toBe(0);
  expect(
    await count(
      'select count(*) as n from links.exchange e join payments.payment p on p.id = e.group_id and p.rrn = e.rrn',
    ),
  ).toBeGreaterThanOrEqual(payments);
  expect(
    await count(
      `select count(*) as n from idempotency.key where answer not like '%' || replace(object_id::text, '-', '') || '%'`,
    ),
  ).toBe(0);
});

test.runIf(url)('keys are there for a day, as the network keeps them, and not for longer', async () => {
  const { rows } = await site
    .db()
    .query<{ from: Date }>('select min(created_at) as from from idempotency.key');
  expect(Date.now() - (rows[0]?.from.getTime() ?? 0)).toBeLessThan(dayMs);
});

test.runIf(url)('the same indexes are there as before', async () => {
  expect(await indexes()).toEqual(indexesBefore);
});

test.runIf(url)('the auditor looks at the copies too: one fen less in the oldest is found', async () => {
  const oldest = `id = (select id from payments.payment where state = 'captured' order by created_at limit 1)`;
  const change = (by: number) =>
    site.db().query(`update payments.payment set captured_amount = captured_amount + ${by} where ${oldest}`);
  await change(-1);
  expect(await differences()).not.toEqual([]);
  await change(1);
  expect(await differences()).toEqual([]);
});

test.runIf(url)('the network goes on working on top of it, and is not given another past', async () => {
  const network = await site.start();
  const client = new LoadClient([network.port], 4);
  try {
    const [shop, shopper] = [bed.town.merchants[0], bed.town.shoppers[0]];
    const post = (path: string, token: string | undefined, body: unknown) =>
      client.send(
        `POST ${path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\nidempotency-key: ${path}\r\n`,
        JSON.stringify(body),
      );
    const made = await post('/v1/payments', shop?.key, {
      amount: 1800,
      currency: 'CNY',
      store_id: shop?.storeId,
    });
    const { id } = JSON.parse(made.body) as { id: string };
    if (!shopper) throw new Error('nobody shops here');
    await until(async () => {
      const paid = await signedPay(client, shopper, shopper.cards[0]?.cardId ?? '', id, `pay-${id}`);
      return paid.body.includes('"state":"captured"');
    }, 10_000);
  } finally {
    client.close();
    await network.stop();
  }
  expect(await count('select count(*) as n from payments.payment')).toBe(past.payments + 1);
  expect(await differences()).toEqual([]);
  await expect(age(bed, site, { ...options, payments: wanted })).rejects.toThrow('without payments');
});
