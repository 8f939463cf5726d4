import { type PrivatePostgres, startPrivatePostgres } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bySecond, figuresOf, lineOf, recoveredAfter } from '../overload/figures.ts';
import { type Manners, offerPurchases, type Sample } from '../overload/purchases.ts';
import { pause, until } from '../support/until.ts';
import { asynchronous, type Cluster, follows, openCluster, operate } from './cluster.ts';
import { compare, type Row } from './losses.ts';

/*
 * The drill of a fail-over: databases and a process are killed while people buy, somebody does what
 * docs/guides/production.md says, with its scripts, and everything that anybody was told is looked for on what is the
 * primary then. Tests run in order and build on each other.
 */

/** Purchases a second. */
const rate = Number(process.env.DRILL_RATE ?? 30);
const goodMs = 2_000;
/** How long whoever watches the primary takes to be sure that it is gone. */
const doubtMs = 1_000;
const settleMsMax = 60_000;
/** What was under way when the last standby went may still be answered; and clocks of two processes are compared. */
const underWayMs = 500;
/** Programs that do as docs/errors.md says: the same key again, with a pause, until there is an answer. */
const persistent: Manners = { patienceMs: 15_000, repeatsMax: 150, pauseMs: 300 };

let cluster: Cluster;
let third: PrivatePostgres;
const all: Sample[] = [];
const others: PrivatePostgres[] = [];
const say = (line: string) => process.stdout.write(`  ${line}\n`);
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

beforeAll(async () => {
  cluster = await openCluster();
}, 180_000);
afterAll(async () => {
  await cluster?.close();
  for (const server of others) await server.stop();
}, 60_000);

async function buy(run: string, forSeconds: number): Promise<Sample[]> {
  const samples = await offerPurchases({ ...cluster, run, manners: persistent }, rate, forSeconds);
  all.push(...samples);
  return samples;
}

/** A new standby of a server, from a base backup, that its commits wait for. */
async function join(primary: PrivatePostgres, name: string): Promise<PrivatePostgres> {
  const server = await startPrivatePostgres({ standby: { of: primary, name } });
  others.push(server);
  await follows(primary, name);
  return server;
}

/** After how long, from an instant on, a purchase was captured again. */
const firstAfter = (samples: readonly Sample[], fromMs: number): number =>
  Math.min(...samples.filter((s) => s.end === 'captured' && s.endAtMs > fromMs).map((s) => s.endAtMs)) -
  fromMs;

test.skipIf(asynchronous)('both processes tell that the loss of one database is survived', async () => {
  const told = await Promise.all([cluster.health(0), cluster.health(1)]);
  expect(told.map((h) => [h.code, h.status, h.profile])).toEqual([
    [200, 'ok', 'C'],
    [200, 'ok', 'C'],
  ]);
  expect(told[0]?.settings['standby second']).toMatch(/^sync, /);
  expect(await cluster.figure(1, 'feiqian_database_profile')).toBe(3);
});

test('a standby is not promoted while its primary lives', () => {
  expect(() => operate('promote', cluster.standby)).toThrow(/still hears from its primary/);
});

test('the primary is killed under load, the standby is promoted, and people pay again', async () => {
  const buying = buy('failover', 12);
  await pause(3_000);
  if (asynchronous) {
    cluster.standby.fallBehind();
    await pause(1_000);
  }
  const killedAtMs = performance.now();
  await cluster.primary.kill();
  if (asynchronous) cluster.standby.forget();
  await pause(doubtMs);
  say(operate('promote', cluster.standby));
  const promotedMs = performance.now() - killedAtMs;
  const samples = await buying;
  const after = samples.filter((s) => s.dueAtMs > killedAtMs);
  const back = recoveredAfter(bySecond(after, goodMs), 0.9, 2);
  say(lineOf('across the fail-over', figuresOf(samples)));
  say(
    `promoted ${seconds(promotedMs)} after the kill, first purchase after ${seconds(firstAfter(samples, killedAtMs))}, the longest wait ${seconds(Math.max(...samples.map((s) => s.endAtMs - s.dueAtMs)))}`,
  );
  expect(back).not.toBeNull();
  // Nobody is left without an answer, and no answer is a fault of ours.
  expect(strange(samples)).toEqual([]);
});

const strange = (samples: readonly Sample[]): string[] =>
  Object.keys(figuresOf(samples).ends).filter((end) => !/^(captured|unknown|reversed)$/.test(end));

