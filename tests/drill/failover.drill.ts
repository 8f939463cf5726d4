import { type PrivatePostgres, startPrivatePostgres } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bySecond, figuresOf, lineOf, recoveredAfter } from '../overload/figures.ts';
import { type Manners, offerPurchases, type Sample } from '../overload/purchases.ts';
import { pause, until } from '../support/until.ts';
import { type Cluster, openCluster, waitFor } from './cluster.ts';

/*
 * The drill of a fail-over: the primary is killed while people buy, somebody promotes the standby, and everything that
 * anybody was told is looked for on what is the primary then. Tests run in order and build on each other.
 */

const rate = 20;
const goodMs = 2_000;
/** How long whoever watches the primary takes to be sure that it is gone. */
const doubtMs = 1_000;
const settleMsMax = 60_000;
/** Programs that do as docs/errors.md says: the same key again, with a pause, until there is an answer. */
const persistent: Manners = { patienceMs: 15_000, repeatsMax: 150, pauseMs: 300 };

let cluster: Cluster;
const all: Sample[] = [];
const replacements: PrivatePostgres[] = [];
const say = (line: string) => process.stdout.write(`  ${line}\n`);

beforeAll(async () => {
  cluster = await openCluster();
}, 180_000);
afterAll(async () => {
  await cluster?.close();
  for (const server of replacements) await server.stop();
}, 60_000);

async function buy(run: string, seconds: number): Promise<Sample[]> {
  const samples = await offerPurchases({ ...cluster, run, manners: persistent }, rate, seconds);
  all.push(...samples);
  return samples;
}

test('both processes tell that the loss of one database is survived', async () => {
  const told = await Promise.all([cluster.health(0), cluster.health(1)]);
  expect(told.map((h) => [h.status, h.profile])).toEqual([
    [200, 'C'],
    [200, 'C'],
  ]);
  expect(told[0]?.settings['standby second']).toMatch(/^sync, /);
});

test('the primary is killed under load: nothing that was acknowledged is lost, and it goes on by itself', async () => {
  const buying = buy('failover', 14);
  await pause(4_000);
  const killedAtMs = performance.now();
  await cluster.primary.kill();
  await pause(doubtMs);
  await cluster.on(cluster.standby, (db) => db.query('select pg_promote(true, 30)'));
  const promotedAtMs = performance.now();
  const samples = await buying;
  say(lineOf('across the fail-over', figuresOf(samples)));
  const first = Math.min(
    ...samples.filter((s) => s.end === 'captured' && s.endAtMs > killedAtMs).map((s) => s.endAtMs),
  );
  const after = samples.filter((s) => s.dueAtMs > killedAtMs);
  const back = recoveredAfter(bySecond(after, goodMs), 0.9, 2);
  say(
    `killed; promoted after ${((promotedAtMs - killedAtMs) / 1000).toFixed(1)} s, first purchase after ${((first - killedAtMs) / 1000).toFixed(1)} s, back to normal after ${back ?? '–'} s`,
  );
  expect(back).not.toBeNull();
  // Nobody is left without an answer, and no answer is a fault of ours.
  expect(
    Object.keys(figuresOf(samples).ends).filter((end) => !/^(captured|unknown|reversed)$/.test(end)),
  ).toEqual([]);
});

test('the processes tell that there is no standby now, and that there is one again when it has joined', async () => {
  await until(async () => (await cluster.health(0)).profile === 'B', 10_000, 'the truth');
  const third = await startPrivatePostgres({ standby: { of: cluster.standby, name: 'third' } });
  replacements.push(third);
  await waitFor(cluster.standby, 'third');
  expect((await cluster.health(1)).profile).toBe('C');
});

test('one of the two processes is killed under load: the other carries on', async () => {
  const buying = buy('process', 6);
  await pause(2_000);
  cluster.networks[1]?.kill('SIGKILL');
  const samples = await buying;
  say(lineOf('across the death of a process', figuresOf(samples)));
  expect(figuresOf(samples).share).toBeGreaterThan(0.5);
  expect(
    Object.keys(figuresOf(samples).ends).filter(
      (end) => !/^(captured|unknown|reversed|refused 409)/.test(end),
    ),
  ).toEqual([]);
});

test('everything that anybody was told is on the new primary, and the books are right', async () => {
  const open = `select count(*)::int as open from payments.payment where state in ('processing', 'unknown')`;
  await cluster.on(cluster.standby, async (db) => {
    await until(
      async () => (await db.query<{ open: number }>(open)).rows[0]?.open === 0,
      settleMsMax,
      'the end',
    );
    const made = new Set(all.flatMap((s) => (s.id === null ? [] : [toUuid(s.id)])));
    const paid = new Set(all.filter((s) => s.end === 'captured').map((s) => toUuid(s.id as string)));
    const { rows } = await db.query<{ id: string; state: string }>(
      'select id, state from payments.payment where id = any($1::uuid[])',
      [[...made]],
    );
    const captured = new Set(rows.filter((r) => r.state === 'captured').map((r) => r.id));
    const lost = [...made].filter((id) => !rows.some((r) => r.id === id));
    const unpaid = [...paid].filter((id) => !captured.has(id));
    say(`${made.size} orders and ${paid.size} payments acknowledged, ${lost.length + unpaid.length} lost`);
    expect(made.size).toBeGreaterThan(rate * 10);
    expect([lost, unpaid]).toEqual([[], []]);
  });
  const audit = cluster.audit();
  expect(audit.code, audit.said).toBe(0);
});

const toUuid = (id: string): string =>
  id.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
