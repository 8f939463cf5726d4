import type { Db, Tx } from '@feiqian/db';
import {
  type ClaimResult,
  claimKeys,
  keyLengthMax,
  type RequestKey,
  releaseKeys,
  renewLease,
  saveAnswers,
} from '@feiqian/idempotency';
import { uuidOf } from '@feiqian/ids';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.ts';

/** The Idempotency-Key of a write. Throws a problem when it is missing or malformed. */
export function keyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key.length === 0) throw new ProblemError('idempotency_key_missing');
  if (key.length > keyLengthMax || !/^[\x21-\x7e]+$/.test(key)) {
    throw new ProblemError(
      'invalid_request',
      `Idempotency-Key: 1 to ${keyLengthMax} visible ASCII characters`,
    );
  }
  return key;
}

/** Reads the Idempotency-Key of a write whose route is declared as `keyed`. `caller` scopes it. */
export function requestKey(request: FastifyRequest, caller: string): RequestKey {
  // What the API's description tells must be so.
  if (!request.routeOptions.config.keyed)
    throw new Error(`${request.routeOptions.url} is not declared as keyed`);
  const key = keyOf(request);
  const route = `${request.method} ${request.routeOptions.url ?? request.url}`;
  const subject = `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`;
  return { id: uuidOf(`${caller} ${route}\n${key}`), fingerprint: uuidOf(subject) };
}

/** Turns a claim that was not granted into its answer. */
export function refuseClaim(
  result: Exclude<ClaimResult, { kind: 'claimed' } | { kind: 'answered' } | { kind: 'lease_ended' }>,
): never {
  if (result.kind === 'mismatch') throw new ProblemError('idempotency_key_reused');
  throw new ProblemError('request_in_flight', undefined, { retryAfterSeconds: 1 });
}

/** A body that is already JSON text, and its status. */
export interface Answer {
  status: number;
  body: string;
}

export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply
    .code(answer.status)
    .type('application/json; charset=utf-8')
    .serializer((text: unknown) => text as string)
    .send(answer.body);
}

/**
 * Runs a write whose whole effect is one transaction: the key, the effect and the answer are one commit, and a
 * repeat gets the saved answer. A problem thrown inside rolls back and frees the key.
 */
export async function idempotently(
  deps: { db: Db; now: () => number },
  key: RequestKey,
  work: (tx: Tx) => Promise<{ status: number; body: unknown }>,
): Promise<Answer> {
  return deps.db.transaction(async (tx) => {
    const [claim] = await claimKeys(tx, [{ ...key, objectId: null, answer: null }], deps.now());
    if (claim === undefined || claim.kind === 'in_flight' || claim.kind === 'mismatch') {
      return refuseClaim(claim ?? { kind: 'in_flight' });
    }
    if (claim.kind === 'answered') return { status: claim.status, body: claim.body };
    const done = await work(tx);
    const answer = { status: done.status, body: JSON.stringify(done.body) };
    const standing = await saveAnswers(tx, [{ id: key.id, ...answer }]);
    return standing.get(key.id) ?? answer;
  });
}

/**
 * Runs a write that calls other systems between its transactions: the key is claimed first with a lease, the
 * answer is saved after. `work` must be safe to repeat when a crash left the claim without an answer.
 */
export async function idempotentlyAround(
  deps: { db: Db; now: () => number },
  key: RequestKey,
  work: () => Promise<{ status: number; body: unknown }>,
): Promise<Answer> {
  const claim = await deps.db.transaction(async (tx) => {
    const [first] = await claimKeys(tx, [{ ...key, objectId: null, answer: null }], deps.now());
    if (first?.kind !== 'lease_ended') return first;
    return (await renewLease(tx, key, null, deps.now()))
      ? ({ kind: 'claimed' } as const)
      : ({ kind: 'in_flight' } as const);
  });
  if (claim?.kind === 'answered') return { status: claim.status, body: claim.body };
  if (claim?.kind !== 'claimed') return refuseClaim(claim ?? { kind: 'in_flight' });
  try {
    const done = await work();
    const answer = { status: done.status, body: JSON.stringify(done.body) };
    const standing = await deps.db.transaction((tx) => saveAnswers(tx, [{ id: key.id, ...answer }]));
    return standing.get(key.id) ?? answer;
  } catch (error) {
    await releaseKeys(deps.db, [key]);
    throw error;
  }
}
