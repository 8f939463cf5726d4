import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sandboxBanks } from '@feiqian/app-bank';
import type { Payment } from '@feiqian/contract';
import { findPostgresBinaries, TestDevice } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { settled } from '../support/books.ts';
import { type Caller, done } from '../support/caller.ts';
import { type Canary, cardCanary, inFiles, inTables, inText, textCanary } from '../support/canary.ts';
import { openEvents, type Stream } from '../support/events.ts';
import { type Line, layLine } from '../support/line.ts';
import { changeLink, startTestNetwork, type TestNetwork } from '../support/network.ts';
import {
  buy,
  codeOf,
  desk,
  order,
  signedIn,
  signInBody,
  tester,
  till,
  type Wallet,
  wallet,
} from '../support/people.ts';
import { bodies, pathOf, routesOf, unknownId } from '../support/routes.ts';
import { Strays } from '../support/strays.ts';
import { pause } from '../support/until.ts';
import { everyField } from './canary.fields.ts';
import { everyMessage } from './canary.messages.ts';

/*
 * Nothing but the vault ever keeps a card number, and nobody a track or a PIN block. Known ones go through every path
 * here, the unhappy ones included, and through places where they do not belong; then every column of every table, a
 * dump of them, the files of the engine, everything logged, answered and streamed is searched.
 */

const linkWaitMs = 800;
const buildMsMax = 240_000;
const pin = '907346';
/** A bank of each message profile, over lines that can be written to. */
const spokenTo = sandboxBanks.slice(0, 2);
const bound = ['13800000001', '13800000002', tester];

let net: TestNetwork;
let operator: Caller;
const lines: Line[] = [];
const streams: Stream[] = [];
/** Secrets that must be nowhere. */
const canaries: Canary[] = [];
/** All of them. */
let all: Canary[] = [];
/** Card data where it does not belong. */
const strays = new Strays();
/** What was answered to requests with some. */
let told: { where: string; heard: { text: string } }[] = [];
/** A number that is no card's, in the same places: it must be found, or the search finds nothing at all. */
const planted = '9156009999000016';
/** What is left of a stray that was masked. */
const strayMasked = '915600******';

beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs, env: { FEIQIAN_LOG_LEVEL: 'debug' } });
  operator = await desk(net);
  for (const { settings } of spokenTo) {
    const member = net.network.members.byCode(settings.id);
    const line = await layLine({ toPort: member?.link?.port ?? 0, profile: settings.profile });
    lines.push(line);
    await changeLink(net.network, member?.id ?? '', { port: line.port });
  }
  for (const { seed } of sandboxBanks) canaries.push(...seed.cards.map((c) => cardCanary(c.pan)));
  canaries.push(textCanary('PIN', pin));
  await everyPath();
  await settled(net.network.db);
  told = (await everyField(net, strays)).filter(({ where }) => !where.startsWith('GET /v1/sandbox '));
  all = [...canaries, ...strays.canaries];
}, buildMsMax);
afterAll(async () => {
  for (const stream of streams) stream.close();
  await net?.stop();
  for (const line of lines) await line.close();
});

async function everyPath(): Promise<void> {
  const wallets: Wallet[] = [];
  for (const mobile of bound) wallets.push(await wallet(net, mobile));
  const supervisor = await till(net);
  streams.push(await openEvents(supervisor, '/v1/till/stream'));
  for (const w of wallets) streams.push(await openEvents(w, '/v1/wallet/stream'));
  for (const w of wallets)
    canaries.push(
      textCanary('session', w.session.token),
      textCanary('pay code secret', w.session.pay_code_key.secret),
    );
  await Promise.all(wallets.map(payWithEverything));
  await refundInPart(wallets[0] as Wallet);
  await overABadLine(wallets[0] as Wallet);
  await refusals();
  await done(
    operator.post(`/v1/console/merchants/${supervisor.session.me.merchant.id}/staff`, {
      store_id: net.storeId,
      name: `新人 ${strays.text('staff name', 'plain')}`,
      role: 'cashier',
      pin,
    }),
  );
  await order(net, 100, { description: `card ${planted}` });
  await order(net, 100, { description: `card ${strays.text('description', 'plain')}` });
  await Promise.all(
    spokenTo.map(({ settings }, i) => {
      const [owner] = wallets as [Wallet];
      const card = owner.cards.find((c) => c.bank.id === settings.id);
      const ask = () => buy(net, owner, card, 1_238);
      return everyMessage({ line: lines[i] as Line, settings, strays, ask, linkWaitMs });
    }),
  );
  await nameADevice();
  await readEverything(wallets);
}

