import type { MemberView, Today } from '@feiqian/contract';
import { describe, expect, it } from 'vitest';
import { attentions } from './attention.ts';

const link = (state: string, escalated = 0) =>
  ({ state, forwards_escalated: escalated }) as MemberView['link'];
const member = (code: string, over: Partial<MemberView> = {}) =>
  ({ code, status: 'active', link: link('signed_on'), ...over }) as MemberView;
const bank = (id: string, over: Partial<Today['banks'][number]> = {}) =>
  ({ id, approved: 100, declined: 4, approval_rate: 0.96, p99_ms: 80, ...over }) as Today['banks'][number];
const today = (over: Partial<Today>) => ({ unknown_count: 0, banks: [], ...over }) as Today;

describe('what needs a person', () => {
  it('is nothing on a good day', () => {
    expect(attentions(today({ banks: [bank('yunzhou')] }), [member('yunzhou')])).toEqual([]);
  });

  it('is a link that is down, before slow answers', () => {
    const found = attentions(today({ banks: [bank('yanhu', { p99_ms: 4000 })] }), [
      member('haigang', { link: link('connecting') }),
    ]);
    expect(found.map((one) => one.kind)).toEqual(['link_down', 'slow']);
  });

  it('is not the link of a bank that is suspended, nor of one that has none', () => {
    expect(
      attentions(undefined, [
        member('a', { status: 'suspended', link: link('disconnected') }),
        member('b', { link: null }),
      ]),
    ).toEqual([]);
  });

  it('is before all else that the books are wrong, or that nobody looks at them', () => {
    const down = [member('haigang', { link: link('connecting') })];
    expect(attentions(undefined, down, { kind: 'wrong', findings: 2 })).toEqual([
      { kind: 'books_wrong', count: 2 },
      { kind: 'link_down', bank: 'haigang', state: 'connecting' },
    ]);
    expect(attentions(undefined, [], { kind: 'stale', minutes: 7 })).toEqual([
      { kind: 'books_stale', minutes: 7 },
    ]);
    expect(attentions(undefined, [], { kind: 'right' })).toEqual([]);
  });

  it('is a message that nobody has answered for long, and payments still being checked', () => {
    expect(attentions(today({ unknown_count: 2 }), [member('a', { link: link('signed_on', 3) })])).toEqual([
      { kind: 'escalated', bank: 'a', count: 3 },
      { kind: 'unknown', count: 2 },
    ]);
  });

  it('is not one decline of three payments', () => {
    const few = bank('yanhu', { approved: 2, declined: 1, approval_rate: 0.667 });
    expect(attentions(today({ banks: [few] }), [])).toEqual([]);
  });
});
