import type { Payment, PaymentState } from '@feiqian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paymentOf } from './payment.fake.ts';
import {
  adopt,
  applyPayment,
  askCancel,
  type Door,
  fallSilent,
  isFinal,
  isLeftOpen,
  mayCollect,
  mayReopen,
  openSale,
  type Phase,
  refuse,
  reopen,
  resume,
  type Sale,
  secondsChecking,
  secondsLeft,
  see,
  startCollecting,
} from './sale.ts';

const t0 = Date.parse('2026-11-22T02:00:00.000Z');
const open = (door: Door = 'code'): Sale =>
  openSale({ id: 'sale-1', door, amount: 1800, currency: 'CNY', orderReference: 'A1' }, t0);
const at = (state: PaymentState, secondsLater: number): Payment =>
  paymentOf({ state, updatedMs: t0 + secondsLater * 1000 });
const run = (sale: Sale, ...states: PaymentState[]): Sale =>
  states.reduce((now, state, i) => applyPayment(now, at(state, i + 1), t0 + i + 1), sale);

describe('a sale at the till', () => {
  it.each<[Door, PaymentState[], Phase]>([
    ['code', ['created'], 'showing'],
    ['code', ['created', 'processing'], 'checking'],
    ['code', ['created', 'processing', 'captured'], 'paid'],
    ['code', ['created', 'processing', 'declined'], 'declined'],
    ['code', ['created', 'processing', 'unknown'], 'checking'],
    ['code', ['created', 'processing', 'unknown', 'reversed'], 'reversed'],
    ['code', ['created', 'authorised'], 'checking'],
    ['code', ['created', 'expired'], 'expired'],
    ['code', ['created', 'cancelled'], 'cancelled'],
    ['scan', ['created'], 'collecting'],
    ['scan', ['created', 'captured'], 'paid'],
    ['scan', ['created', 'captured', 'refunded'], 'paid'],
  ])('by %s goes through %j to %s', (door, states, phase) => {
    expect(run(open(door), ...states).phase).toBe(phase);
  });

  it('is not turned back by a message that arrives late', () => {
    const paid = applyPayment(run(open(), 'created'), at('captured', 5), t0);
    expect(applyPayment(paid, at('processing', 2), t0)).toBe(paid);
    expect(applyPayment(paid, at('captured', 5), t0)).toBe(paid);
  });

  it('takes the later state when two messages bear the same millisecond', () => {
    const checking = applyPayment(run(open(), 'created'), at('processing', 5), t0);
    expect(applyPayment(checking, at('captured', 5), t0).phase).toBe('paid');
  });

  it('ignores the news of another payment', () => {
    const sale = run(open(), 'created');
    const other = paymentOf({ id: `pay_${'f'.repeat(32)}`, state: 'captured', updatedMs: t0 + 9000 });
    expect(applyPayment(sale, other, t0).phase).toBe('showing');
  });

  it('counts the seconds the bank takes from the first moment, through unknown', () => {
    let sale = applyPayment(run(open(), 'created'), at('processing', 1), t0 + 1000);
    sale = applyPayment(sale, at('unknown', 9), t0 + 9000);
    expect(secondsChecking(sale, t0 + 12_500)).toBe(11);
    expect(secondsChecking(applyPayment(sale, at('reversed', 13), t0 + 13_000), t0 + 20_000)).toBe(0);
  });

  it('counts down to the end of its code and never below nought', () => {
    const sale = run(open(), 'created');
    const end = Date.parse(sale.payment?.expires_at ?? '');
    expect(secondsLeft(sale, end - 61_000)).toBe(61);
    expect(secondsLeft(sale, end + 5000)).toBe(0);
    expect(secondsLeft(run(open(), 'created', 'processing'), end)).toBeNull();
  });

  it('says unsent, not failed, when the network never heard of it', () => {
    const sale = fallSilent(open(), t0, true);
    expect(sale).toMatchObject({ phase: 'opening', silent: true });
    expect(fallSilent(sale, t0, false).phase).toBe('unsent');
  });

  it('stays open when the answer to a charge is missing: the bank may have been asked', () => {
    const charging = startCollecting(run(open('scan'), 'created'), t0);
    const silent = fallSilent(charging, t0 + 15_000, false);
    expect(silent).toMatchObject({ phase: 'checking', silent: true });
    expect(isFinal(silent)).toBe(false);
    expect(applyPayment(silent, at('captured', 30), t0 + 30_000).phase).toBe('paid');
  });

  it('keeps our code good after the payer showed a bad one', () => {
    const both = startCollecting(run(open('code'), 'created'), t0);
    const refused = refuse(both, { code: 'pay_code_used', detail: null });
    expect(refused).toMatchObject({ phase: 'showing', refusal: { code: 'pay_code_used' } });
    expect(mayCollect(refused)).toBe(true);
  });

  it('lets another code be scanned after a refused one, on the same payment', () => {
    const refused = refuse(startCollecting(run(open('scan'), 'created'), t0), {
      code: 'pay_code_expired',
      detail: null,
    });
    expect(refused.phase).toBe('refused');
    expect(startCollecting(refused, t0 + 1)).toMatchObject({ phase: 'collecting', refusal: null });
  });

  it('may be paid with another card after a decline, on the same code', () => {
    const declined = see(
      applyPayment(run(open(), 'created', 'processing'), { ...at('declined', 9), code: '000201' }, t0),
    );
    expect(isLeftOpen(declined, t0)).toBe(true);
    expect(mayReopen(declined, t0)).toBe(true);
    const again = reopen(declined, t0);
    expect(again).toMatchObject({ phase: 'showing', seen: false });
    expect(applyPayment(again, at('captured', 20), t0).phase).toBe('paid');
    expect(applyPayment(declined, at('captured', 20), t0)).toMatchObject({ phase: 'paid', seen: false });
    const over = Date.parse(declined.payment?.expires_at ?? '');
    expect(mayReopen(declined, over)).toBe(false);
    expect(isLeftOpen(declined, over)).toBe(false);
  });

  it('takes in a payment made at the poster as one that is paid', () => {
    expect(adopt(at('captured', 3), t0)).toMatchObject({ phase: 'paid', seen: false, amount: 1800 });
  });

  it('is never ended by a refusal while a bank is asked', () => {
    const checking = run(open(), 'created', 'processing');
    expect(refuse(checking, { code: 'conflict', detail: null })).toBe(checking);
  });

  it('is cancelled only by the network, so a payer who was quicker wins', () => {
    const asked = askCancel(run(open(), 'created'));
    expect(asked).toMatchObject({ phase: 'showing', cancelling: true });
    expect(applyPayment(asked, at('captured', 2), t0)).toMatchObject({ phase: 'paid', cancelling: false });
    const paying = run(open(), 'created', 'processing');
    expect(askCancel(paying)).toBe(paying);
  });

  it('after a reload is looked up, not guessed', () => {
    expect(resume(open()).phase).toBe('unsent');
    const charging = resume(startCollecting(run(open('scan'), 'created'), t0));
    expect(charging).toMatchObject({ phase: 'refused', refusal: { code: 'interrupted' } });
    expect(applyPayment(charging, at('captured', 9), t0).phase).toBe('paid');
    expect(resume(run(open(), 'created', 'processing')).phase).toBe('checking');
  });

  it('reaches the same end in whatever order, and however often, the messages come', () => {
    const story: PaymentState[] = ['created', 'processing', 'unknown', 'reversed'];
    const messages = story.map((state, i) => at(state, i));
    const anyDelivery = fc.shuffledSubarray([...messages, ...messages], { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(anyDelivery, (delivered) => {
        const end = delivered.reduce((sale, payment) => applyPayment(sale, payment, t0), open());
        expect(end.phase).toBe('reversed');
      }),
    );
  });
});
