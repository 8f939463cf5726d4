import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxBanks } from '@feiqian/app-bank';
import {
  type BankStub,
  freePorts,
  LoadClient,
  type Prepared,
  prepareLoad,
  signedPay,
  startBankStub,
  startProcess,
  stopProcess,
} from '@feiqian/app-bench';
import { openEngine, parseConfig } from '@feiqian/app-network';
import { startPrivatePostgres } from '@feiqian/testkit';
import { expect, test } from 'vitest';

/*
 * The network is killed with SIGKILL in the moment in which a bank has approved and nothing is committed yet, again and
 * again under load, also while it recovers. Afterwards each payment is paid once or reversed, every answer a client
 * saw is true, the bank and the network agree, and the auditor finds nothing.
 */

const kills = 5;
const inFlight = 24;
const settleMsMax = 60_000;
const command = [process.execPath, 'dist/feiqian.mjs'];

interface Bank {
  stubs: BankStub[];
  /** Retrieval references that the bank approved, and those it was told to undo. */
  approved: Set<string>;
  reversed: Set<string>;
  /** Called right after an approval was written to the network. */
  onApproval: () => void;
}

async function openBank(isoPort: number): Promise<Bank> {
  const bank: Bank = { stubs: [], approved: new Set(), reversed: new Set(), onApproval: () => undefined };
  for (const [i, { settings }] of sandboxBanks.entries()) {
    const stub = await startBankStub(
      settings,
      isoPort + i,
      () => 0,
      (request) => {
        const rrn = String(request.fields[37] ?? '');
        if (request.mti === '0200') {
          bank.approved.add(rrn);
          bank.onApproval();
        } else if (request.mti === '0420' || request.mti === '0421') bank.reversed.add(rrn);
      },
    );
    bank.stubs.push(stub);
  }
  return bank;
}

/** Buys until the process dies; what clients were told goes into `told` by payment id. */
async function buyUntilDeath(
  port: number,
  prepared: Prepared,
  told: Map<string, string>,
  run: string,
): Promise<void> {
  const client = new LoadClient(port, inFlight);
  let n = 0;
  let alive = true;
  async function one(): Promise<void> {
    while (alive) {
      const i = n++;
      const shop = prepared.merchants[i % prepared.merchants.length];
      const shopper = prepared.shoppers[(i * 7) % prepared.shoppers.length] as Prepared['shoppers'][number];
      const head = (method: string, token: string | undefined, key: string) =>
        `POST ${method} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\nidempotency-key: ${run}-${key}-${i}\r\n`;
      try {
        const made = await client.send(
          head('/v1/payments', shop?.key, 'c'),
          `{"amount":1800,"currency":"CNY","store_id":"${shop?.storeId}"}`,
        );
        const id = (JSON.parse(made.body) as { id: string }).id;
        const paid = await signedPay(client, shopper, shopper.cardId, id, `${run}-p-${i}`);
        if (paid.status === 200) told.set(id, (JSON.parse(paid.body) as { state: string }).state);
      } catch {
        alive = false;
      }
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one));
  client.close();
}

function died(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function killRepeatedly(databaseUrl: string | null): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'feiqian-crash-'));
  const isoPort = await freePorts(sandboxBanks.length);
  const env: Record<string, string> = {
    PORT: String(await freePorts(1)),
    FEIQIAN_DATA_DIR: dir,
    FEIQIAN_BANK_ISO_PORT: String(isoPort),
    FEIQIAN_BANK_API_PORT: String(await freePorts(sandboxBanks.length)),
    FEIQIAN_WITH_BANKS: 'false',
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  };
  const bank = await openBank(isoPort);
  try {
    await stopProcess(await startProcess(command, env));
    const prepared = await inDatabase(env, (db, config) => prepareLoad(config, db, 4));
    const told = new Map<string, string>();
    for (let kill = 0; kill < kills; kill++) {
      const network = await startProcess(command, env);
      let left = 5 + kill * 11;
      bank.onApproval = () => {
        left -= 1;
        if (left === 0) network.kill('SIGKILL');
      };
      await Promise.all([died(network), buyUntilDeath(Number(env.PORT), prepared, told, `k${kill}`)]);
    }
    bank.onApproval = () => undefined;
    const last = await startProcess(command, env);
    await settled(Number(env.PORT));
    await stopProcess(last);
    await compare(env, bank, told);
    execFileSync(command[0] as string, [...command.slice(1), 'audit', '--quiet'], {
      env: { ...process.env, ...env },
    });
  } finally {
    for (const stub of bank.stubs) stub.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

type Opened = Awaited<ReturnType<typeof openEngine>>;

async function inDatabase<T>(
  env: Record<string, string>,
  work: (db: Opened['db'], config: Parameters<typeof openEngine>[0]) => Promise<T>,
): Promise<T> {
  const parsed = parseConfig(env);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const engine = await openEngine(parsed.config);
  try {
    return await work(engine.db, parsed.config);
  } finally {
    await engine.close();
  }
}

/** Waits until the console knows of no payment whose outcome is open. */
async function settled(port: number): Promise<void> {
  const base = `http://127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  const session = await fetch(`${base}/v1/console/sessions`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ username: 'operator', password: 'yunzhou' }),
  });
  const { token } = (await session.json()) as { token: string };
  const open = async (state: string) => {
    const answer = await fetch(`${base}/v1/console/payments?state=${state}&limit=1`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { data: unknown[] }).data.length;
  };
  const until = Date.now() + settleMsMax;
  while ((await open('processing')) + (await open('unknown')) > 0) {
    if (Date.now() > until) throw new Error('payments are still open');
    await new Promise((r) => setTimeout(r, 500));
  }
}

async function compare(env: Record<string, string>, bank: Bank, told: Map<string, string>): Promise<void> {
  const rows = await inDatabase(env, async (db) => {
    const found = await db.query<{ id: string; state: string; rrn: string | null }>(
      'select id, state, rrn from payments.payment',
    );
    return found.rows;
  });
  const byRrn = new Map(rows.filter((r) => r.rrn !== null).map((r) => [r.rrn as string, r.state]));
  const wrong = [...bank.approved].filter((rrn) =>
    bank.reversed.has(rrn) ? byRrn.get(rrn) !== 'reversed' : byRrn.get(rrn) !== 'captured',
  );
  expect(wrong).toEqual([]);
  const stateOf = new Map(rows.map((r) => [`pay_${r.id.replaceAll('-', '')}`, r.state]));
  const untrue = [...told].filter(([id, state]) => state === 'captured' && stateOf.get(id) !== 'captured');
  expect(untrue).toEqual([]);
  expect(bank.approved.size).toBeGreaterThan(kills);
  expect([...byRrn.values()].filter((s) => s === 'reversed').length).toBeGreaterThan(0);
}

/** Set by `npm test -- --postgres`: each run kills on one engine, and both are run. */
const onPostgres = process.env.TEST_DATABASE_URL !== undefined;

test.runIf(!onPostgres)(
  'killed between approval and commit on the embedded engine, every payment is paid once or reversed',
  () => killRepeatedly(null),
  300_000,
);

test.runIf(onPostgres)(
  'killed between approval and commit on PostgreSQL, every payment is paid once or reversed',
  async () => {
    // A server of its own: the network is killed in the middle of its work on it.
    const server = await startPrivatePostgres();
    try {
      await killRepeatedly(server.url);
    } finally {
      await server.stop();
    }
  },
  300_000,
);
