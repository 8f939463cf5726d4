import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feiqianAscii } from '@feiqian/iso8583';
import { afterAll, afterEach, expect, test } from 'vitest';
import type { Links } from '../src/index.ts';
import { type FakeBank, startFakeBank } from './fake-bank.ts';
import { fakeRegister, ids, linksOver, macKey, purchase, until } from './setting.ts';

const openssl = (() => {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL');
  } catch {
    return false;
  }
})();

const folder = mkdtempSync(join(tmpdir(), 'feiqian-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const pem = (name: string) => readFileSync(at(name), 'utf8');

const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority, valid for a day. */
function authority(name: string): void {
  const out = ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)];
  execFileSync('openssl', ['req', '-x509', ...elliptic, ...out, '-days', '1', '-subj', `/CN=${name}`], {
    stdio: 'ignore',
  });
}

/** A certificate of an authority for a name. */
function certificate(name: string, by: string): void {
  const out = ['-keyout', at(`${name}.key`), '-out', at(`${name}.csr`)];
  execFileSync('openssl', ['req', ...elliptic, ...out, '-subj', `/CN=${name}`], { stdio: 'ignore' });
  writeFileSync(at('extensions'), `subjectAltName=DNS:${name}\n`);
  const sign = ['-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-CAcreateserial', '-days', '1'];
  const files = ['-in', at(`${name}.csr`), '-out', at(`${name}.pem`), '-extfile', at('extensions')];
  execFileSync('openssl', ['x509', '-req', ...sign, ...files], { stdio: 'ignore' });
}

let bank: FakeBank | undefined;
let links: Links | undefined;
afterEach(async () => {
  await links?.stop();
  await bank?.close();
});

async function connect(client: string, serverName: string) {
  bank = await startFakeBank({
    profile: feiqianAscii,
    macKey,
    tls: { key: pem('bank.test.key'), cert: pem('bank.test.pem'), ca: pem('authority.pem') },
  });
  const id = ids.uuid();
  const tls = { caPem: pem('authority.pem'), serverName, certificatePem: pem(`${client}.pem`) };
  const { register, secrets } = fakeRegister([{ id, port: bank.port, link: { tls } }]);
  secrets.set(`${id}/tls_key`, { version: 1, bytes: Buffer.from(pem(`${client}.key`)) });
  const setting = linksOver(register);
  links = setting.links;
  await links.start();
  return { ...setting, id };
}

test.skipIf(!openssl)('a link under mutual TLS asks both sides for their certificates', async () => {
  authority('authority');
  authority('stranger');
  certificate('bank.test', 'authority');
  certificate('network.test', 'authority');
  certificate('impostor.test', 'stranger');

  const right = await connect('network.test', 'bank.test');
  await until(() => right.links.isUp(right.id), 'the sign-on');
  expect(right.links.states()[0]?.tls).toBe(true);
  expect(await right.links.send(right.id, purchase())).toMatchObject({
    kind: 'answered',
    responseCode: '00',
  });
  await right.links.stop();
  await bank?.close();

  const wrongName = await connect('network.test', 'other.test');
  await until(() => wrongName.links.states()[0]?.lastError !== null, 'the refusal of the name');
  expect(wrongName.links.states()[0]?.lastError).toMatch(/altnames/);
  await wrongName.links.stop();
  await bank?.close();

  const impostor = await connect('impostor.test', 'bank.test');
  await until(() => impostor.links.states()[0]?.lastError !== null, 'the refusal of the certificate');
  expect(bank?.management).toEqual([]);
});
