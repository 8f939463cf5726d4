import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Payment, Sandbox } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Caller, done } from '../support/caller.ts';
import { layOutCity } from '../support/city.ts';
import { buildCity } from '../support/network.ts';
import { type NetworkProcess, runCommand, settings, startProcess } from '../support/process.ts';

/** One data directory has one process: two would both believe their writes, and half of them would be lost. */
describe.skipIf(process.env.TEST_DATABASE_URL)('a data directory', () => {
  let dir: string;
  let env: Record<string, string>;
  let holder: NetworkProcess;
  const paid: string[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'feiqian-instances-'));
    await layOutCity(dir, buildCity);
    env = await settings({ FEIQIAN_DATA_DIR: dir });
    holder = await startProcess(env);
  });
  afterAll(async () => {
    await holder?.end('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  /** Creates a payment and gives its id. */
  async function order(): Promise<string> {
    const anyone = new Caller(holder.url, null);
    const { demo_key } = await done(anyone.get<Sandbox>('/v1/sandbox'));
    const body = { amount: 100, currency: 'CNY', store_id: demo_key.store_id };
    return (await done(anyone.as(demo_key.secret).post<Payment>('/v1/payments', body))).id;
  }

  test('refuses a second process with a sentence that names the first', async () => {
    paid.push(await order());
    const second = runCommand(['start'], { ...env, ...(await settings({ FEIQIAN_DATA_DIR: dir })) });
    expect(second.code).not.toBe(0);
    expect(second.said).toContain(`is in use by process ${holder.pid} since `);
    expect(second.said).toContain('FEIQIAN_DATA_DIR');
    expect(second.said).not.toMatch(/ at .*:\d+:\d+/);
    paid.push(await order());
  });

  test('refuses the auditor as well while it is in use', () => {
    const audit = runCommand(['audit'], env);
    expect(audit.code).toBe(2);
    expect(audit.said).toContain(`is in use by process ${holder.pid} since `);
  });

  test('opens at once after its process was killed, with everything that was acknowledged', async () => {
    paid.push(...(await Promise.all(Array.from({ length: 20 }, order))));
    await holder.end('SIGKILL');
    expect(readFileSync(join(dir, 'feiqian.lock'), 'utf8')).toContain(`"pid":${holder.pid}`);
    holder = await startProcess(env);
    const anyone = new Caller(holder.url, null);
    const { demo_key } = await done(anyone.get<Sandbox>('/v1/sandbox'));
    const merchant = anyone.as(demo_key.secret);
    for (const id of paid)
      expect((await done(merchant.get<Payment>(`/v1/payments/${id}`))).state).toBe('created');
  });

  test('is left free and right by a process that was asked to stop', async () => {
    await holder.end('SIGTERM');
    expect(holder.child.exitCode).toBe(0);
    const audit = runCommand(['audit'], env);
    expect([audit.code, audit.said]).toEqual([0, expect.stringContaining('The books are right')]);
    holder = await startProcess(env);
  });
});
