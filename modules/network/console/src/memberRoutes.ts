import { callerAs } from '@feiqian/access';
import { instant } from '@feiqian/clock';
import {
  Id,
  LinkActionRequest,
  LinkActionResult,
  MemberList,
  type MemberView,
  Strict,
} from '@feiqian/contract';
import { type HttpApp, ProblemError } from '@feiqian/http';
import { fromUuid, toUuid } from '@feiqian/ids';
import { type LinkState, type PendingForwards, pendingForwards } from '@feiqian/links';
import type { ConsoleDeps } from './deps.ts';
import { scopeOf } from './scope.ts';

const desk = { callers: ['console'] as const };

/** Members and the state of their links. */
export function memberRoutes(app: HttpApp, deps: ConsoleDeps): void {
  app.get(
    '/v1/console/members',
    {
      config: desk,
      schema: { tags: ['console'], summary: 'Members and their links', response: { 200: MemberList } },
    },
    async (request) => {
      const p = callerAs(request, 'console');
      if (p.role === 'merchant') throw new ProblemError('forbidden');
      return { data: await membersView(deps, scopeOf(p).issuerId) };
    },
  );
  app.post(
    '/v1/console/members/:id/link',
    {
      config: { ...desk, problems: ['not_found'] },
      schema: {
        tags: ['console'],
        summary: 'Act on a link',
        params: Strict({ id: Id('mbr') }),
        body: LinkActionRequest,
        response: { 200: LinkActionResult },
      },
    },
    async (request) => {
      const p = callerAs(request, 'console');
      if (p.role !== 'operator') throw new ProblemError('forbidden');
      const id = toUuid(request.params.id, 'mbr');
      if (!deps.members.get(id)?.link) throw new ProblemError('not_found');
      const outcome = await act(deps, id, request.body.action);
      return outcome.ok
        ? { ok: true as const, state: outcome.phase }
        : { ok: false as const, code: outcome.code };
    },
  );
}

function act(deps: ConsoleDeps, id: string, action: 'sign_on' | 'sign_off' | 'echo' | 'exchange_keys') {
  const { links } = deps;
  switch (action) {
    case 'sign_on':
      return links.signOn(id);
    case 'sign_off':
      return links.signOff(id);
    case 'echo':
      return links.echo(id);
    case 'exchange_keys':
      return links.exchangeKeys(id);
  }
}

async function membersView(deps: ConsoleDeps, only: string | null): Promise<MemberView[]> {
  const members = deps.members.list().filter((m) => only === null || m.id === only);
  const states = new Map(deps.links.states().map((s) => [s.memberId, s]));
  const [pending, positions] = await Promise.all([pendingForwards(deps.db), positionsOf(deps)]);
  return members.map((m) => {
    const state = states.get(m.id);
    const waiting = pending.find((f) => f.memberId === m.id);
    return {
      id: fromUuid(m.id, 'mbr'),
      code: m.code,
      name: m.name,
      name_en: m.nameEn,
      colour: m.colour,
      roles: [...m.roles],
      status: m.status,
      bins: deps.members.ranges(m.id).map((r) => (r.low === r.high ? r.low : `${r.low}–${r.high}`)),
      position: Number(positions.get(m.id) ?? 0n),
      currency: deps.currency,
      link: state ? linkView(state, waiting, deps.clock.now()) : null,
    };
  });
}

function linkView(
  s: LinkState,
  waiting: PendingForwards | undefined,
  nowMs: number,
): NonNullable<MemberView['link']> {
  return {
    state: s.phase,
    address: s.address,
    tls: s.tls,
    profile: s.profile,
    in_flight: s.inFlight,
    last_echo_at: s.lastEchoMs === null ? null : instant(s.lastEchoMs),
    since: instant(s.sinceMs),
    p50_ms: s.p50Ms,
    p99_ms: s.p99Ms,
    forwards_pending: waiting?.pending ?? 0,
    forwards_escalated: waiting?.escalated ?? 0,
    breaker: {
      state: s.breaker.state,
      reason: s.breaker.reason,
      since: instant(nowMs - s.breaker.forMs),
      probes_in_ms: s.breaker.probesInMs === null ? null : Math.ceil(s.breaker.probesInMs),
      opened: s.breaker.opened,
      refused: s.breaker.refused,
    },
  };
}

/** What each issuer owes the network, in minor units, by member. */
export async function positionsOf(deps: ConsoleDeps): Promise<Map<string, bigint>> {
  const issuers = deps.members.list().filter((m) => m.roles.includes('issuer'));
  const accountOf = new Map(issuers.map((m) => [deps.members.positionAccount(m.id, deps.currency), m.id]));
  const accounts = await deps.ledger.lookupAccounts(deps.db, [...accountOf.keys()]);
  return new Map(accounts.map((a) => [accountOf.get(a.id) ?? '', a.debitsPosted - a.creditsPosted]));
}