/** Every card through purchase, authorisation, capture, void, refund and pay code, whatever becomes of it. */
async function payWithEverything(owner: Wallet): Promise<void> {
  await Promise.all(
    owner.cards.flatMap((card) => {
      const even = card.slot % 2 === 0;
      const purchase = async () => {
        const { id, state } = await buy(net, owner, card, 1_234);
        if (state === 'captured')
          await net.merchant.post(`/v1/payments/${id}/refunds`, {
            amount: 100,
            reason: `card ${strays.text('refund reason', 'plain')}`,
          });
      };
      const authorisation = async () => {
        const { id } = await buy(net, owner, card, 1_235, { capture: 'manual' });
        if (even) await net.merchant.post(`/v1/payments/${id}/capture`, {});
        else await net.merchant.post(`/v1/payments/${id}/cancel`);
      };
      const payCode = async () => {
        const { id } = await order(net, 1_236);
        await net.merchant.post(`/v1/payments/${id}/collect`, { pay_code: codeOf(owner, card) });
      };
      return [purchase(), authorisation(), payCode(), owner.get(`/v1/wallet/cards/${card.id}/balance`)];
    }),
  );
  const last = owner.cards.at(-1);
  await done(owner.delete(`/v1/wallet/cards/${last?.id}`));
}

/** By itself: in the crowd a bank may be too slow for every purchase. */
async function refundInPart(owner: Wallet): Promise<void> {
  const { id } = await buy(net, owner, owner.cards[0], 1_234);
  const reason = `card ${strays.text('reason of a part', 'plain')}`;
  await done(net.merchant.post(`/v1/payments/${id}/refunds`, { amount: 100, reason }));
}

async function overABadLine(owner: Wallet): Promise<void> {
  const card = owner.cards.find((c) => c.bank.id === 'yunzhou');
  for (const fate of [
    (bytes: Buffer) => ({
      pieces: [Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(bytes.length - 20, 0x39)])],
    }),
    (bytes: Buffer) => ({ pieces: [bytes.subarray(0, bytes.length / 2)], ending: 'end' as const }),
    (bytes: Buffer) => ({ pieces: [bytes, bytes] }),
  ]) {
    const [line] = lines as [Line];
    line.fault = ({ to, bytes }) => (to === 'network' ? fate(bytes) : null);
    await buy(net, owner, card, 1_237);
    line.fault = null;
    await pause(100);
  }
}

/** Somebody signs in on a device that is called by a card number. */
async function nameADevice(): Promise<void> {
  const mobile = '13800000008';
  await done(net.anyone.post('/v1/wallet/codes', { mobile }));
  const body = signInBody(new TestDevice(), mobile, net.guide.code);
  await done(
    net.anyone.post('/v1/wallet/sessions', { ...body, device_name: strays.text('device name', 'plain') }),
  );
}

/** Each route asked for nothing, by everybody: refusals tell nothing either. */
async function refusals(): Promise<void> {
  const callers = [net.anyone, net.merchant, operator, (await signedIn(net, '13800000007')).caller];
  for (const route of await routesOf(net.anyone)) {
    if (route.path.endsWith('/stream') || route.path.endsWith('/current')) continue;
    const body = bodies[route.name];
    const path = pathOf(route, unknownId(route.prefix ?? 'x'));
    for (const by of callers) await by.send(route.method, path, body === undefined ? {} : { body });
  }
}

async function readEverything(wallets: readonly Wallet[]): Promise<void> {
  const { data } = await done(operator.get<{ data: Payment[] }>('/v1/console/payments?limit=100'));
  for (const { id } of data) {
    await done(operator.get(`/v1/console/payments/${id}`));
    await done(net.merchant.get(`/v1/payments/${id}/receipt`));
    await done(net.merchant.get(`/v1/payments/${id}/events`));
  }
  for (const w of wallets)
    for (const path of ['cards', 'payments', 'me', 'devices']) await done(w.get(`/v1/wallet/${path}`));
  for (const path of ['payments.csv', 'members', 'merchants', 'api-keys', 'today'])
    await done(operator.get(`/v1/console/${path}`));
  for (const path of ['/metrics', '/health', '/openapi.json']) await done(net.anyone.get(path));
}

