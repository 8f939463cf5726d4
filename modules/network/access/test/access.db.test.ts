import { type ManualClock, manualClock } from '@feiqian/clock';
import { createIds } from '@feiqian/ids';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Access, accessMigrations, createAccess, type Principal, sessionMs } from '../src/index.ts';

let db: TestDatabase;
let clock: ManualClock;
let access: Access;
const sent: string[] = [];

/** Access as one process has it. */
function open(): Access {
  return createAccess({
    db,
    clock,
    ids: createIds(clock.now),
    seal: (_, plain) => plain,
    open: (_, sealed) => sealed,
    keyedHash: (purpose, text) => Buffer.from(`${purpose} ${text}`),
    sendCode: async (mobile, code) => void sent.push(`${mobile} ${code}`),
    fixedCode: null,
  });
}
const ids = createIds(() => 1_767_574_800_000);
const merchantId = ids.uuid();
const keyOf = (merchant = merchantId): Principal => ({ kind: 'merchant_key', merchantId: merchant });

beforeAll(async () => {
  db = await testDatabase([accessMigrations]);
  clock = manualClock();
  access = open();
});
afterAll(() => db.close());

describe('a credential', () => {
  test('is known by its secret, of which only a hash and a readable start are kept', async () => {
    const made = await access.issue(db, keyOf(), 'server', merchantId);
    expect(made.secret).toMatch(/^fqsk_[A-Za-z0-9_-]{43}$/);
    expect(made.prefix).toBe(made.secret.slice(0, 12));
    expect(await access.identify(made.secret)).toEqual({
      principal: keyOf(),
      credentialId: made.id,
      requestKey: null,
    });
    const { rows } = await db.query<{ text: string }>(
      'select c::text as text from access.credential c where id = $1',
      [made.id],
    );
    const text = rows[0]?.text ?? '';
    expect(text).not.toContain(made.secret.slice(13));
    expect(text).not.toContain(Buffer.from(made.secret).toString('hex'));
    expect((await access.merchantKeys(merchantId)).map((k) => k.prefix)).toContain(made.prefix);
  });

  test('of nobody is nobody', async () => {
    expect(await access.identify(`fqsk_${'A'.repeat(43)}`)).toBeNull();
    expect(await access.identify('')).toBeNull();
  });

  test('that is revoked is nobody’s at once in this process and within a second in the others', async () => {
    const another = open();
    const { id, secret } = await access.issue(db, keyOf(), 'server', merchantId);
    expect(await another.identify(secret)).not.toBeNull();
    expect(await access.revoke(db, id, 'console')).toBe(false);
    expect(await access.identify(secret)).not.toBeNull();
    expect(await access.revoke(db, id, 'merchant_key')).toBe(true);
    expect(await access.identify(secret)).toBeNull();
    clock.advance(1_000);
    expect(await another.identify(secret)).toBeNull();
    expect(await access.revoke(db, id, 'merchant_key')).toBe(false);
  });

  test.each(['wallet', 'till', 'console'] as const)('of a %s session ends by itself', async (kind) => {
    const principal = { kind, userId: 'u', deviceId: 'd' } as unknown as Principal;
    const { secret } = await access.issue(db, principal, 'x', null);
    clock.advance((sessionMs[kind] ?? 0) - 1);
    expect(await access.identify(secret)).not.toBeNull();
    clock.advance(1_001);
    expect(await access.identify(secret)).toBeNull();
  });

  test('of a merchant lasts until it is revoked', async () => {
    const { secret } = await access.issue(db, keyOf(), 'server', merchantId);
    clock.advance(10 * 365 * 24 * 3600_000);
    expect(await access.identify(secret)).not.toBeNull();
  });

  test('goes with all of its tenant, and with no other', async () => {
    const [one, two] = [ids.uuid(), ids.uuid()];
    const made = await Promise.all([one, one, two].map((m) => access.issue(db, keyOf(m), 'x', m)));
    await access.revokeAllOf(db, one, 'merchant_key');
    const known = await Promise.all(made.map(async (m) => (await access.identify(m.secret)) !== null));
    expect(known).toEqual([false, false, true]);
  });
});

