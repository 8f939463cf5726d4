import { feiqianBcd } from '@feiqian/iso8583';
import { expect, test } from 'vitest';
import { parseBankConfig } from './config.ts';
import { sandboxBanks } from './sandbox.ts';

const good = {
  id: 'yunzhou',
  name: '云州银行',
  nameEn: 'Bank of Yunzhou',
  bins: ['915600'],
  iso: { port: 8601 },
  api: { port: 8701, key: 'k'.repeat(32) },
  profile: 'feiqianBcd',
  zoneKey: '0f'.repeat(16),
  macKey: '1e'.repeat(16),
  dataKey: '2d'.repeat(32),
  timeZone: 'Asia/Shanghai',
  database: 'postgres://localhost/bank',
};
const problems = (change: object): string[] => {
  const parsed = parseBankConfig({ ...good, ...change });
  return parsed.ok ? [] : parsed.problems;
};

test('a configuration is read whole, on loopback unless it says otherwise', () => {
  const parsed = parseBankConfig(good);
  expect(parsed.ok && parsed.config.settings).toMatchObject({
    isoHost: '127.0.0.1',
    profile: feiqianBcd,
    lateAnswerMs: 13_000,
  });
  expect(parsed.ok && parsed.config.database).toEqual({ url: good.database });
});

test('all problems are named at once, each with its place', () => {
  const found = problems({ id: 'Yun Zhou', zoneKey: 'short', iso: { port: 99_999, tsl: {} }, colour: 'red' });
  expect(found).toHaveLength(5);
  for (const place of ['id:', 'zoneKey:', 'iso.port:', 'iso: unknown tsl', 'configuration: unknown colour']) {
    expect(found.some((p) => p.startsWith(place))).toBe(true);
  }
});

test('an unknown profile or time zone is refused', () => {
  expect(problems({ profile: 'toString' })).toEqual(['profile: there is no built-in profile toString']);
  expect(problems({ profile: { name: 'own' } })[0]).toMatch(/^profile: /);
  expect(problems({ profile: { name: 'own', extends: 'feiqianBcd' } })).toEqual([]);
  expect(problems({ timeZone: 'Asia/Yunzhou' })).toEqual(['timeZone: not an IANA time zone']);
});

test('a host that others can reach needs TLS', () => {
  expect(problems({ iso: { port: 1, host: '0.0.0.0' } })).toEqual([
    'iso: a host that others can reach needs tls',
  ]);
  const tls = { keyFile: 'a', certFile: 'b', caFile: 'c' };
  expect(problems({ iso: { port: 1, host: '0.0.0.0', tls } })).toEqual([]);
});

test('published keys are refused outside the sandbox, and are not repeated in the refusal', () => {
  const { settings } = sandboxBanks[1] as (typeof sandboxBanks)[number];
  const change = { zoneKey: settings.zoneKeyHex.toUpperCase(), api: { port: 1, key: settings.apiKey } };
  const found = problems(change);
  expect(found).toEqual([
    'zoneKey: this is a published key of the sandbox',
    'api.key: this is a published key of the sandbox',
  ]);
  expect(problems({ ...change, sandbox: true })).toEqual([]);
  expect(problems({ id: 'other', sandbox: true })).toHaveLength(1);
});
