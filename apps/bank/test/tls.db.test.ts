import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, test } from 'vitest';
import { parseBankConfig, runBankProcess, sandboxBanks } from '../src/index.ts';

const path = (name: string) => join(import.meta.dirname, 'fixtures', name);
const file = (name: string) => readFileSync(path(name), 'utf8');
const ca = file('ca.cert.pem');
const identity = (who: string) => ({ key: file(`${who}.key.pem`), cert: file(`${who}.cert.pem`) });

/** Resolves with the authorised peer's name, or with why there is none. */
async function handshake(port: number, who: string | null): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca, ...(who ? identity(who) : {}) });
  const failed = once(socket, 'error').then(([error]) => `refused: ${(error as Error).message}`);
  const closed = once(socket, 'close').then(() => 'refused: closed');
  // TLS 1.3 ends the client's handshake before the server has judged its certificate: an echo must come through.
  const judged = once(socket, 'secureConnect').then(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return socket.destroyed ? new Promise<string>(() => undefined) : 'accepted';
  });
  const result = await Promise.race([failed, closed, judged]);
  socket.destroy();
  return result;
}

function health(port: number, who: string | null): Promise<number | string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/health', ca, ...(who ? identity(who) : {}) };
    const asked = request(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (error) => resolve(`refused: ${error.message}`));
    asked.end();
  });
}

test('as a process of its own, with mutual TLS, it lets in the network and nobody else', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'feiqian-bank-'));
  const sandbox = sandboxBanks[2]?.settings as (typeof sandboxBanks)[number]['settings'];
  const tls = { keyFile: path('bank.key.pem'), certFile: path('bank.cert.pem'), caFile: path('ca.cert.pem') };
  const parsed = parseBankConfig({
    id: sandbox.id,
    name: sandbox.name,
    nameEn: sandbox.nameEn,
    bins: sandbox.bins,
    iso: { port: 0, tls },
    api: { port: 0, key: sandbox.apiKey, tls },
    profile: 'feiqianAscii',
    zoneKey: sandbox.zoneKeyHex,
    macKey: sandbox.macKeyHex,
    dataKey: sandbox.dataKeyHex,
    timeZone: sandbox.timeZone,
    database: { directory: join(directory, 'data') },
    sandbox: true,
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  const bank = await runBankProcess(parsed.config);
  try {
    expect(await handshake(bank.isoPort, 'network')).toBe('accepted');
    expect(await handshake(bank.isoPort, 'stranger')).toMatch(/^refused/);
    expect(await handshake(bank.isoPort, null)).toMatch(/^refused/);
    expect(await health(bank.apiPort, 'network')).toBe(200);
    expect(await health(bank.apiPort, 'stranger')).toMatch(/^refused/);
    expect(await health(bank.apiPort, null)).toMatch(/^refused/);
  } finally {
    await bank.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
