import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, cardFor, codeOf, desk, order, tester, till, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';

/*
 * Card numbers are canaries: every path is walked with them, and then every place where one could have been left is
 * searched: the tables of all schemas, banks included, the logs, what callers were answered, and the engine's files.
 */

let net: TestNetwork;
let holder: Wallet;

/** Every card number of the sandbox. */
const canaries = sandboxBanks.flatMap((b) => b.seed.cards.map((c) => c.pan));

beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs: 1_500, env: { FEIQIAN_LOG_LEVEL: 'debug' } });
  holder = await wallet(net, tester);
  const operator = await desk(net);
  const cashier = await till(net);
  const ids: string[] = [];
  for (const outcome of [
    'approve',
    'do_not_honour',
    'time_out',
    'bad_mac',
    'wrong_amount',
    'duplicate_answer',
  ]) {
    ids.push((await buy(net, holder, cardFor(net, holder, outcome), 1_500)).id);
  }
  const card = cardFor(net, holder, 'approve');
  const shown = await order(net, 900, { entry: 'pay_code' });
  await done(cashier.post(`/v1/payments/${shown.id}/collect`, { pay_code: codeOf(holder, card) }));
  const held = await buy(net, holder, card, 2_000, { capture: 'manual' });
  await done(net.merchant.post(`/v1/payments/${held.id}/capture`, { amount: 500 }));
  await done(net.merchant.post(`/v1/payments/${ids[0]}/refunds`, { amount: 100, reason: 'canary' }));
  await holder.get(`/v1/wallet/cards/${card.id}/balance`);
  // Card numbers where nobody asked for them.
  await net.merchant.post('/v1/payments', {
    amount: 1,
    currency: 'CNY',
    store_id: net.storeId,
    pan: canaries[0],
  });
  await holder.post('/v1/wallet/scans', { text: canaries[0] });
  await net.merchant.post(`/v1/payments/${shown.id}/collect`, { pay_code: canaries[0] });
  for (const id of [...ids, held.id]) await operator.get(`/v1/console/payments/${id}`);
  await operator.get('/v1/console/payments.csv');
  await until(async () => {
    const page = await operator.get<{ data: unknown[] }>('/v1/console/payments?state=unknown&limit=1');
    return page.body.data.length === 0;
  }, 20_000);
});
afterAll(() => net.stop());

/** Where a text holds a card number. */
const found = (where: string, text: string): string[] =>
  canaries.filter((pan) => text.includes(pan)).map((pan) => `${where}: …${pan.slice(-4)}`);

test('no table of any schema holds a card number, the banks’ own included', async () => {
  const { db } = net.network;
  const { rows: tables } = await db.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(30);
  const hits: string[] = [];
  for (const { name } of tables) {
    const { rows } = await db.query<{ row: string }>(`select t::text as row from ${name} t`);
    hits.push(...found(name, rows.map((r) => r.row).join('\n')));
    // Bytes print as hexadecimal: a number kept as plain bytes would hide there.
    const hex = rows.map((r) => r.row).join('\n');
    hits.push(
      ...canaries
        .filter((p) => hex.includes(Buffer.from(p).toString('hex')))
        .map((p) => `${name}: hex …${p.slice(-4)}`),
    );
  }
  expect(hits).toEqual([]);
});

test('no log line and no answer holds a card number', () => {
  expect(found('log', net.logs.join('\n'))).toEqual([]);
  const answers = net.heard.filter((h) => h.path !== '/v1/sandbox');
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.flatMap((h) => found(`${h.method} ${h.path}`, h.answer.text))).toEqual([]);
});

test('no file of the embedded engine holds a card number, its log of changes included', () => {
  if (net.databaseUrl !== null) return;
  const hits: string[] = [];
  const walk = (dir: string): void => {
    for (const entry of readdirSync(dir)) {
      const path = join(dir, entry);
      if (statSync(path).isDirectory()) walk(path);
      else hits.push(...found(entry, readFileSync(path, 'latin1')));
    }
  };
  walk(net.dataDir);
  expect(hits).toEqual([]);
});

test('the search finds a number that was planted', async () => {
  const { db } = net.network;
  await db.script('create table public.planted (text text)');
  await db.query('insert into public.planted values ($1)', [`card ${canaries[3]}`]);
  const { rows } = await db.query<{ row: string }>('select t::text as row from public.planted t');
  expect(found('planted', rows.map((r) => r.row).join())).toHaveLength(1);
  await db.script('drop table public.planted');
});