test('the processes tell that there is no standby now, and that there is one again when it has joined', async () => {
  await until(async () => (await cluster.health(0)).profile === 'B', 10_000, 'the truth');
  expect(() => operate('require-standby', cluster.standby, 'third')).toThrow(/No standby follows/);
  third = await join(cluster.standby, 'third');
  operate('require-standby', cluster.standby, 'third');
  expect((await cluster.health(1)).profile).toBe('C');
});

test('the last standby is lost under load: nothing is acknowledged until there is one again, and an operator is told', async () => {
  const buying = buy('alone', 8);
  await pause(2_000);
  const lostAtMs = performance.now();
  await third.kill();
  await until(async () => (await cluster.health(0)).status === 'degraded', 5_000, 'the word of it');
  const toldMs = performance.now() - lostAtMs;
  const told = await cluster.health(1);
  expect([told.code, told.profile]).toEqual([200, 'C']);
  expect(told.promises).toMatch(/^Acknowledges nothing now/);
  expect(await cluster.figure(0, 'feiqian_database_standby_missing')).toBe(1);
  await pause(2_000);
  const waiting = await cluster.figure(0, 'feiqian_database_commits_waiting');
  const replacedAtMs = performance.now();
  third = await join(cluster.standby, 'third');
  const joinedMs = performance.now() - replacedAtMs;
  const samples = await buying;
  say(lineOf('without a standby', figuresOf(samples)));
  const acknowledged = samples.filter(
    (s) => s.end === 'captured' && s.endAtMs > lostAtMs + underWayMs && s.endAtMs < replacedAtMs,
  );
  say(
    `told after ${seconds(toldMs)}; ${acknowledged.length} acknowledged and ${waiting} commits waiting meanwhile; another standby joined in ${seconds(joinedMs)}, and the first purchase ${seconds(firstAfter(samples, replacedAtMs))} after it was begun`,
  );
  expect(acknowledged).toEqual([]);
  expect(waiting).toBeGreaterThan(0);
  expect(strange(samples)).toEqual([]);
  expect((await cluster.health(0)).status).toBe('ok');
});

test('one of the two processes is killed under load: the other carries on', async () => {
  const buying = buy('process', 6);
  await pause(2_000);
  const killedAtMs = performance.now();
  cluster.networks[1]?.kill('SIGKILL');
  const samples = await buying;
  say(lineOf('across the death of a process', figuresOf(samples)));
  say(`first purchase ${seconds(firstAfter(samples, killedAtMs))} after it`);
  expect(figuresOf(samples).share).toBeGreaterThan(0.5);
  expect(strange(samples).filter((end) => !end.startsWith('refused 409'))).toEqual([]);
});

test('a former primary that comes back by mistake is used by nobody, not by a process that starts then either', async () => {
  const former = await cluster.primary.again();
  others.push(former);
  const counted = () =>
    cluster.on(former, async (db) => {
      const { rows } = await db.query<{ standby: boolean; payments: number }>(
        'select pg_is_in_recovery() as standby, (select count(*)::int from payments.payment) as payments',
      );
      return rows[0];
    });
  const before = await counted();
  expect(before?.standby).toBe(false);
  await cluster.restart(1);
  const told = await cluster.health(1);
  expect(told.settings.server).toMatch(new RegExp(`:${cluster.standby.port}$`));
  const samples = await buy('former', 3);
  say(lineOf('with a former primary', figuresOf(samples)));
  expect(figuresOf(samples).share).toBe(1);
  expect(await counted()).toEqual(before);
});

test('everything that anybody was told is on the new primary, the books are right, and an operator may decide to go on without a standby', async () => {
  const open = `select count(*)::int as open from payments.payment where state in ('processing', 'unknown')`;
  await cluster.on(cluster.standby, async (db) => {
    const settled = async () => (await db.query<{ open: number }>(open)).rows[0]?.open === 0;
    await until(settled, settleMsMax, 'the end');
    const found = await db.query<Row>('select id, state from payments.payment');
    const { orders, paid, lost, different } = compare(all, found.rows);
    say(
      `${orders} orders and ${paid} payments acknowledged; ${lost.length} lost, ${different.length} otherwise than told`,
    );
    expect(orders).toBeGreaterThan(rate * 10);
    expect([lost, different]).toEqual([[], []]);
  });
  const audit = cluster.audit();
  expect(audit.code, audit.said).toBe(0);
  say('the auditor finds nothing');
  operate('require-standby', cluster.standby, '');
  expect((await cluster.health(0)).profile).toBe('B');
});