describe('a password or PIN', () => {
  const lockMs = 15 * 60_000;
  let n = 0;
  const subject = () => `staff ${n++}`;
  const outcome = (subject: string, pin: string, stored: string | undefined) =>
    access.checkSecret(subject, pin, stored).then(
      () => 'right',
      (e: { code: string }) => e.code,
    );

  test('is kept so that it cannot be read, and two of the same differ', async () => {
    const [a, b] = [await access.hashPin('123456'), await access.hashPin('123456')];
    expect(a).toMatch(/^scrypt\$/);
    expect(a).not.toContain('123456');
    expect(a).not.toBe(b);
  });

  test('is locked for a quarter of an hour after five wrong tries, the right one included', async () => {
    const [who, stored] = [subject(), await access.hashPin('123456')];
    for (let i = 0; i < 5; i++) expect(await outcome(who, '000000', stored)).toBe('wrong_code');
    expect(await outcome(who, '123456', stored)).toBe('too_many_attempts');
    clock.advance(lockMs - 1);
    expect(await outcome(who, '123456', stored)).toBe('too_many_attempts');
    clock.advance(1);
    expect(await outcome(who, '123456', stored)).toBe('right');
  });

  test('that is right wipes out the wrong tries before it', async () => {
    const [who, stored] = [subject(), await access.hashPin('123456')];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 4; i++) expect(await outcome(who, '000000', stored)).toBe('wrong_code');
      expect(await outcome(who, '123456', stored)).toBe('right');
    }
  });

  test('guessed by many at the same moment is still checked five times only', async () => {
    const [who, stored] = [subject(), await access.hashPin('000029')];
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => outcome(who, String(i).padStart(6, '0'), stored)),
    );
    expect(outcomes.filter((o) => o !== 'too_many_attempts').length).toBeLessThanOrEqual(5);
    expect(await outcome(who, '000029', stored)).toBe('too_many_attempts');
  });

  test('of nobody is wrong, and locked like any other', async () => {
    const who = subject();
    for (let i = 0; i < 5; i++) expect(await outcome(who, '123456', undefined)).toBe('wrong_code');
    expect(await outcome(who, '123456', undefined)).toBe('too_many_attempts');
  });

  test('of the console leads to its user alone', async () => {
    const user = {
      username: 'ana',
      name: 'Ana',
      role: 'reader' as never,
      tenant: null,
      password: 'correct horse',
    };
    await access.addOperator(db, { ...user, role: 'read_only' });
    const { principal, credential } = await access.signInConsole('ana', 'correct horse');
    expect(principal).toMatchObject({ kind: 'console', name: 'Ana', role: 'read_only' });
    expect(await access.identify(credential.secret)).toMatchObject({ principal });
    await expect(access.signInConsole('ana', 'wrong')).rejects.toMatchObject({ code: 'wrong_code' });
    await expect(access.signInConsole('Ana', 'correct horse')).rejects.toMatchObject({ code: 'wrong_code' });
    await expect(access.signInConsole('nobody', 'correct horse')).rejects.toMatchObject({
      code: 'wrong_code',
    });
  });
});

describe('a one-time code', () => {
  let n = 0;
  const mobile = () => `1350000${String(n++).padStart(4, '0')}`;
  const lastCode = () => sent.at(-1)?.split(' ')[1] ?? '';
  const use = (to: string, code: string) =>
    access.codes.use(to, code).then(
      () => 'right',
      (e: { code: string }) => e.code,
    );

  test('has six digits, differs, and is right once', async () => {
    const codes = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const to = mobile();
      await access.codes.request(to);
      codes.add(lastCode());
      expect(lastCode()).toMatch(/^[0-9]{6}$/);
      expect(await use(to, lastCode())).toBe('right');
      expect(await use(to, lastCode())).toBe('wrong_code');
    }
    expect(codes.size).toBeGreaterThan(15);
  });

  test('is right once also when it comes ten times at once', async () => {
    const to = mobile();
    await access.codes.request(to);
    const code = lastCode();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => use(to, code)));
    expect(outcomes.filter((o) => o === 'right')).toHaveLength(1);
  });

  test('is for its number, for five minutes, and for five tries', async () => {
    const [a, b, c] = [mobile(), mobile(), mobile()];
    await access.codes.request(a);
    const code = lastCode();
    expect(await use(b, code)).toBe('wrong_code');
    clock.advance(300_000);
    expect(await use(a, code)).toBe('wrong_code');
    await access.codes.request(c);
    const right = lastCode();
    const wrong = right === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i++) expect(await use(c, wrong)).toBe('wrong_code');
    expect(await use(c, right)).toBe('wrong_code');
  });

  test('guessed over many codes locks the number for a quarter of an hour, and no other number', async () => {
    const [to, other] = [mobile(), mobile()];
    let wrong = 0;
    for (; wrong < 40; wrong++) {
      clock.advance(1_000);
      await access.codes.request(to);
      const guess = lastCode() === '000000' ? '000001' : '000000';
      if ((await use(to, guess)) === 'too_many_attempts') break;
    }
    expect(wrong).toBe(15);
    await access.codes.request(to);
    expect(await use(to, lastCode())).toBe('too_many_attempts');
    await access.codes.request(other);
    expect(await use(other, lastCode())).toBe('right');
    clock.advance(15 * 60_000);
    await access.codes.request(to);
    expect(await use(to, lastCode())).toBe('right');
  });

  test('is sent again no sooner than after a second, and the newest is the right one', async () => {
    const to = mobile();
    await access.codes.request(to);
    const [first, count] = [lastCode(), sent.length];
    await access.codes.request(to);
    expect(sent.length).toBe(count);
    clock.advance(1_000);
    await access.codes.request(to);
    expect(sent.length).toBe(count + 1);
    if (lastCode() !== first) expect(await use(to, first)).toBe('wrong_code');
    expect(await use(to, lastCode())).toBe('right');
  });

  test('is kept without its number and without itself', async () => {
    const to = mobile();
    await access.codes.request(to);
    const { rows } = await db.query<{ text: string }>(
      'select code_hash::text || expires_at || tries as text from access.one_time_code where mobile_hash = $1',
      [Buffer.from(`mobile ${to}`)],
    );
    expect(rows[0]?.text).not.toContain(Buffer.from(lastCode()).toString('hex'));
  });
});
