import { subscribe } from 'node:diagnostics_channel';
import { sessionMs } from '@feiqian/access';
import { consoleRoles, staffRoles } from '@feiqian/contract';
import type { HttpApp } from '@feiqian/http';
import { TestDevice } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { desk, signedIn, signInBody, till } from '../support/people.ts';
import { bodies, pathOf, type Route, routesOf, unknownId } from '../support/routes.ts';
import { access, gapsOf, type Role, roles } from './access.matrix.ts';

/** Every route of the server, as it was added: `GET /v1/payments/{id}`. */
let served = new Set<string>();
/** Sees each application being made, before it has any route: the banks make some as well. */
subscribe('fastify.initialization', (made) => {
  const { fastify } = made as { fastify: HttpApp };
  const own = new Set<string>();
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) own.add(`${one} ${url.replace(/:([A-Za-z_]+)/g, '{$1}')}`);
    if (url === '/v1/payments') served = own;
  });
});

let net: TestNetwork;
let routes: Route[];
let callers: Record<Role, Caller>;
beforeAll(async () => {
  net = await startTestNetwork();
  routes = await routesOf(net.anyone);
  callers = {
    key: net.merchant,
    cashier: await till(net, '100102'),
    supervisor: await till(net, '100101'),
    wallet: (await signedIn(net, '13800000003')).caller,
    operator: await desk(net, 'operator'),
    bank: await desk(net, 'bank'),
    merchant: await desk(net, 'merchant'),
    reader: await desk(net, 'reader'),
    caller: await desk(net, 'phone'),
  };
});
afterAll(() => net?.stop());

