import { bankSchemas, sandboxBanks } from '@feiqian/app-bank';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { chanceOf, often, seed } from '../support/chance.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { type Operation, operationsOf } from '../support/openapi.ts';
import { until } from '../support/until.ts';
import { type Case, casesOf } from './cases.ts';
import { placesOf, untried } from './coverage.ts';
import { judge } from './judge.ts';
import { grownMb } from './memory.ts';
import { buildScene, type Scene } from './scene.ts';
import { hangUp, send } from './send.ts';

/*
 * Requests made from the document that the server publishes: what it allows, and everything one mutation away from
 * that, for every route and every field. Each answer must be one that the document tells, in its status, its type, its
 * code and its form; what the document forbids must be refused for its form, and change nothing.
 */

/** Requests under way at once. */
const lanes = 8;
const failuresShown = 25;
/** What the heap may have grown by after as many requests again. */
const growthMbMax = 6;
const noticesMsMax = 30_000;

let net: TestNetwork;
let scene: Scene;
let operations: Operation[];
beforeAll(async () => {
  net = await startTestNetwork();
  operations = await operationsOf(net.anyone);
  scene = await buildScene(net);
});
afterAll(async () => {
  hangUp();
  await net?.stop();
});

/** All cases of all operations, in an order by chance. */
async function drawCases(round: number): Promise<Case[]> {
  const cases: Case[] = [];
  for (const operation of operations) {
    const chance = chanceOf(`${operation.name} ${round}`);
    cases.push(...casesOf(operation, await scene.settingOf(operation), chance));
  }
  return chanceOf(`order ${round}`).shuffled(cases);
}

/** Sends them, some beside each other; gives what is wrong with the answers. */
async function sendAll(cases: readonly Case[]): Promise<string[]> {
  const wrong: string[] = [];
  let next = 0;
  const lane = async () => {
    for (let i = next++; i < cases.length; i = next++) {
      const one = cases[i] as Case;
      const sent = await readyToSend(one);
      try {
        const problem = judge(one, await send(net.url, sent));
        if (problem !== null) wrong.push(problem);
      } catch (error) {
        wrong.push(`${one.operation.name} ${one.what}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return wrong;
}

/** Signed by its device; and a route that ends the session it is called with gets one of its own each time. */
async function readyToSend({ operation, kind, sent, sign }: Case): Promise<Case['sent']> {
  if (kind !== 'stranger' && operation.path.endsWith('/current')) {
    const { token } = await scene.settingOf(operation);
    return { ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } };
  }
  const signed = operation.parameters.some((p) => p.name === 'Device-Signature');
  return sign && signed ? { ...sent, headers: { ...sent.headers, ...sign(sent) } } : sent;
}

const shown = (wrong: readonly string[]) => [
  ...wrong.slice(0, failuresShown),
  ...(wrong.length > failuresShown ? [`and ${wrong.length - failuresShown} more`] : []),
];

/** Rows of every table that a request can write to. */
async function rowCounts(): Promise<Record<string, bigint>> {
  const { rows } = await net.network.db.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('payments', 'ledger', 'outbox', 'idempotency', 'tokens', 'wallets', 'merchants', 'members')
       and table_type = 'BASE TABLE' order by 1`,
  );
  const counts: Record<string, bigint> = {};
  for (const { name } of rows)
    counts[name] =
      (await net.network.db.query<{ n: bigint }>(`select count(*) as n from ${name}`)).rows[0]?.n ?? 0n;
  return counts;
}

/** That no bank has a notice left to send. */
async function allNoticesTold(): Promise<boolean> {
  for (const bank of sandboxBanks) {
    const { notices } = bankSchemas(bank.settings.id);
    const { rows } = await net.network.db.query(
      `select 1 from ${notices}.notice where acknowledged_at is null limit 1`,
    );
    if (rows.length > 0) return false;
  }
  return true;
}

describe(`requests drawn with seed ${seed}`, () => {
  test('that the document forbids are refused for their form and change nothing', {
    timeout: 600_000,
  }, async () => {
    const drawn = await drawCases(0);
    const places = operations.flatMap(placesOf).length;
    process.stdout.write(`${operations.length} routes, ${places} places in them, ${drawn.length} requests\n`);
    expect(untried(operations, drawn)).toEqual([]);
    const cases = drawn.filter((c) => c.kind === 'invalid' || c.kind === 'stranger');
    expect(cases.length).toBeGreaterThan(2_000);
    // What the scene's purchases let the banks tell comes by itself, and is no consequence of these requests.
    await until(allNoticesTold, noticesMsMax, 'the last notice of the banks');
    const before = await rowCounts();
    expect(shown(await sendAll(cases))).toEqual([]);
    expect(await rowCounts()).toEqual(before);
  });

  test('of every kind are answered as documented, and take no memory that stays', {
    timeout: 3_600_000,
  }, async () => {
    const grown = await grownMb(often(1) + 1, async (round) => {
      expect(shown(await sendAll(await drawCases(round)))).toEqual([]);
    });
    expect(grown).toBeLessThan(growthMbMax);
  });
});

describe('an address', () => {
  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'];
  test('takes no method that is not documented', async () => {
    const wrong: string[] = [];
    for (const path of new Set(operations.map((o) => o.path))) {
      const documented = operations.filter((o) => o.path === path).map((o) => o.method);
      for (const method of methods.filter((m) => !documented.includes(m))) {
        const heard = await send(net.url, { method, path, headers: { host: 'x' }, body: null }).catch(String);
        if (typeof heard === 'string' || ![400, 404, 405].includes(heard.status))
          wrong.push(`${method} ${path}: ${typeof heard === 'string' ? heard : heard.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('nothing failed, nothing was logged as an error, and the books are right', async () => {
  // Links may have been signed off: a bank that is told nothing acknowledges nothing.
  for (const { memberId } of net.network.links.states()) await net.network.links.signOn(memberId);
  expect(net.logs).toEqual([]);
  expect(await differences(net.network.db)).toEqual([]);
});
