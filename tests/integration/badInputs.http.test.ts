import { connect } from 'node:net';
import type { Problem } from '@feiqian/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Caller, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, desk, order, till, type Wallet, wallet } from '../support/people.ts';
import { badInputs, type Scene, type Who } from './badInputs.cases.ts';

let net: TestNetwork;
let scene: Scene;
let callers: Record<Who, Caller>;
beforeAll(async () => {
  net = await startTestNetwork();
  const payer: Wallet = await wallet(net, '13800000001');
  const operator = await desk(net);
  callers = { nobody: net.anyone, merchant: net.merchant, wallet: payer, operator };
  const first = payer.cards[0];
  const created = await order(net, 1_000);
  const members = await done(operator.get<{ data: { id: string }[] }>('/v1/console/members'));
  scene = {
    net,
    payer,
    created: created.id,
    authorised: (await buy(net, payer, first, 1_000, { capture: 'manual' })).id,
    captured: (await buy(net, payer, first, 1_000)).id,
    merchantId: created.merchant.id,
    memberId: members.data[0]?.id ?? '',
    foreignStore: (await till(net, '100103')).session.me.store.id,
  };
});
afterAll(() => net?.stop());

test('each case says something of its own', () => {
  expect(new Set(badInputs.map((c) => c.what)).size).toBe(badInputs.length);
});

test.each(badInputs.map((c) => [c.what, c.answer, c] as const))(
  '%s is answered %s',
  async (_, expected, c) => {
    const path = typeof c.path === 'string' ? c.path : c.path(scene);
    const answer = await callers[c.by].send(c.method ?? 'POST', path, {
      ...(c.body === undefined ? {} : { body: c.body(scene) }),
      ...(c.raw === undefined ? {} : { raw: c.raw }),
      ...(c.headers === undefined ? {} : { headers: c.headers }),
      ...(c.key === undefined ? {} : { key: c.key }),
    });
    expect(told(answer)).toBe(expected);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = answer.body as Problem;
    expect(problem).toMatchObject({ status: answer.status, type: `/docs/errors#${problem.code}` });
    expect(problem.request_id).toBe(answer.headers.get('x-request-id'));
    // What was sent is not repeated to the sender, and nothing of the inside is told.
    expect(answer.text).not.toMatch(/ at .*\.ts|node_modules|select |insert |invalid byte/i);
  },
);

test('what is wrong with a field is told by its place', async () => {
  const answer = await net.merchant.post('/v1/payments', {
    amount: 0,
    currency: 'CNY',
    store_id: net.storeId,
    tip: 1,
  });
  const { errors = [] } = answer.body as Problem;
  expect(errors.map((e) => e.path).sort()).toEqual(['body', 'body/amount']);
  expect(errors.map((e) => e.message)).toContain('unknown field "tip"');
});

/** Sends bytes to the HTTP port and gives what comes back until the connection ends. */
function talk(bytes: string): Promise<string> {
  const { hostname, port } = new URL(net.url);
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

describe('on the wire', () => {
  const close = 'Connection: close\r\n';
  test.each([
    ['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01', /^HTTP\/1\.1 400 /],
    ['a request without a host', 'GET /health HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a header of 20 KiB',
      `GET /health HTTP/1.1\r\nHost: x\r\n${close}X: ${'x'.repeat(20_480)}\r\n\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'two lengths at once',
      `POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a length that is none',
      'POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
    ['a header split in two', 'GET /health HTTP/1.1\r\nHost: x\r\nA\n\rB: c\r\n\r\n', /^HTTP\/1\.1 400 /],
  ])('%s are refused', async (_, bytes, expected) => {
    expect(await talk(bytes)).toMatch(expected);
    expect((await net.anyone.get('/health')).status).toBe(200);
  });

  test('HEAD of a stream ends', async () => {
    const response = await fetch(`${net.url}/v1/till/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${(await till(net)).token}` },
      signal: AbortSignal.timeout(5_000),
    });
    expect(response.status).toBeLessThan(500);
    await response.text();
  });
});

test('none of it was our fault, nothing moved and nothing was logged as an error', async () => {
  expect(net.heard.filter((h) => h.answer.status >= 500).map((h) => [h.path, h.answer.text])).toEqual([]);
  expect(net.logs).toEqual([]);
  expect(await differences(net.network.db)).toEqual([]);
});