/** Calls a route; of a stream only the status is waited for. */
async function call(route: Route, caller: Caller): Promise<number> {
  const stop = new AbortController();
  const body = bodies[route.name];
  const path = pathOf(route, unknownId(route.prefix ?? 'x'));
  const key = route.name.replaceAll(' ', '-');
  const text = body === undefined ? '' : JSON.stringify(body);
  const response = await fetch(caller.url + path, {
    method: route.method,
    headers: {
      ...(caller.token === null ? {} : { authorization: `Bearer ${caller.token}` }),
      ...(route.method === 'GET' ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(await caller.sign(route.method, path, text, key)),
    },
    ...(body === undefined ? {} : { body: text }),
    signal: stop.signal,
  });
  // Who is asked to verify what the route would do has been let in.
  const letIn = response.status === 403 && /"(verification|identity)_required"/.test(await response.text());
  stop.abort();
  return letIn ? 200 : response.status;
}

/** The table has shorter names for two roles of the console. */
const shortNames: Readonly<Record<string, string>> = { read_only: 'reader', call_centre: 'caller' };
const shortName = (role: string) => shortNames[role] ?? role;

describe('the table', () => {
  test('names every documented route and no other, and only roles that there are', () => {
    expect(gapsOf(routes.map((r) => r.name))).toEqual([]);
  });

  test('without a route, with one too many or a role that is none is found to be so', () => {
    const { 'GET /v1/payments': _, ...short } = access;
    const names = routes.map((r) => r.name);
    expect(gapsOf(names, short)).toEqual(['GET /v1/payments is missing']);
    expect(gapsOf(names, { ...access, 'GET /v1/nothing': 'key' })).toEqual(['GET /v1/nothing is no route']);
    expect(gapsOf(names, { ...access, 'GET /health': 'anyone root' })).toEqual([
      'GET /health is for root, which is no role',
    ]);
  });

  test('has a role for every kind of caller that the network knows, each with something it may and may not do', () => {
    expect(Object.keys(sessionMs).sort()).toEqual(['console', 'merchant_key', 'till', 'wallet']);
    expect([...roles].sort()).toEqual(
      [...consoleRoles.map(shortName), ...staffRoles, 'key', 'wallet'].sort(),
    );
    for (const role of roles) {
      const may = Object.values(access).filter((a) => a.split(' ').includes(role)).length;
      const guarded = Object.values(access).filter((a) => a !== 'anyone').length;
      expect([role, may > 0, may < guarded]).toEqual([role, true, true]);
    }
  });

  test('leaves out nothing that the server answers but its pages', () => {
    const hidden = [...served].filter((name) => access[name] === undefined);
    expect([...served].filter((name) => access[name] !== undefined).sort()).toEqual(
      Object.keys(access).sort(),
    );
    const twins = hidden.filter((name) => access[name.replace(/^HEAD /, 'GET ')] !== undefined);
    const pages = /^(GET|HEAD) \/(openapi\.json|sandbox\/messages|(docs|wallet|till|console)(\/.*)?|\*)?$/;
    expect(hidden.filter((name) => !twins.includes(name) && !pages.test(name))).toEqual([]);
  });

  test('holds for the heads of answers too', async () => {
    const guarded = routes.filter((r) => r.method === 'GET' && access[r.name] !== 'anyone');
    expect(guarded.length).toBeGreaterThan(20);
    // A stream has no head of its own.
    for (const route of guarded)
      expect([route.name, await call({ ...route, method: 'HEAD' }, net.anyone)]).toEqual([
        route.name,
        route.path.endsWith('/stream') ? 404 : 401,
      ]);
  });
});

test('each route with a body has one to be called with', () => {
  expect(
    routes
      .filter((r) => r.takesBody)
      .map((r) => r.name)
      .sort(),
  ).toEqual(Object.keys(bodies).sort());
});

test.each(Object.entries(access))('%s is for: %s', async (name, allowed) => {
  const route = routes.find((r) => r.name === name) as Route;
  const open = allowed === 'anyone';
  const nobody = await call(route, net.anyone);
  // A sign-in with wrong words is refused as such, whoever asks.
  if (open) expect([200, 202, 401]).toContain(nobody);
  else expect(nobody).toBe(401);
  if (open || name.endsWith('/sessions/current')) return;
  for (const role of roles) {
    const status = await call(route, callers[role]);
    if (allowed.split(' ').includes(role)) expect([role, [401, 403].includes(status)]).toEqual([role, false]);
    else expect([role, status]).toEqual([role, 403]);
    expect(status).toBeLessThan(500);
  }
});

describe('signing out', () => {
  const fresh: Record<string, () => Promise<Caller>> = {
    wallet: async () => (await signedIn(net, '13800000004')).caller,
    till: () => till(net, '100106'),
    console: () => desk(net, 'reader'),
  };
  test.each(Object.entries(fresh))('of the %s ends the session and no other', async (app, open) => {
    const [one, two] = [await open(), await open()];
    const me = `/v1/${app}/me`;
    expect((await one.get(me)).status).toBe(200);
    const out = await one.delete(`/v1/${app}/sessions/current`, { key: null });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toMatch(new RegExp(`^fq_${app}=;`));
    expect((await one.get(me)).status).toBe(401);
    expect((await two.get(me)).status).toBe(200);
  });
});

describe('a session in a cookie', () => {
  const withCookie = (headers: Record<string, string>, method = 'POST') =>
    fetch(`${net.url}/v1/wallet/scans`, {
      method,
      headers: {
        cookie: `fq_wallet=${callers.wallet.token}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: JSON.stringify({ text: 'https://example.org/' }),
    }).then((r) => r.status);

  test('writes from our own page, and from no other site', async () => {
    expect(await withCookie({})).toBe(422);
    expect(await withCookie({ origin: net.url })).toBe(422);
    expect(await withCookie({ origin: 'https://evil.example' })).toBe(403);
    expect(await withCookie({ origin: 'null' })).toBe(403);
    expect(await withCookie({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await withCookie({ 'sec-fetch-site': 'same-site' })).toBe(403);
  });

  test('cannot be read by scripts and stays on this site', async () => {
    const answer = await net.anyone.post('/v1/console/sessions', { username: 'reader', password: 'yunzhou' });
    expect(answer.headers.get('set-cookie')).toMatch(/^fq_console=.*; HttpOnly; SameSite=Strict/);
  });
});

describe('wrong tries', () => {
  test('of a PIN lock it after five, the right one included; other staff do not notice', async () => {
    const sign = (staff_number: string, pin: string) =>
      net.anyone.post('/v1/till/sessions', { staff_number, pin, device_name: 'x' });
    for (let i = 0; i < 5; i++) expect((await sign('100107', '000000')).status).toBe(401);
    const locked = await sign('100107', '123456');
    expect([locked.status, (locked.body as { code: string }).code]).toEqual([429, 'too_many_attempts']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(60);
    expect((await sign('100108', '123456')).status).toBe(201);
  });

  test('of a one-time code use it up after five', async () => {
    const mobile = '13800000008';
    const sign = (code: string) =>
      net.anyone.post('/v1/wallet/sessions', signInBody(new TestDevice(), mobile, code));
    await net.anyone.post('/v1/wallet/codes', { mobile });
    for (let i = 0; i < 5; i++) expect((await sign('000000')).status).toBe(401);
    expect((await sign(net.guide.code)).status).toBe(401);
  });

  test('a one-time code signs in once', async () => {
    const mobile = '13800000007';
    const sign = () =>
      net.anyone.post('/v1/wallet/sessions', signInBody(new TestDevice(), mobile, net.guide.code));
    await net.anyone.post('/v1/wallet/codes', { mobile });
    const answers = await Promise.all([sign(), sign(), sign(), sign()]);
    expect(answers.map((a) => a.status).sort()).toEqual([201, 401, 401, 401]);
  });
});
