import { accessMigrations, createAccess } from '@feiqian/access';
import { manualClock } from '@feiqian/clock';
import { createIds, secureRandom } from '@feiqian/ids';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMerchants, type Merchants, merchantsMigrations } from '../src/index.ts';

const clock = manualClock();
const ids = createIds(clock.now);
const keystore = createKeystore(parseKeyRing(`1:${'11'.repeat(32)}`), Buffer.alloc(32, 7), secureRandom);
let db: TestDatabase;
let merchants: Merchants;

/** Merchants as one process has them. */
function open(): Merchants {
  const access = createAccess({
    db,
    clock,
    ids,
    seal: (_, plain) => plain,
    open: (_, sealed) => sealed,
    keyedHash: keystore.keyedHash,
    sendCode: async () => undefined,
    fixedCode: null,
  });
  return createMerchants({
    db,
    clock,
    ids,
    access,
    seal: keystore.seal,
    openPayable: async () => ids.uuid(),
  });
}

beforeAll(async () => {
  db = await testDatabase([accessMigrations, merchantsMigrations]);
  merchants = open();
});
afterAll(() => db.close());

const account = '6217998877665544';
const register = (by = merchants) =>
  db.transaction((tx) =>
    by.register(tx, {
      name: '新店',
      nameEn: 'NEW SHOP',
      mcc: '5812',
      city: 'YUNZHOU',
      licence: 'L-1',
      settlementAccount: account,
      storeName: '一号店',
      currency: 'CNY',
    }),
  );
const hire = (merchantId: string, storeId: string, by = merchants, pin = '135790') =>
  db.transaction((tx) => by.addStaff(tx, { merchantId, storeId, name: '店员', role: 'cashier', pin }));

describe('a merchant', () => {
  test('waits for review before it may take payments', async () => {
    const { merchant, store } = await register();
    expect((await merchants.till(store.id))?.merchant.status).toBe('pending_review');
    await merchants.review(db, merchant.id, 'approve');
    expect((await merchants.till(store.id))?.merchant.status).toBe('active');
    await expect(merchants.review(db, ids.uuid(), 'approve')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('has a code of its own of fifteen characters, however many register at once', async () => {
    const [a, b] = [open(), open()];
    const made = await Promise.all(Array.from({ length: 12 }, (_, i) => register(i % 2 === 0 ? a : b)));
    const codes = made.map((m) => m.merchant.code);
    expect(new Set(codes).size).toBe(12);
    for (const code of codes) expect(code).toMatch(/^FQ5812\d{9}$/);
  });

  test('that is suspended is so at once here, and within a second in other processes', async () => {
    const another = open();
    const { merchant, store } = await register();
    await merchants.review(db, merchant.id, 'approve');
    expect((await another.till(store.id))?.merchant.status).toBe('active');
    await merchants.review(db, merchant.id, 'suspend');
    expect((await merchants.till(store.id))?.merchant.status).toBe('suspended');
    clock.advance(1_000);
    expect((await another.till(store.id))?.merchant.status).toBe('suspended');
  });

  test('has its settlement account sealed; its last digits are shown', async () => {
    const { merchant } = await register();
    expect((await merchants.merchant(merchant.id))?.settlementTail).toBe('5544');
    const { rows } = await db.query<{ text: string }>('select m::text as text from merchants.merchant m');
    for (const { text } of rows) {
      expect(text).not.toContain(account);
      expect(text).not.toContain(Buffer.from(account).toString('hex'));
    }
  });

  test('is found page by page, each once', async () => {
    const found: string[] = [];
    let after: string | null = null;
    do {
      const page = await merchants.list(null, after, 4);
      found.push(...page.map((m) => m.id));
      after = page.length === 4 ? (page.at(-1)?.id ?? null) : null;
    } while (after !== null);
    const { rows } = await db.query<{ n: bigint }>('select count(*) as n from merchants.merchant');
    expect(new Set(found).size).toBe(found.length);
    expect(BigInt(found.length)).toBe(rows[0]?.n);
  });
});

describe('a store', () => {
  test('that is unknown is remembered as such for a second only', async () => {
    const id = ids.uuid();
    expect(await merchants.till(id)).toBeNull();
    const { merchant } = await register();
    await db.query(
      'insert into merchants.store (id, merchant_id, name, created_at) values ($1, $2, $3, $4)',
      [id, merchant.id, '二号店', new Date(clock.now())],
    );
    clock.advance(1_000);
    expect((await merchants.till(id))?.merchant.id).toBe(merchant.id);
  });
});

describe('staff', () => {
  test('have numbers and terminals of their own, however many are hired at once', async () => {
    const { merchant, store } = await register();
    const [a, b] = [open(), open()];
    const hired = await Promise.all(
      Array.from({ length: 12 }, (_, i) => hire(merchant.id, store.id, i % 2 ? a : b)),
    );
    expect(new Set(hired.map((s) => s.number)).size).toBe(12);
    expect(new Set(hired.map((s) => s.terminal)).size).toBe(12);
    for (const s of hired) expect(s.terminal).toMatch(/^T\d{7}$/);
  });

  test('work at a store of their own merchant', async () => {
    const [one, two] = [await register(), await register()];
    await expect(hire(one.merchant.id, two.store.id)).rejects.toMatchObject({ code: 'store_unknown' });
    await expect(hire(one.merchant.id, ids.uuid())).rejects.toMatchObject({ code: 'store_unknown' });
  });

  test('sign in with number and PIN, and not once they have left', async () => {
    const { merchant, store } = await register();
    const { number, terminal } = await hire(merchant.id, store.id);
    const { principal, credential } = await merchants.signIn(number, '135790', 'till');
    expect(principal).toMatchObject({
      kind: 'till',
      merchantId: merchant.id,
      storeId: store.id,
      terminal,
      role: 'cashier',
    });
    expect(credential.secret).toMatch(/^fqts_/);
    await expect(merchants.signIn(number, '135791', 'till')).rejects.toMatchObject({ code: 'wrong_code' });
    await expect(merchants.signIn('999999', '135790', 'till')).rejects.toMatchObject({ code: 'wrong_code' });
    await db.query('update merchants.staff set active = false where number = $1', [number]);
    await expect(merchants.signIn(number, '135790', 'till')).rejects.toMatchObject({ code: 'wrong_code' });
  });

  test('have PINs that cannot be read', async () => {
    const { rows } = await db.query<{ text: string }>('select s::text as text from merchants.staff s');
    expect(rows.length).toBeGreaterThan(12);
    for (const { text } of rows) expect(text).not.toContain('135790');
  });
});
