import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPushHttp } from './pushHttp.ts';

let asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url}`);
  response.writeHead(request.url === '/away' ? 307 : 201, { location: '/elsewhere', 'retry-after': '7' });
  response.end('x'.repeat(request.url === '/long' ? 1_000_000 : 10));
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const sendTo = async (path: string, loopback: boolean) => {
  asked = [];
  const http = createPushHttp(loopback, () => 0);
  const url = new URL(`http://localhost:${port}${path}`);
  const answer = await http.send({ url, headers: { ttl: '1' }, body: Buffer.from('x') });
  http.close();
  return answer;
};

test('a name that leads inside is never connected to', async () => {
  expect(await sendTo('/x', false)).toEqual({ status: null, retryAfterMs: null });
  expect(asked).toEqual([]);
});

test('the sandbox reaches a push service on this machine, follows no redirect and reads no long answer', async () => {
  expect(await sendTo('/x', true)).toEqual({ status: 201, retryAfterMs: 7_000 });
  expect(await sendTo('/away', true)).toMatchObject({ status: 307 });
  expect(asked).toEqual(['POST /away']);
  expect(await sendTo('/long', true)).toMatchObject({ status: 201 });
});
