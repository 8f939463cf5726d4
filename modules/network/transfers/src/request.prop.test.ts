import { requestStates } from '@feiqian/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decline,
  type MoneyRequest,
  pay,
  type RequestDecision,
  requestMs,
  requestTransitions,
  settle,
  standingAt,
  withdraw,
} from './request.ts';
import { partsOf } from './split.ts';

const asked: MoneyRequest = {
  id: 'request',
  state: 'asked',
  splitId: null,
  askerId: 'asker',
  askerMobile: '138****0001',
  askedId: 'asked',
  askedMobile: '138****0002',
  askedName: null,
  amount: 1_200n,
  currency: 'CNY',
  note: null,
  transferId: null,
  createdAtMs: 0,
  updatedAtMs: 0,
  expiresAtMs: requestMs,
  endedAtMs: null,
};
const after = (d: RequestDecision): MoneyRequest => {
  if (!d.ok) throw new Error(d.code);
  return d.request;
};
const codeOf = (d: RequestDecision) => (d.ok ? null : d.code);
const paying = after(pay(asked, 'asked', 'one', 10));

describe('a request for money', () => {
  test('is paid by the person who was asked, by one transfer', () => {
    expect(paying).toMatchObject({ state: 'paying', transferId: 'one', endedAtMs: null });
    expect(codeOf(pay(paying, 'asked', 'two', 11))).toBe('request_in_progress');
    const paid = settle(paying, 'one', 'completed', 20);
    expect(paid).toMatchObject({ state: 'paid', transferId: 'one', endedAtMs: 20 });
    expect(codeOf(pay(paid, 'asked', 'two', 21))).toBe('request_ended');
  });

  test('is nobody else’s to pay, to decline or to take back', () => {
    for (const who of ['asker', 'somebody']) {
      expect(codeOf(pay(asked, who, 'one', 10))).toBe('not_found');
      expect(codeOf(decline(asked, who, 10))).toBe('not_found');
    }
    for (const who of ['asked', 'somebody']) expect(codeOf(withdraw(asked, who, 10))).toBe('not_found');
    const nobodys = { ...asked, askedId: null };
    expect(codeOf(pay(nobodys, 'asked', 'one', 10))).toBe('not_found');
  });

  test('opens again when its transfer comes back, and expires instead when its time has passed', () => {
    expect(settle(paying, 'one', 'returned', 20)).toMatchObject({ state: 'asked', transferId: null });
    expect(settle(paying, 'one', 'declined', requestMs)).toMatchObject({
      state: 'expired',
      transferId: null,
    });
    expect(() => settle(paying, 'another', 'completed', 20)).toThrow('not being paid by');
  });

  test('expires at its instant, whether or not that is written down, but not while it is being paid', () => {
    expect(codeOf(pay(asked, 'asked', 'one', requestMs - 1))).toBeNull();
    expect(codeOf(pay(asked, 'asked', 'one', requestMs))).toBe('request_ended');
    expect(standingAt(asked, requestMs + 5)).toMatchObject({ state: 'expired', endedAtMs: requestMs });
    expect(standingAt(paying, requestMs + 5)).toBe(paying);
  });

  test('goes only where its states allow, whatever is done with it', () => {
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('pay', 'decline', 'withdraw', 'completed', 'declined', 'returned'),
        who: fc.constantFrom('asker', 'asked', 'somebody'),
        ms: fc.integer({ min: 0, max: requestMs / 2 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let r = asked;
        let nowMs = 0;
        let begun = 0;
        for (const { what, who, ms } of list) {
          nowMs += ms;
          const before = r;
          if (what === 'pay' || what === 'decline' || what === 'withdraw') {
            begun += 1;
            const d =
              what === 'pay' ? pay(r, who, `${begun}`, nowMs) : { decline, withdraw }[what](r, who, nowMs);
            if (d.ok) r = d.request;
          } else if (r.state === 'paying') r = settle(r, r.transferId as string, what as 'completed', nowMs);
          if (r !== before) expect(requestTransitions[before.state]).toContain(r.state);
          expect(r.transferId !== null).toBe(r.state === 'paying' || r.state === 'paid');
          expect(requestStates).toContain(r.state);
        }
      }),
    );
  });
});

describe('the parts of a bill', () => {
  test('are equal but for the fen left over, which go to the first, the splitter before the others', () => {
    expect(partsOf(100n, [null, null], true)).toEqual({ ok: true, own: 34n, parts: [33n, 33n] });
    expect(partsOf(101n, [null, null], true)).toEqual({ ok: true, own: 34n, parts: [34n, 33n] });
    expect(partsOf(101n, [null, null], false)).toEqual({ ok: true, own: 0n, parts: [51n, 50n] });
  });

  test('are as given, and what they leave is the splitter’s', () => {
    expect(partsOf(100n, [60n, 10n], true)).toEqual({ ok: true, own: 30n, parts: [60n, 10n] });
    expect(partsOf(100n, [60n, 40n], false)).toEqual({ ok: true, own: 0n, parts: [60n, 40n] });
  });

  test('are refused when they do not add up, are given for some alone, or would be nothing', () => {
    expect(partsOf(100n, [60n, 41n], true).ok).toBe(false);
    expect(partsOf(100n, [60n, 39n], false).ok).toBe(false);
    expect(partsOf(100n, [60n, 40n], true).ok).toBe(false);
    expect(partsOf(100n, [60n, null], true).ok).toBe(false);
    expect(partsOf(2n, [null, null], true).ok).toBe(false);
  });

  test('always add up to the amount, differ by one at the most, and fall from the first to the last', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 999_999_999_999n }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (total, people, own) => {
          const parts = partsOf(total, Array(people).fill(null), own);
          if (!parts.ok) {
            expect(total).toBeLessThan(BigInt(people + (own ? 1 : 0)));
            return;
          }
          const all = own ? [parts.own, ...parts.parts] : parts.parts;
          expect(parts.parts.reduce((a, b) => a + b, parts.own)).toBe(total);
          expect((all[0] as bigint) - (all.at(-1) as bigint)).toBeLessThanOrEqual(1n);
          expect([...all].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0))).toEqual(all);
        },
      ),
    );
  });
});
