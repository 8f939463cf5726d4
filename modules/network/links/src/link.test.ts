import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Link,
  type LinkCommand,
  type LinkEvent,
  newLink,
  retryDelayMs,
  retryMsMax,
  stepLink,
} from './link.ts';

function run(events: LinkEvent[], from: Link = newLink): { link: Link; commands: LinkCommand[] } {
  let link = from;
  let commands: readonly LinkCommand[] = [];
  for (const event of events) ({ link, commands } = stepLink(link, event));
  return { link, commands: [...commands] };
}

const answered = (asked: 'sign_on' | 'sign_off' | 'echo', approved = true): LinkEvent => ({
  type: 'answered',
  function: asked,
  approved,
});
const unanswered = (asked: 'sign_on' | 'sign_off' | 'echo', heard = false): LinkEvent => ({
  type: 'unanswered',
  function: asked,
  heard,
});
const up: LinkEvent[] = [{ type: 'start' }, { type: 'connected' }, answered('sign_on')];

describe('a link', () => {
  test('connects, signs on, and then tests by echo', () => {
    expect(run([{ type: 'start' }])).toMatchObject({
      link: { phase: 'connecting' },
      commands: [{ do: 'dial' }],
    });
    expect(run(up.slice(0, 2)).commands).toEqual([{ do: 'send', function: 'sign_on' }]);
    expect(run(up)).toMatchObject({ link: { phase: 'signed_on' }, commands: [{ do: 'echo_later' }] });
    expect(run([...up, { type: 'echo_due' }]).commands).toEqual([{ do: 'send', function: 'echo' }]);
    expect(run([...up, { type: 'echo_due' }, answered('echo')]).commands).toEqual([{ do: 'echo_later' }]);
  });

  test('closes a connection on which the sign-on is refused or stays without an answer', () => {
    expect(run([...up.slice(0, 2), answered('sign_on', false)]).commands).toEqual([{ do: 'close' }]);
    expect(run([...up.slice(0, 2), unanswered('sign_on')]).commands).toEqual([{ do: 'close' }]);
  });

  test('is closed at the second missed echo, but not while anything else is heard', () => {
    const missed = [...up, { type: 'echo_due' } as const, unanswered('echo')];
    expect(run(missed).commands).toEqual([{ do: 'send', function: 'echo' }]);
    expect(run([...missed, unanswered('echo')]).commands).toEqual([{ do: 'close' }]);
    expect(run([...missed, unanswered('echo', true)]).commands).toEqual([{ do: 'send', function: 'echo' }]);
    expect(run([...missed, answered('echo'), { type: 'echo_due' }, unanswered('echo')]).commands).toEqual([
      { do: 'send', function: 'echo' },
    ]);
  });

  test('backs off while it does not come up, and begins anew after it has held', () => {
    let { link } = run([{ type: 'start' }]);
    for (const attempt of [1, 2, 3]) {
      const closed = stepLink(link, { type: 'closed', heldMs: 0 });
      expect(closed.commands).toEqual([{ do: 'retry_later', attempt }]);
      link = stepLink(closed.link, { type: 'retry_due' }).link;
    }
    const held = run([{ type: 'connected' }, answered('sign_on'), { type: 'closed', heldMs: 60_000 }], link);
    expect(held.commands).toEqual([{ do: 'retry_later', attempt: 1 }]);
  });

  test('stopped while signed on drains, signs off and closes', () => {
    const stopping = [...up, { type: 'stop' } as const];
    expect(run(stopping)).toMatchObject({ link: { phase: 'draining' }, commands: [{ do: 'drain' }] });
    expect(run([...stopping, { type: 'drained' }]).commands).toEqual([{ do: 'send', function: 'sign_off' }]);
    expect(run([...stopping, { type: 'drained' }, unanswered('sign_off')])).toMatchObject({
      link: { phase: 'stopped' },
      commands: [{ do: 'close' }],
    });
  });
});

const event: fc.Arbitrary<LinkEvent> = fc.oneof(
  fc.constantFrom<LinkEvent>(
    { type: 'start' },
    { type: 'retry_due' },
    { type: 'connected' },
    { type: 'echo_due' },
    { type: 'drained' },
  ),
  fc.record({ type: fc.constant('closed' as const), heldMs: fc.constantFrom(0, 60_000) }),
  fc.record({
    type: fc.constantFrom('operator' as const, 'bank' as const),
    function: fc.constantFrom('sign_on' as const, 'sign_off' as const, 'echo' as const),
  }),
  fc.record({
    type: fc.constant('answered' as const),
    function: fc.constantFrom('sign_on' as const, 'sign_off' as const, 'echo' as const),
    approved: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('unanswered' as const),
    function: fc.constantFrom('sign_on' as const, 'sign_off' as const, 'echo' as const),
    heard: fc.boolean(),
  }),
);

test('whatever happens, a held link is not signed on, and a lost one always asks to be retried', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let link = newLink;
      for (const e of events) {
        const before = link;
        const next = stepLink(link, e);
        link = next.link;
        if (before.held && link.held) expect(link.phase).not.toBe('signed_on');
        if (link.phase === 'disconnected' && before.phase !== 'disconnected') {
          expect(next.commands.map((c) => c.do)).toContain('retry_later');
        }
      }
    }),
  );
});

test('once stopped, a link stays stopped', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), fc.array(event, { maxLength: 20 }), (before, after) => {
      const end: LinkEvent[] = [{ type: 'stop' }, { type: 'closed', heldMs: 0 }];
      expect(run([...before, ...end, ...after]).link.phase).toBe('stopped');
    }),
  );
});

test('the pause between attempts doubles up to its limit and is half random', () => {
  expect(retryDelayMs(1, 0)).toBe(100);
  expect(retryDelayMs(1, 1)).toBe(200);
  expect(retryDelayMs(4, 1)).toBe(1_600);
  expect(retryDelayMs(1_000, 1)).toBe(retryMsMax);
});
