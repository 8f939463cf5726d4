import { manualClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds, secureRandom } from '@feiqian/ids';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createMembers,
  type MemberInput,
  type Members,
  membersMigrations,
  positionAccountId,
} from '../src/index.ts';

const clock = manualClock();
const ids = createIds(() => clock.now());
const opened: string[] = [];
const changes: string[] = [];
let db: Db;
let members: Members;
let n = 0;

const sealer = createKeystore(parseKeyRing(`1:${'11'.repeat(32)}`), new Uint8Array(32), secureRandom);

function register(): Members {
  return createMembers({
    db,
    clock,
    ids,
    sealer,
    openAccount: async (_tx, account) => {
      opened.push(account.accountId);
    },
    onChange: async (_tx, change) => {
      changes.push(`${change.type} ${change.member.code}`);
    },
  });
}

function bank(overrides: Partial<MemberInput> = {}): MemberInput {
  n += 1;
  return {
    code: `bank${n}`,
    institution: String(1_000_000 + n),
    name: '云州银行',
    nameEn: 'Bank of Yunzhou',
    colour: '#1a4fa0',
    roles: ['issuer'],
    link: { host: '127.0.0.1', port: 8601, profile: 'feiqian' },
    bankApi: { baseUrl: 'http://127.0.0.1:8701' },
    ...overrides,
  };
}

async function created(input: MemberInput = bank()) {
  const outcome = await members.create(input);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.member;
}

beforeAll(async () => {
  db = await testDatabase([membersMigrations]);
});
afterAll(() => db.close());
beforeEach(async () => {
  members = register();
  await members.reload();
});

test('a member is stored with its defaults and found by id and by code', async () => {
  const member = await created();
  expect(member.link).toMatchObject({ waitMs: 9_000, inFlightMax: 5_000, echoMs: 30_000, tls: null });
  const other = register();
  await other.reload();
  expect(other.get(member.id)).toEqual(member);
  expect(other.byCode(member.code)).toEqual(member);
  expect(changes).toContain(`member.created ${member.code}`);
});

test('a taken code, a taken institution number and a malformed description are refused', async () => {
  const member = await created();
  expect(await members.create(bank({ code: member.code }))).toEqual({ ok: false, code: 'code_taken' });
  expect(await members.create(bank({ institution: member.institution }))).toEqual({
    ok: false,
    code: 'code_taken',
  });
  const outcome = await members.create(
    bank({
      code: 'No Spaces',
      roles: [],
      link: { host: '', port: 0, profile: 'x' },
      bankApi: { baseUrl: 'ftp://x' },
    }),
  );
  expect(outcome.ok === false && outcome.code === 'invalid' && outcome.problems.map((p) => p.path)).toEqual([
    'code',
    'roles',
    'link.host',
    'link.port',
    'bankApi.baseUrl',
  ]);
});

test('a link may not wait longer than its callers', async () => {
  const member = await created();
  const link = { host: 'bank', port: 1, profile: 'feiqian', waitMs: 10_001 };
  expect(await members.update(member.id, { link })).toMatchObject({ ok: false, code: 'invalid' });
  expect(members.get(member.id)?.link?.waitMs).toBe(9_000);
});

test('a change made by one process is seen by another after its next check', async () => {
  const member = await created();
  const other = register();
  await other.reload();
  await members.setStatus(member.id, 'suspended');
  expect(other.get(member.id)?.status).toBe('active');
  let told = 0;
  other.onReload(() => {
    told += 1;
  });
  expect(await other.reload()).toBe(true);
  expect(await other.reload()).toBe(false);
  expect(told).toBe(1);
  expect(other.get(member.id)?.status).toBe('suspended');
  expect(await members.setStatus(ids.uuid(), 'active')).toEqual({ ok: false, code: 'not_found' });
});

test('card numbers lead to the issuer of the longest range; clashing ranges are refused', async () => {
  const wide = await created();
  const narrow = await created();
  const shop = await created(bank({ roles: ['acquirer'], link: null, bankApi: null }));
  const add = (memberId: string, low: string) =>
    members.addRange({ memberId, low, high: low, product: 'debit' });
  expect(await add(wide.id, '915600')).toMatchObject({ ok: true });
  expect(await add(narrow.id, '91560077')).toMatchObject({ ok: true });
  expect(await add(narrow.id, '915600')).toEqual({ ok: false, code: 'overlaps' });
  expect(await add(shop.id, '915601')).toEqual({ ok: false, code: 'not_an_issuer' });
  expect(await add(ids.uuid(), '915601')).toEqual({ ok: false, code: 'not_found' });
  expect(members.routeByPan('9156001234567890')?.member.id).toBe(wide.id);
  expect(members.routeByPan('9156007734567890')?.member.id).toBe(narrow.id);
  expect(members.routeByPan('9156990000000000')).toBeNull();
  const range = members.ranges(narrow.id)[0];
  expect(await members.removeRange(range?.id ?? '')).toBe(true);
  expect(members.routeByPan('9156007734567890')?.member.id).toBe(wide.id);
});

test('of two equal ranges added at the same time one is stored', async () => {
  const member = await created();
  const add = () =>
    members.addRange({ memberId: member.id, low: '915650', high: '915659', product: 'credit' });
  const outcomes = await Promise.all([add(), add(), add(), add()]);
  expect(outcomes.filter((o) => o.ok)).toHaveLength(1);
});

test('a position has one account however often it is opened', async () => {
  const member = await created();
  expect(() => members.positionAccount(member.id, 'CNY')).toThrow(/no position/);
  const account = await members.openPosition(member.id, 'CNY');
  expect(await members.openPosition(member.id, 'CNY')).toBe(account);
  expect(account).toBe(positionAccountId(member.id, 'CNY'));
  expect(members.positionAccount(member.id, 'CNY')).toBe(account);
  expect(await members.openPosition(member.id, 'USD')).not.toBe(account);
  expect(opened).toContain(account);
});

test('a secret is stored sealed for its member and name, and replaced only over the version seen', async () => {
  const one = await created();
  const two = await created();
  const key = new Uint8Array([1, 2, 3, 255]);
  await members.setSecret(one.id, 'zone_key', key);
  expect(await members.openSecret(one.id, 'zone_key')).toMatchObject({ version: 1 });
  expect([...((await members.openSecret(one.id, 'zone_key'))?.bytes ?? [])]).toEqual([...key]);
  expect(await members.openSecret(two.id, 'zone_key')).toBeNull();
  expect(await members.replaceSecret(one.id, 'zone_key', new Uint8Array([9]), 1)).toBe(true);
  expect(await members.replaceSecret(one.id, 'zone_key', new Uint8Array([8]), 1)).toBe(false);
  expect(await members.replaceSecret(one.id, 'zone_key', new Uint8Array([8]), 0)).toBe(false);
  expect((await members.openSecret(one.id, 'zone_key'))?.bytes[0]).toBe(9);
  await db.query(
    `insert into members.secret (member_id, name, version, sealed, updated_at)
     select $1, name, version, sealed, updated_at from members.secret where member_id = $2`,
    [two.id, one.id],
  );
  await expect(members.openSecret(two.id, 'zone_key')).rejects.toThrow();
});
