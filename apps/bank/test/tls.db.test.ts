import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { applyMac, frameMessage } from '@feiqian/iso8583';
import { expect, test } from 'vitest';
import { type BankSettings, parseBankConfig, runBankProcess, sandboxBanks } from '../src/index.ts';
import { networkMessage } from './iso-client.ts';

const path = (name: string) => join(import.meta.dirname, 'fixtures', name);
const file = (name: string) => readFileSync(path(name), 'utf8');
const ca = file('ca.cert.pem');
const identity = (who: string) => ({ key: file(`${who}.key.pem`), cert: file(`${who}.cert.pem`) });

/** Whether an echo test is answered: TLS 1.3 ends the client's handshake before the server judges its certificate. */
async function echo(settings: BankSettings, port: number, who: string | null): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca, ...(who ? identity(who) : {}) });
  const failed = once(socket, 'error').then(([error]) => `refused: ${(error as Error).message}`);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('refused: closed')));
  const answered = new Promise<string>((resolve) => socket.once('data', () => resolve('answered')));
  const key = Buffer.from(settings.macKeyHex, 'hex');
  const message = applyMac(settings.profile, networkMessage('301', '000001'), key);
  socket.write(frameMessage(settings.profile, message));
  const result = await Promise.race([failed, closed, answered]);
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
    expect(await echo(parsed.config.settings, bank.isoPort, 'network')).toBe('answered');
    expect(await echo(parsed.config.settings, bank.isoPort, 'stranger')).toMatch(/^refused/);
    expect(await echo(parsed.config.settings, bank.isoPort, null)).toMatch(/^refused/);
    expect(await health(bank.apiPort, 'network')).toBe(200);
    expect(await health(bank.apiPort, 'stranger')).toMatch(/^refused/);
    expect(await health(bank.apiPort, null)).toMatch(/^refused/);
  } finally {
    await bank.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
