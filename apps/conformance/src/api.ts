import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import {
  type BankApiRoute,
  type BankApiRouteId,
  type BankProblemCode,
  BankProblemDetails,
  bankApiRoutes,
  bankProblems,
} from '@feiqian/contract';
import { Check, Errors } from 'typebox/value';
import { Broken } from './check.ts';
import type { Subject } from './subject.ts';
import { tlsOptions } from './tls.ts';

/** The bank must answer a call within this, in ms. */
export const answerMsMax = 7_000;
const answerBytesMax = 4 * 1024 * 1024;

/** What is asked of a route. */
export interface Asked {
  params?: Record<string, string>;
  query?: Record<string, string | number>;
  body?: unknown;
  /** The Idempotency-Key. */
  key?: string;
}

/** An answer as it came. */
export interface RawAnswer {
  status: number;
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** The network's side of the bank API. Every answer is compared with the contract, whatever it is asked for. */
export interface BankApi {
  /** The answer of a route that must succeed. */
  call<T>(route: BankApiRouteId, asked?: Asked): Promise<T>;
  /** The problem of a call that must be refused with one of these codes. */
  refused(
    route: BankApiRouteId,
    asked: Asked,
    codes: readonly BankProblemCode[],
  ): Promise<BankProblemDetails>;
  /** Either of the two. */
  ask<T>(
    route: BankApiRouteId,
    asked: Asked,
  ): Promise<{ ok: true; body: T } | { ok: false; problem: BankProblemDetails }>;
  /** Anything at all, not compared with anything. */
  raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<RawAnswer>;
}

export function createApi(subject: Subject): BankApi {
  const tls = subject.api.tls ? tlsOptions(subject.api.tls) : {};

  function raw(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<RawAnswer> {
    const url = new URL(subject.url + path);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = send(url, { method, headers, ...tls, timeout: answerMsMax }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= answerBytesMax) chunks.push(chunk);
        });
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, body: parsed(text), headers: response.headers });
        });
      });
      sent.on('timeout', () => sent.destroy(new Broken(`no answer within ${answerMsMax} ms`)));
      sent.on('error', (error) => reject(new Broken(`${method} ${path}: ${error.message}`)));
      sent.end(body);
    });
  }

  async function ask<T>(id: BankApiRouteId, asked: Asked) {
    const route: BankApiRoute = bankApiRoutes[id];
    const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
    const answer = await raw(
      route.method,
      pathOf(route, asked),
      {
        ...(route.authenticated ? { authorization: `Bearer ${subject.api.key}` } : {}),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        ...(asked.key === undefined ? {} : { 'idempotency-key': asked.key }),
      },
      text,
    );
    if (answer.status !== route.status) return { ok: false as const, problem: problemOf(route, answer) };
    if (route.answer) fits(route, route.answer, answer.body);
    return { ok: true as const, body: answer.body as T };
  }

  return {
    raw,
    ask,
    async call<T>(id: BankApiRouteId, asked: Asked = {}) {
      const answer = await ask<T>(id, asked);
      if (answer.ok) return answer.body;
      throw new Broken(`${id} is refused with ${answer.problem.status} ${answer.problem.code}`);
    },
    async refused(id, asked, codes) {
      const answer = await ask(id, asked);
      if (answer.ok) throw new Broken(`${id} succeeds, it must be refused with ${codes.join(' or ')}`);
      if (!codes.includes(answer.problem.code as BankProblemCode)) {
        throw new Broken(`${id} is refused with ${answer.problem.code}, not ${codes.join(' or ')}`);
      }
      return answer.problem;
    },
  };
}

function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pathOf(route: BankApiRoute, { params = {}, query }: Asked): string {
  const path = route.path.replace(/\{([a-z_]+)\}/g, (_whole, name: string) =>
    encodeURIComponent(params[name] ?? ''),
  );
  if (!query) return path;
  const pairs = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return `${path}?${new URLSearchParams(pairs)}`;
}

/** A refusal must be a problem document with a code that this route may answer, under the status of that code. */
function problemOf(route: BankApiRoute, answer: RawAnswer): BankProblemDetails {
  const where = `${route.id} answers ${answer.status}`;
  const type = String(answer.headers['content-type'] ?? '');
  if (!type.startsWith('application/problem+json')) throw new Broken(`${where} as ${type || 'nothing'}`);
  fits(route, BankProblemDetails, answer.body);
  const problem = answer.body as BankProblemDetails;
  const known = bankProblems[problem.code as BankProblemCode];
  if (!known) throw new Broken(`${where} with ${problem.code}, which is no code of the contract`);
  if (known.status !== answer.status)
    throw new Broken(`${problem.code} has status ${known.status}; ${where}`);
  if (!route.problems.includes(problem.code as BankProblemCode)) {
    throw new Broken(`${route.id} may not answer ${problem.code}`);
  }
  return problem;
}

function fits(route: BankApiRoute, schema: object, body: unknown): void {
  if (Check(schema, body)) return;
  const [first] = Errors(schema, body);
  const place = first?.instancePath || 'the answer';
  throw new Broken(`${route.id}: ${place} ${first?.message ?? 'does not fit the contract'}`);
}
