import { breakerDefaults } from '@feiqian/members';
import { describe, expect, test } from 'vitest';
import { type Breaker, createBreaker } from './breaker.ts';
import { createRepeatBudget, repeatsSavedMax } from './repeat-budget.ts';

const settings = { ...breakerDefaults, windowMs: 10_000, callsMin: 10, openMs: 1_000, openMsMax: 4_000 };

function setUp() {
  const clock = { now: 0 };
  const breaker = createBreaker(settings, () => clock.now);
  return { clock, breaker };
}

function send(breaker: Breaker, count: number, good: boolean, latencyMs: number | null = 5): number {
  let sent = 0;
  for (let i = 0; i < count; i++) {
    const ticket = breaker.admit();
    if (ticket === null) continue;
    sent += 1;
    breaker.settle(ticket, good, latencyMs);
  }
  return sent;
}

describe('the breaker of a bank', () => {
  test('stays closed for a few failures, and for many among many good answers', () => {
    const { breaker } = setUp();
    send(breaker, 9, false, null);
    expect(breaker.view().state).toBe('closed');
    const { breaker: busy } = setUp();
    send(busy, 60, true);
    send(busy, 40, false, null);
    expect(busy.view().state).toBe('closed');
  });

  test('opens when half of the requests fail, and then sends nothing', () => {
    const { breaker } = setUp();
    send(breaker, 5, true);
    send(breaker, 5, false, null);
    expect(breaker.view()).toMatchObject({ state: 'open', reason: 'failures', opened: 1 });
    expect(send(breaker, 100, true)).toBe(0);
    expect(breaker.view().refused).toBe(100);
    expect(breaker.refuses()).toBe(true);
  });

  test('opens for slow answers too', () => {
    const { breaker } = setUp();
    send(breaker, 10, true, settings.slowMs);
    expect(breaker.view()).toMatchObject({ state: 'open', reason: 'slow' });
  });

  test('forgets what is older than its window', () => {
    const { breaker, clock } = setUp();
    send(breaker, 9, false, null);
    clock.now += settings.windowMs + 1;
    send(breaker, 9, false, null);
    expect(breaker.view().state).toBe('closed');
  });

  test('lets a few through after its pause, and closes when all of them are good', () => {
    const { breaker, clock } = setUp();
    breaker.silent();
    clock.now += settings.openMs - 1;
    expect(breaker.admit()).toBeNull();
    clock.now += 1;
    const tickets = Array.from({ length: 10 }, () => breaker.admit()).filter((t) => t !== null);
    expect(tickets).toHaveLength(settings.probes);
    for (const ticket of tickets) breaker.settle(ticket, true, 5);
    expect(breaker.view()).toMatchObject({ state: 'closed', reason: null });
    expect(send(breaker, 50, true)).toBe(50);
  });

  test('opens again for longer at each failed probe, up to its limit', () => {
    const { breaker, clock } = setUp();
    breaker.silent();
    for (const pause of [1_000, 2_000, 4_000, 4_000]) {
      expect(breaker.view().probesInMs).toBe(pause);
      clock.now += pause;
      expect(send(breaker, 1, false, null)).toBe(1);
      expect(breaker.view()).toMatchObject({ state: 'open', reason: 'probe' });
    }
  });

  test('takes a probe that has no answer for a failed one, and its late end for nothing', () => {
    const { breaker, clock } = setUp();
    breaker.silent();
    clock.now += settings.openMs;
    const probe = breaker.admit() as number;
    clock.now += settings.slowMs;
    expect(breaker.admit()).toBeNull();
    expect(breaker.view()).toMatchObject({ state: 'open', opened: 2, probesInMs: 2_000 });
    breaker.settle(probe, true, settings.slowMs);
    expect(breaker.view().state).toBe('open');
  });

  test('does not count what was sent before it opened against its probes', () => {
    const { breaker, clock } = setUp();
    const old = breaker.admit() as number;
    breaker.silent();
    clock.now += settings.openMs;
    const probes = [breaker.admit(), breaker.admit(), breaker.admit()] as number[];
    breaker.settle(old, false, null);
    for (const probe of probes) breaker.settle(probe, true, 1);
    expect(breaker.view().state).toBe('closed');
  });

  test('gives the place of a probe that was not sent to another', () => {
    const { breaker, clock } = setUp();
    breaker.silent();
    clock.now += settings.openMs;
    for (let i = 0; i < 20; i++) breaker.cancel(breaker.admit() as number);
    expect(send(breaker, settings.probes, true)).toBe(settings.probes);
    expect(breaker.view().state).toBe('closed');
  });

  test('tries at once when the bank signs on', () => {
    const { breaker } = setUp();
    breaker.silent();
    breaker.signedOn();
    expect(send(breaker, settings.probes, true)).toBe(settings.probes);
    expect(breaker.view().state).toBe('closed');
  });
});

describe('the budget of repeats', () => {
  test('is a little each second and a share of what is answered, and saves up only so much', () => {
    const clock = { now: 0 };
    const budget = createRepeatBudget({ repeatsPerSecond: 10, repeatPercent: 25 }, () => clock.now);
    budget.spend(budget.left());
    expect(budget.left()).toBe(0);
    clock.now += 500;
    expect(budget.left()).toBe(5);
    for (let i = 0; i < 100; i++) budget.answered();
    expect(budget.left()).toBe(30);
    clock.now += 3_600_000;
    expect(budget.left()).toBe(repeatsSavedMax);
  });

  test('pays back what one batch took too much before it gives again', () => {
    const clock = { now: 0 };
    const budget = createRepeatBudget({ repeatsPerSecond: 10, repeatPercent: 0 }, () => clock.now);
    budget.spend(budget.left() + 10);
    clock.now += 1_000;
    expect(budget.left()).toBe(0);
    clock.now += 1_000;
    expect(budget.left()).toBe(10);
  });
});
