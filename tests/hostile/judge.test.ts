import { expect, test } from 'vitest';
import { chanceOf } from '../support/chance.ts';
import type { Operation } from '../support/openapi.ts';
import { type Case, casesOf } from './cases.ts';
import { placesOf, untried } from './coverage.ts';
import { judge } from './judge.ts';
import { grownMb } from './memory.ts';
import type { Heard } from './send.ts';

/* What looks at answers is looked at: each of its checks finds the fault that is planted for it. */

const operation: Operation = {
  name: 'POST /v1/things/{id}',
  method: 'POST',
  path: '/v1/things/{id}',
  callers: ['wallet'],
  parameters: [
    { in: 'path', name: 'id', required: true, schema: { type: 'string', pattern: '^tng_[0-9a-f]{32}$' } },
    { in: 'query', name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100 } },
    { in: 'header', name: 'Idempotency-Key', required: true, schema: { type: 'string' } },
  ],
  body: {
    type: 'object',
    required: ['lines'],
    properties: {
      lines: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['amount'],
          properties: { amount: { type: 'integer', minimum: 1 } },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  answers: new Map([
    [
      200,
      {
        type: 'application/json',
        schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
        codes: [],
      },
    ],
    [400, { type: 'application/problem+json', schema: null, codes: ['invalid_request'] }],
    [401, { type: 'application/problem+json', schema: null, codes: ['unauthenticated'] }],
    [500, { type: 'application/problem+json', schema: null, codes: ['internal_error'] }],
  ]),
};

const one = (kind: Case['kind'], what = 'x'): Case => ({
  operation,
  what,
  kind,
  sign: null,
  sent: { method: 'POST', path: '/v1/things/1', headers: {}, body: null },
});
const right: Heard = { status: 200, type: 'application/json', requestId: 'req_1', text: '{"id":"a"}' };
function problem(status: number, code: string, change: object = {}): Heard {
  const body = { type: `/docs/errors#${code}`, title: 'x', status, code, request_id: 'req_1', ...change };
  return { status, type: 'application/problem+json', requestId: 'req_1', text: JSON.stringify(body) };
}

test('an answer as documented is found right', () => {
  expect(judge(one('valid'), right)).toBeNull();
  expect(judge(one('invalid'), problem(400, 'invalid_request'))).toBeNull();
  expect(judge(one('stranger'), problem(401, 'unauthenticated'))).toBeNull();
});

test.each<[string, Case['kind'], Heard]>([
  ['it failed', 'odd', problem(500, 'internal_error')],
  ['the inside is told', 'valid', { ...right, text: '{"id":"syntax error at or near"}' }],
  ['no request id', 'valid', { ...right, requestId: null }],
  ['an undocumented status', 'valid', { ...right, status: 202 }],
  ['an undocumented status', 'odd', problem(409, 'invalid_request')],
  ['it was taken', 'invalid', right],
  ['it was taken', 'stranger', right],
  ['not of the documented type', 'valid', { ...right, type: 'text/html' }],
  ['not of the documented form', 'valid', { ...right, text: '{"id":1}' }],
  ['not of the documented form', 'valid', { ...right, text: 'no JSON' }],
  ['no problem document', 'invalid', { ...problem(400, 'invalid_request'), type: 'application/json' }],
  ['the problem tells another status', 'invalid', problem(400, 'invalid_request', { status: 404 })],
  ['the problem tells another type', 'invalid', problem(400, 'invalid_request', { type: 'about:blank' })],
  ['the problem tells another request', 'invalid', problem(400, 'invalid_request', { request_id: 'req_2' })],
  ['is not documented', 'odd', problem(400, 'card_unknown')],
  ['it is refused for something else', 'invalid', problem(401, 'unauthenticated')],
  ['what is documented is refused for its form', 'valid', problem(400, 'invalid_request')],
  ['a stranger is told something else', 'stranger', problem(400, 'invalid_request')],
])('%s: found', (words, kind, heard) => {
  expect(judge(one(kind), heard)).toContain(words);
});

test('a field, a parameter or a route that nothing is drawn for is found', () => {
  const setting = { token: 'a'.repeat(40), otherToken: 'b', sign: null, known: {} };
  const cases = casesOf(operation, setting, chanceOf('coverage'));
  expect(placesOf(operation)).toEqual(['address', '?limit', 'key', 'caller', '/lines', '/lines/0/amount']);
  expect(untried([operation], cases)).toEqual([]);
  const other = { ...operation, name: 'POST /v1/others/{id}' };
  expect(untried([operation, other], cases)).toHaveLength(placesOf(other).length);
  const amountless = cases.filter((c) => !c.what.startsWith('/lines/0/amount'));
  expect(untried([operation], amountless)).toEqual([`${operation.name} /lines/0/amount`]);
});

test('memory that stays is found, and memory that goes is not', async () => {
  const kept: unknown[] = [];
  const fill = () => Array.from({ length: 200_000 }, (_, i) => ({ i }));
  expect(await grownMb(3, async () => void kept.push(fill()))).toBeGreaterThan(6);
  expect(await grownMb(3, async () => void fill())).toBeLessThan(6);
});
