import { PAY_CODE_STEP_MS, payCode } from '@feiqian/keys';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Setting, setting, signIn } from './setting.ts';

let s: Setting;
let device: Awaited<ReturnType<typeof signIn>>;
let other: Awaited<ReturnType<typeof signIn>>;
const merchant = 'merchant-1';

async function withCards(mobile: string) {
  const signed = await signIn(s, mobile);
  const found = await s.wallets.discover(signed.owner, ['yunzhou']);
  const refs = ['ref-0', 'ref-1', 'ref-2'].map((ref) => ({ bankCode: 'yunzhou', ref }));
  await s.wallets.bind(signed.owner, found.id, refs);
  return signed;
}

beforeAll(async () => {
  s = await setting();
  device = await withCards('13930000001');
  other = await withCards('13930000002');
});
afterAll(() => s.db.close());

function shown(of: typeof device, slot: number, atMs: number): string {
  const { handle, secret } = of.payCodeKey;
  return payCode({ secret: Buffer.from(secret, 'base64url'), handle, slot, atMs });
}
/** Counters of wrong tries last for a minute of the clock. */
const nextMinute = () => s.clock.advance(60_000);
const resolve = (digits: string, by = merchant) => s.wallets.resolvePayCode(digits, by);

describe('a pay code', () => {
  test('is taken from one step early to five steps late, and names its device and card', async () => {
    const cards = await s.wallets.cards(device.device.id);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -9, max: 4 }),
        fc.nat(2),
        fc.nat(PAY_CODE_STEP_MS - 1),
        async (steps, slot, within) => {
          nextMinute();
          const now = Math.floor(s.clock.now() / PAY_CODE_STEP_MS) * PAY_CODE_STEP_MS + within;
          s.clock.set(now);
          const outcome = await resolve(shown(device, slot, now + steps * PAY_CODE_STEP_MS));
          if (steps > 1) return void expect(outcome).toEqual({ ok: false, reason: 'invalid' });
          if (steps < -5) return void expect(outcome).toEqual({ ok: false, reason: 'expired' });
          expect(outcome).toMatchObject({
            ok: true,
            code: {
              deviceId: device.device.id,
              userId: device.person.id,
              cardId: cards.find((c) => c.slot === slot)?.id,
              slot,
            },
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  test('for a slot without a card, or of a handle that is nobody’s, is invalid', async () => {
    nextMinute();
    expect(await resolve(shown(device, 7, s.clock.now()))).toEqual({ ok: false, reason: 'invalid' });
    const stranger = { ...device, payCodeKey: { ...device.payCodeKey, handle: '00000000' } };
    expect(await resolve(shown(stranger, 0, s.clock.now()))).toEqual({ ok: false, reason: 'invalid' });
  });

  test('made with another device’s secret is invalid', async () => {
    nextMinute();
    const forged = {
      ...device,
      payCodeKey: { handle: device.payCodeKey.handle, secret: other.payCodeKey.secret },
    };
    expect(await resolve(shown(forged, 0, s.clock.now()))).toEqual({ ok: false, reason: 'invalid' });
  });

  test('is used once: of twenty payments that show it one has it', async () => {
    nextMinute();
    const outcome = await resolve(shown(device, 0, s.clock.now()));
    if (!outcome.ok) throw new Error(outcome.reason);
    const { step, slot, deviceId } = outcome.code;
    const payments = Array.from({ length: 20 }, () => s.ids.uuid());
    const marked = await Promise.all(
      payments.map((paymentId) =>
        s.db.transaction((tx) => s.wallets.usePayCodes(tx, [{ deviceId, step, slot, paymentId }])),
      ),
    );
    expect(marked.filter((set) => set.size === 1)).toHaveLength(1);
    const together = await s.db.transaction((tx) =>
      s.wallets.usePayCodes(
        tx,
        payments.slice(0, 3).map((paymentId) => ({ deviceId, step: step + 1, slot, paymentId })),
      ),
    );
    expect(together.size).toBe(1);
  });

  test('that was used is remembered for as long as it could be taken', async () => {
    nextMinute();
    const outcome = await resolve(shown(device, 1, s.clock.now()));
    if (!outcome.ok) throw new Error(outcome.reason);
    const use = () =>
      s.db.transaction((tx) => s.wallets.usePayCodes(tx, [{ ...outcome.code, paymentId: s.ids.uuid() }]));
    expect((await use()).size).toBe(1);
    for (let i = 0; i < 8; i++) {
      await s.wallets.forgetUsedPayCodes(s.db);
      expect((await use()).size).toBe(0);
      s.clock.advance(PAY_CODE_STEP_MS);
    }
    s.clock.advance(3_600_000);
    expect(await s.wallets.forgetUsedPayCodes(s.db)).toBeGreaterThan(0);
  });
});

describe('guessing', () => {
  /** A well-formed code for a handle with a wrong password. */
  const wrongFor = (of: typeof device, n: number) =>
    shown(
      {
        ...of,
        payCodeKey: {
          ...of.payCodeKey,
          secret: other === of ? device.payCodeKey.secret : other.payCodeKey.secret,
        },
      },
      n % 3,
      s.clock.now() - n * PAY_CODE_STEP_MS,
    );

  test('at a device stops after five tries, for the rest of the minute, and other devices do not notice', async () => {
    nextMinute();
    s.clock.set(Math.ceil(s.clock.now() / 60_000) * 60_000);
    for (let i = 0; i < 5; i++) expect((await resolve(wrongFor(device, i))).ok).toBe(false);
    expect(await resolve(shown(device, 0, s.clock.now()))).toEqual({ ok: false, reason: 'throttled' });
    expect((await resolve(shown(other, 0, s.clock.now()), 'merchant-2')).ok).toBe(true);
    nextMinute();
    expect((await resolve(shown(device, 0, s.clock.now()))).ok).toBe(true);
  });

  test('by one merchant at many handles is stopped too', async () => {
    nextMinute();
    s.clock.set(Math.ceil(s.clock.now() / 60_000) * 60_000);
    let tries = 0;
    const guess = (n: number) => {
      const handle = String(10_000_000 + n);
      return resolve(
        shown({ ...device, payCodeKey: { ...device.payCodeKey, handle } }, 0, s.clock.now()),
        'guesser',
      );
    };
    while (tries < 1_000) {
      const outcome = await guess(tries);
      if (!outcome.ok && outcome.reason === 'throttled') break;
      tries += 1;
    }
    expect(tries).toBeLessThan(1_000);
    expect((await resolve(shown(other, 0, s.clock.now()), 'honest')).ok).toBe(true);
  });
});