/** Tables that free text reaches. */
const masked = [
  'access.credential',
  'access.wrong_try',
  'idempotency.key',
  'links.exchange',
  'merchants.merchant',
  'merchants.staff',
  'merchants.store',
  'outbox.event',
  'payments.payment',
  'payments.refund',
  'wallets.device',
];
const control = [cardCanary(planted)];

test('there were many cards, and payments of every kind with them', async () => {
  expect(canaries.length).toBeGreaterThan(50);
  const { rows } = await net.network.db.query<{ state: string }>(
    'select distinct state from payments.payment',
  );
  const states = rows.map((r) => r.state);
  for (const state of 'cancelled captured created declined partially_refunded reversed'.split(' '))
    expect(states).toContain(state);
});

test('no column of any table holds one, at the network or at the banks', async () => {
  const { found, rows } = await inTables(net.network.db, all);
  expect(found).toEqual([]);
  expect(rows).toBeGreaterThan(1_000);
  expect((await inTables(net.network.db, control)).found).toContain(`payments.payment: ${control[0]?.name}`);
});

test('strays went everywhere, and what was kept of them was masked', async () => {
  expect(strays.canaries.length).toBeGreaterThan(2_500);
  const { found } = await inTables(net.network.db, [textCanary('masked', strayMasked)]);
  expect(found.map((f) => f.split(':')[0]).sort()).toEqual(expect.arrayContaining(masked));
  const { rows } = await net.network.db.query<{ outcome: string }>(
    `select distinct outcome from links.exchange where response like '%"104":"%${strayMasked}%'`,
  );
  expect(rows.map((r) => r.outcome)).toEqual(
    expect.arrayContaining(['answered', 'bad_mac', 'late', 'mismatch', 'unparsable']),
  );
});

test('no dump of the database holds one', async () => {
  if (net.databaseUrl === null) return;
  const { stdout } = await promisify(execFile)(
    join(findPostgresBinaries() ?? '', 'pg_dump'),
    ['--inserts', net.databaseUrl],
    { maxBuffer: 2 ** 30 },
  );
  expect(inText(all, stdout)).toEqual([]);
  expect(inText(control, stdout)).not.toEqual([]);
});

test('no mobile number stands in the network’s tables in the clear', async () => {
  const { found } = await inTables(
    net.network.db,
    bound.map((m) => textCanary('mobile', m)),
  );
  expect(found.filter((place) => !place.startsWith('bank_'))).toEqual([]);
});

test('no file of the embedded engine holds one', async () => {
  if (net.databaseUrl !== null) return;
  await net.network.db.query('checkpoint');
  // Sealed bytes and padding may look like packed digits by chance only once in 10^19.
  const { found, files } = inFiles(net.dataDir, all);
  expect(found).toEqual([]);
  expect(files).toBeGreaterThan(500);
  expect(inFiles(net.dataDir, control).found.length).toBeGreaterThan(0);
});

test('no answer and no stream told one', () => {
  const answers = net.heard.filter((h) => h.path !== '/v1/sandbox');
  const secrets = all.filter((c) => /^(card|track|PIN)/.test(c.name));
  expect(
    answers.flatMap((h) => inText(secrets, h.answer.text).map((c) => `${h.method} ${h.path}: ${c}`)),
  ).toEqual([]);
  expect(
    told.flatMap(({ where, heard }) => inText(secrets, heard.text).map((c) => `${where}: ${c}`)),
  ).toEqual([]);
  expect(answers.length).toBeGreaterThan(400);
  expect(told.length).toBeGreaterThan(400);
  expect(answers.some((h) => inText(control, h.answer.text).length > 0)).toBe(true);
  const streamed = streams.map((s) => JSON.stringify(s.events));
  expect(streamed.flatMap((text) => inText(all, text))).toEqual([]);
  expect(streams.every((s) => s.events.length > 10)).toBe(true);
});

test('no answer told headers of a session again', () => {
  const sessions = canaries.filter((c) => c.name === 'session' || c.name === 'pay code secret');
  const told = net.heard.filter((h) => !h.path.endsWith('/sessions'));
  expect(told.flatMap((h) => inText(sessions, h.answer.text).map((c) => `${h.path}: ${c}`))).toEqual([]);
});

test('nothing logged has one', () => {
  const secrets = [...all, ...control];
  expect(net.logs.flatMap((line) => inText(secrets, line))).toEqual([]);
  expect(net.logs.length).toBeGreaterThan(0);
});
