import type { FastifyRequest } from 'fastify';
import type { HttpApp } from './app.ts';
import { ProblemError } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The kind of work that the route is, for admission; absent means that it is always let in. */
    work?: string;
  }
}

/** How one kind of work is let in. */
export interface WorkLimits {
  /** How long a request of this kind that came now would probably wait, in ms. */
  expectedWaitMs(): number;
  /** It is refused when it would wait longer than this, unless its caller says otherwise, in ms. */
  waitMsDefault: number;
  /** Nor may a caller ask for more than this, in ms. */
  waitMsMax: number;
  /** Requests of this kind under way at the most, waiting for others included. */
  underWayMax: number;
  /** So few are let in whatever the expected wait: a late timer on a quiet machine is no overload. */
  underWayMin: number;
  /**
   * A refusal is answered after this time, in ms (at once unless set): a program that asks again as soon as it is
   * answered would otherwise use up in refusals what it was refused.
   */
  refusedAfterMs?: number;
  /** Requests a second from one caller, with a burst of twice as many; absent means any number. */
  perCallerPerSecond?: number;
}

/** Why a request was not let in. */
export const refusals = ['wait', 'full', 'caller'] as const;
export type Refusal = (typeof refusals)[number];

/** What admission has done for one kind of work since the start. */
export interface WorkFigures {
  underWay: number;
  admitted: number;
  refused: Record<Refusal, number>;
  expectedWaitMs: number;
}

/** Lets requests in, or refuses them at once, before anything is done for them. */
export interface Admission {
  /** Null when the request may go on (call `ended` afterwards), else why not. */
  admit(work: string, caller: string, budgetMs: number | null): Refusal | null;
  ended(work: string): void;
  /** How long to hold a refusal back now, in ms. */
  holdMs(work: string): number;
  /** Refusals that are held back. */
  held: number;
  /** After how many seconds a refused caller should come back: not all of them at the same time. */
  retryAfterSeconds(work: string): number;
  figures(): Map<string, WorkFigures>;
}

/** Callers that are remembered; beyond it the ones not heard of for longest are forgotten. */
export const callersMax = 10_000;
const retryAfterSecondsMax = 8;
/** Refusals held back at the most; further ones are answered at once. */
const heldMax = 2_000;

/** Creates the admission of one process; `now` in ms, only running forward. */
export function createAdmission(works: Readonly<Record<string, WorkLimits>>, now: () => number): Admission {
  const figures = new Map(
    Object.keys(works).map((work) => [
      work,
      { underWay: 0, admitted: 0, refused: { wait: 0, full: 0, caller: 0 } },
    ]),
  );
  const callers = new Map<string, { left: number; atMs: number }>();
  let turn = 0;

  function overRate(work: string, caller: string, perSecond: number): boolean {
    const key = `${work} ${caller}`;
    const nowMs = now();
    const known = callers.get(key);
    callers.delete(key);
    const burst = perSecond * 2;
    const left =
      known === undefined ? burst : Math.min(burst, known.left + ((nowMs - known.atMs) / 1000) * perSecond);
    callers.set(key, { left: left < 1 ? left : left - 1, atMs: nowMs });
    if (callers.size > callersMax) callers.delete(callers.keys().next().value as string);
    return left < 1;
  }

  function judge(work: string, limits: WorkLimits, caller: string, budgetMs: number | null): Refusal | null {
    const underWay = figures.get(work)?.underWay ?? 0;
    if (underWay >= limits.underWayMax) return 'full';
    const budget = Math.min(limits.waitMsMax, budgetMs ?? limits.waitMsDefault);
    if (underWay >= limits.underWayMin && limits.expectedWaitMs() > budget) return 'wait';
    const { perCallerPerSecond } = limits;
    return perCallerPerSecond !== undefined && overRate(work, caller, perCallerPerSecond) ? 'caller' : null;
  }

  return {
    admit(work, caller, budgetMs) {
      const limits = works[work];
      const own = figures.get(work);
      if (limits === undefined || own === undefined) throw new Error(`there is no kind of work ${work}`);
      const refusal = judge(work, limits, caller, budgetMs);
      if (refusal === null) {
        own.admitted += 1;
        own.underWay += 1;
      } else own.refused[refusal] += 1;
      return refusal;
    },
    ended(work) {
      const own = figures.get(work);
      if (own !== undefined) own.underWay -= 1;
    },
    holdMs(work) {
      return this.held < heldMax ? (works[work]?.refusedAfterMs ?? 0) : 0;
    },
    held: 0,
    retryAfterSeconds(work) {
      const waitMs = works[work]?.expectedWaitMs() ?? 0;
      const spread = Math.min(retryAfterSecondsMax, 2 + Math.ceil(waitMs / 500));
      turn = (turn + 1) % 5_040;
      return 1 + (turn % spread);
    },
    figures: () =>
      new Map(
        [...figures].map(([work, own]) => [
          work,
          { ...own, refused: { ...own.refused }, expectedWaitMs: works[work]?.expectedWaitMs() ?? 0 },
        ]),
      ),
  };
}

/**
 * Asks admission first of all, before a caller is looked up or a body is read: a refusal must cost next to nothing. Routes say by `config.work` what kind of work they are.
 */
export function installAdmission(app: HttpApp, admission: Admission): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { work } = request.routeOptions.config;
    if (work === undefined) return done();
    const refusal = admission.admit(work, callerOf(request), budgetOf(request));
    if (refusal === null) {
      reply.raw.once('close', () => admission.ended(work));
      return done();
    }
    const code = refusal === 'caller' ? 'too_many_requests' : 'overloaded';
    const retryAfterSeconds = refusal === 'caller' ? 1 : admission.retryAfterSeconds(work);
    const problem = new ProblemError(code, undefined, { retryAfterSeconds });
    const holdMs = admission.holdMs(work);
    if (holdMs === 0) return done(problem);
    admission.held += 1;
    setTimeout(() => {
      admission.held -= 1;
      done(problem);
    }, holdMs);
  });
}

function callerOf(request: FastifyRequest): string {
  return request.headers.authorization ?? request.headers.cookie ?? request.ip;
}

/** How long the caller is willing to wait, from `Prefer: wait=<seconds>` (RFC 7240, section 4.3), in ms. */
function budgetOf(request: FastifyRequest): number | null {
  const { prefer } = request.headers;
  const wait =
    prefer === undefined ? null : /(?:^|[,;\s])wait=([0-9]{1,4})(?:$|[,;\s])/i.exec(String(prefer));
  return wait === null ? null : Number(wait[1]) * 1_000;
}
