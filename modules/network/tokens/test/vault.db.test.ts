import { inspect } from 'node:util';
import { manualClock } from '@feiqian/clock';
import { createIds, secureRandom } from '@feiqian/ids';
import { luhnCheckDigit } from '@feiqian/keys';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTokens, type Tokens, tokensMigrations } from '../src/index.ts';

const clock = manualClock();
const ids = createIds(clock.now);
const kek = (n: number) => `${n}:${String(n).repeat(64).slice(0, 64)}`;
const issuerId = ids.uuid();
let db: TestDatabase;
let n = 0;

beforeAll(async () => {
  db = await testDatabase([tokensMigrations]);
});
afterAll(() => db.close());

/** The vault of a process that was started with these key-encryption keys. */
async function processWith(...keks: number[]): Promise<Tokens> {
  const keystore = createKeystore(parseKeyRing(keks.map(kek).join(',')), Buffer.alloc(32, 7), secureRandom);
  const tokens = createTokens({ db, clock, ids, random: secureRandom, keystore });
  await tokens.vault.open();
  return tokens;
}

function newPan(): string {
  n += 1;
  const body = `9156001${String(n).padStart(8, '0')}`;
  return body + luhnCheckDigit(body);
}

async function bind(
  tokens: Tokens,
  pan = newPan(),
  deviceId = ids.uuid(),
): Promise<{ id: string; pan: string }> {
  const card = { pan, expiry: '3112', userId: ids.uuid(), deviceId, issuerId, kind: 'debit' as const };
  const token = await db.transaction((tx) => tokens.provision(tx, card));
  if (token === null) throw new Error('the device holds the card already');
  return { id: token.id, pan };
}

const panOf = async (tokens: Tokens, id: string) => (await tokens.withCards(db, [id])).get(id)?.pan.reveal();
const count = async (text: string) =>
  Number((await db.query<{ n: bigint }>(`select count(*) as n from ${text}`)).rows[0]?.n);

describe('a token', () => {
  test('stands for its card and prints nothing of it but the last digits', async () => {
    const tokens = await processWith(1);
    const { id, pan } = await bind(tokens);
    const token = (await tokens.withCards(db, [id])).get(id);
    expect(token?.pan.reveal()).toBe(pan);
    expect(`${inspect(token, { depth: 9 })} ${JSON.stringify(token)} ${String(token?.pan)}`).not.toContain(
      pan,
    );
    expect((await tokens.detokenise(db, [id])).get(id)).toEqual({ pan, expiry: '3112' });
  });

  test('is another one for each device, and the card is stored once', async () => {
    const tokens = await processWith(1);
    const pan = newPan();
    const before = await count('tokens.pan');
    const bound = await Promise.all([bind(tokens, pan), bind(tokens, pan), bind(tokens, pan)]);
    expect(new Set(bound.map((b) => b.id)).size).toBe(3);
    expect(await count('tokens.pan')).toBe(before + 1);
    const { rows } = await db.query<{ number: string }>(
      'select number from tokens.token where id = any($1::uuid[])',
      [bound.map((b) => b.id)],
    );
    for (const { number } of rows) expect(number).toMatch(/^915690\d{10}$/);
    expect(new Set(rows.map((r) => r.number)).size).toBe(3);
  });

  test('is made once when two requests bind the same card on one device at the same moment', async () => {
    const tokens = await processWith(1);
    const [pan, deviceId] = [newPan(), ids.uuid()];
    const card = { pan, expiry: '3112', userId: ids.uuid(), deviceId, issuerId, kind: 'debit' as const };
    const made = await Promise.all(
      Array.from({ length: 5 }, () => db.transaction((tx) => tokens.provision(tx, card))),
    );
    expect(made.filter((t) => t !== null)).toHaveLength(1);
  });

  test('that was removed says so, for ever, and can be made anew', async () => {
    const tokens = await processWith(1);
    const deviceId = ids.uuid();
    const { id, pan } = await bind(tokens, newPan(), deviceId);
    await tokens.remove(db, id);
    expect((await tokens.withCards(db, [id])).get(id)?.status).toBe('deleted');
    const again = await bind(tokens, pan, deviceId);
    expect(again.id).not.toBe(id);
    expect(await tokens.removeDevice(db, deviceId)).toBe(1);
  });

  test('still opens its card for messages that must go out after its removal', async () => {
    const tokens = await processWith(1);
    const { id, pan } = await bind(tokens);
    await tokens.remove(db, id);
    expect((await tokens.detokenise(db, [id])).get(id)?.pan).toBe(pan);
  });
});

