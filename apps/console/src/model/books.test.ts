import type { AuditCheck, AuditView } from '@feiqian/contract';
import { describe, expect, it } from 'vitest';
import { booksState, checksByOwner } from './books.ts';

const now = Date.parse('2026-11-22T06:00:00Z');
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const view = (last: Partial<NonNullable<AuditView['last']>> | null, everySeconds = 30) =>
  ({
    every_seconds: everySeconds,
    last: last && { at: ago(5), ms: 40, payments: 12, checks: 30, findings: 0, ...last },
  }) as AuditView;

describe('the state of the books', () => {
  it('is right while somebody looks and finds nothing', () => {
    expect(booksState(view({}), now)).toEqual({ kind: 'right' });
  });

  it('is wrong from the first finding, however old the look is', () => {
    expect(booksState(view({ findings: 2 }), now)).toEqual({ kind: 'wrong', findings: 2 });
    expect(booksState(view({ findings: 1, at: ago(9_000) }), now).kind).toBe('wrong');
  });

  it('is unknown when nobody has looked for long', () => {
    expect(booksState(view({ at: ago(290) }), now)).toEqual({ kind: 'right' });
    expect(booksState(view({ at: ago(400) }), now)).toEqual({ kind: 'stale', minutes: 6 });
  });

  it('is nothing before the first look, nor when the audit is off', () => {
    expect(booksState(view(null), now)).toEqual({ kind: 'none' });
    expect(booksState(view(null, 0), now)).toEqual({ kind: 'off' });
    expect(booksState(view({ at: ago(9_000) }, 0), now)).toEqual({ kind: 'off' });
  });
});

it('checks stand by whose rows they are about, the network’s first', () => {
  const check = (of: string, name: string) => ({ of, name }) as AuditCheck;
  const grouped = checksByOwner([
    check('yunzhou', 'a'),
    check('network', 'b'),
    check('haigang', 'c'),
    check('network', 'd'),
  ]);
  expect(grouped.map((g) => [g.of, g.checks.length])).toEqual([
    ['network', 2],
    ['haigang', 1],
    ['yunzhou', 1],
  ]);
});
