import { createHash } from 'node:crypto';
import { type ManualClock, manualClock } from '@feiqian/clock';
import { nonceMsMax } from '@feiqian/contract';
import { createIds } from '@feiqian/ids';
import { signatureHeaders } from '@feiqian/keys';
import {
  type RequestToSign,
  signedHeaders,
  type TestDatabase,
  TestDevice,
  testDatabase,
} from '@feiqian/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Access, accessMigrations, agree, createAccess, provesItself } from '../src/index.ts';

let db: TestDatabase;
let clock: ManualClock;
let access: Access;

/** Access as one process has it; all have the same keys. */
function open(): Access {
  return createAccess({
    db,
    clock,
    ids: createIds(clock.now),
    seal: (_, plain) => Buffer.from(plain).reverse(),
    open: (_, sealed) => Buffer.from(sealed).reverse(),
    keyedHash: (purpose, text) => createHash('sha256').update(`${purpose} ${text}`).digest(),
    sendCode: async () => undefined,
    fixedCode: null,
  });
}

const phone = '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f';
const tablet = '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e60';
const key = Buffer.alloc(32, 1);
const request: RequestToSign = {
  method: 'POST',
  path: '/v1/wallet/cards',
  body: '{"a":1}',
  idempotencyKey: 'k1',
};

beforeAll(async () => {
  db = await testDatabase([accessMigrations]);
  clock = manualClock();
});
beforeEach(() => {
  access = open();
});
afterAll(() => db.close());

/** What the network says of a request that was signed as `signed` and arrives as `arrives`. */
function outcome(
  nonce: string,
  change: { signed?: Partial<RequestToSign>; by?: Uint8Array; device?: string } = {},
) {
  const headers = signedHeaders(change.by ?? key, { ...request, ...change.signed }, nonce);
  const got = access.signing.verify(change.device ?? phone, key, {
    ...request,
    nonce: headers[signatureHeaders.nonce],
    signature: headers[signatureHeaders.signature],
  });
  return got.ok ? 'ok' : got.code;
}

describe('a signed request', () => {
  test('is taken as it was signed and no other way', () => {
    const nonce = access.signing.nonce(phone);
    expect(outcome(nonce)).toBe('ok');
    const others: Partial<RequestToSign>[] = [
      { method: 'PUT' },
      { path: '/v1/wallet/cards?x=1' },
      { body: '{"a":2}' },
      { body: '' },
      { idempotencyKey: 'k2' },
    ];
    for (const signed of others)
      expect([signed, outcome(nonce, { signed })]).toEqual([signed, 'signature_invalid']);
    expect(outcome(nonce, { by: Buffer.alloc(32, 2) })).toBe('signature_invalid');
  });

  test('needs a nonce that was handed to this very device', () => {
    expect(outcome(access.signing.nonce(tablet))).toBe('signature_invalid');
    expect(outcome(`${'0'.repeat(32)}${'A'.repeat(22)}`)).toBe('signature_invalid');
    for (const nonce of ['', 'x', access.signing.nonce(phone).slice(1)])
      expect(outcome(nonce)).toBe('signature_invalid');
  });

  test('without signature, nonce or a session that has a key is told so', () => {
    const bare = { ...request, nonce: undefined, signature: undefined };
    expect(access.signing.verify(phone, key, bare)).toEqual({ ok: false, code: 'signature_required' });
    const nonce = access.signing.nonce(phone);
    const signature = signedHeaders(key, request, nonce)[signatureHeaders.signature];
    expect(access.signing.verify(phone, null, { ...request, nonce, signature })).toEqual({
      ok: false,
      code: 'signature_required',
    });
  });

  test('that was held back for more than two minutes of the network’s clock is stale', () => {
    const nonce = access.signing.nonce(phone);
    clock.advance(nonceMsMax);
    expect(outcome(nonce)).toBe('ok');
    clock.advance(1_000);
    expect(outcome(nonce)).toBe('nonce_stale');
  });
});

describe('a nonce', () => {
  const idOf = (nonce: string) => nonce.slice(0, 32);

  test('is used once, whichever process is asked and however many ask together', async () => {
    const nonces = Array.from({ length: 3 }, () => idOf(access.signing.nonce(phone)));
    const uses = await Promise.all([access, open(), open()].map((a) => a.signing.use(db, nonces)));
    expect(uses.flatMap((fresh) => [...fresh]).sort()).toEqual([...nonces].sort());
    expect(await open().signing.use(db, nonces)).toEqual(new Set());
  });

  test('is free again when what it was used for was rolled back', async () => {
    const nonce = idOf(access.signing.nonce(phone));
    const failing = db.transaction(async (tx) => {
      await access.signing.use(tx, [nonce]);
      throw new Error('the effect failed');
    });
    await expect(failing).rejects.toThrow('the effect failed');
    expect(await access.signing.use(db, [nonce])).toEqual(new Set([nonce]));
  });

  test('is forgotten once it is too old to be taken, and not before', async () => {
    await access.signing.forget(db);
    const nonce = idOf(access.signing.nonce(phone));
    await access.signing.use(db, [nonce]);
    clock.advance(nonceMsMax);
    expect(await access.signing.forget(db)).toBe(0);
    expect(await access.signing.use(db, [nonce])).toEqual(new Set());
    clock.advance(nonceMsMax + 1_000);
    expect(await access.signing.forget(db)).toBeGreaterThanOrEqual(1);
  });
});

describe('the keys of a device', () => {
  test('are taken from who has them, for this number and code alone', () => {
    const device = new TestDevice();
    const keys = device.enrol('13800000001', '246810');
    expect(provesItself('13800000001', '246810', keys)).toBe(true);
    expect(provesItself('13800000002', '246810', keys)).toBe(false);
    expect(provesItself('13800000001', '246811', keys)).toBe(false);
    const other = new TestDevice().enrol('13800000001', '246810');
    expect(provesItself('13800000001', '246810', { ...keys, agreement: other.agreement })).toBe(false);
    expect(provesItself('13800000001', '246810', { ...keys, signing: other.signing })).toBe(false);
    expect(provesItself('13800000001', '246810', { ...keys, signing: `B${'A'.repeat(86)}` })).toBe(false);
  });

  test('give both sides the same request key, which is kept sealed with the session', async () => {
    const device = new TestDevice();
    const { agreement } = device.enrol('13800000001', '246810');
    const agreed = agree(agreement, () => Buffer.alloc(32, 9));
    if (agreed === null) throw new Error('no agreement');
    device.agree(agreed.agreement);
    const nonce = access.signing.nonce(phone);
    expect(device.sign(request, nonce)).toEqual(signedHeaders(agreed.requestKey, request, nonce));
    const principal = { kind: 'wallet', userId: tablet, deviceId: phone } as const;
    const { requestKey } = agreed;
    const made = await access.issue(db, principal, 'phone', phone, { requestKey });
    expect(Buffer.from((await open().identify(made.secret))?.requestKey ?? [])).toEqual(
      Buffer.from(requestKey),
    );
    const { rows } = await db.query<{ request_key: Uint8Array }>(
      'select request_key from access.credential where id = $1',
      [made.id],
    );
    expect(Buffer.from(rows[0]?.request_key ?? [])).not.toEqual(Buffer.from(requestKey));
    expect(agree(`B${'A'.repeat(86)}`, () => Buffer.alloc(32, 9))).toBeNull();
  });
});