describe('sealed cards', () => {
  test('differ each time, though the card is the same, and open under no other key', async () => {
    const tokens = await processWith(1);
    const { id, pan } = await bind(tokens);
    await tokens.vault.rotate();
    const sealed = async () => {
      const { rows } = await db.query<{ sealed: Uint8Array }>(
        'select p.sealed from tokens.pan p join tokens.token t on t.pan_id = p.id where t.id = $1',
        [id],
      );
      return Buffer.from(rows[0]?.sealed ?? []).toString('hex');
    };
    const before = await sealed();
    while ((await tokens.vault.reseal()) > 0);
    expect(await sealed()).not.toBe(before);
    expect(await panOf(tokens, id)).toBe(pan);
    expect(before).not.toContain(Buffer.from(pan).toString('hex'));
    await expect(processWith(2)).rejects.toThrow(/key-encryption key 1 is not in the key ring/);
  });

  test('that were changed by a bit are refused, not read wrongly', async () => {
    const tokens = await processWith(1);
    const { id } = await bind(tokens);
    await db.query(
      `update tokens.pan p set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)
       from tokens.token t where t.pan_id = p.id and t.id = $1`,
      [id],
    );
    await expect(panOf(tokens, id)).rejects.toThrow();
    await tokens.remove(db, id);
    await db.query('delete from tokens.pan where id = (select pan_id from tokens.token where id = $1)', [id]);
    await db.query('delete from tokens.token where id = $1', [id]);
  });
});

describe('keys change while payments go on', () => {
  test('data keys: every card opens at every moment, in every process, and all are sealed anew in the end', async () => {
    const [one, two] = [await processWith(1), await processWith(1)];
    const known = new Map<string, string>();
    for (let i = 0; i < 30; i++) {
      const { id, pan } = await bind(i % 2 === 0 ? one : two);
      known.set(id, pan);
    }
    let paying = true;
    let opened = 0;
    const payments = [one, two].map(async (tokens) => {
      while (paying) {
        const asked = [...known];
        const cards = await tokens.withCards(
          db,
          asked.map(([id]) => id),
        );
        for (const [id, pan] of asked)
          if (cards.get(id)?.pan.reveal() !== pan) throw new Error('a card was lost');
        opened += asked.length;
        const fresh = await bind(tokens);
        known.set(fresh.id, fresh.pan);
      }
    });
    for (let round = 0; round < 3; round++) {
      await Promise.all([one, two].map((t) => t.vault.rotate()));
      while ((await one.vault.reseal()) + (await two.vault.reseal()) > 0);
    }
    paying = false;
    await Promise.all(payments);
    expect(opened).toBeGreaterThan(100);
    while ((await two.vault.reseal()) > 0);
    expect(await count('tokens.pan where data_key <> (select id from tokens.data_key where current)')).toBe(
      0,
    );
    expect(await count('tokens.data_key where current')).toBe(1);
    const third = await processWith(1);
    for (const [id, pan] of known) expect(await panOf(third, id)).toBe(pan);
  });

  test('the key-encryption key: the old process goes on, the new one wraps anew, and the old key can go', async () => {
    const old = await processWith(1);
    const { id, pan } = await bind(old);
    const both = await processWith(1, 2);
    expect(await panOf(old, id)).toBe(pan);
    expect(await panOf(both, id)).toBe(pan);
    const later = await bind(old);
    expect(await panOf(both, later.id)).toBe(later.pan);
    const fresh = await processWith(2);
    for (const card of [{ id, pan }, later]) expect(await panOf(fresh, card.id)).toBe(card.pan);
    await expect(processWith(1)).rejects.toThrow(/key-encryption key 2 is not in the key ring/);
  });

  test('in any order of bindings, rotations and starts every card still opens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('bind', 'bind', 'rotate', 'reseal', 'start'), {
          minLength: 1,
          maxLength: 12,
        }),
        async (steps) => {
          let tokens = await processWith(2);
          const cards: { id: string; pan: string }[] = [];
          for (const step of steps) {
            if (step === 'bind') cards.push(await bind(tokens));
            else if (step === 'rotate') await tokens.vault.rotate();
            else if (step === 'reseal') await tokens.vault.reseal();
            else tokens = await processWith(2);
          }
          for (const { id, pan } of cards) expect(await panOf(tokens, id)).toBe(pan);
        },
      ),
      { numRuns: 15 },
    );
  });
});
