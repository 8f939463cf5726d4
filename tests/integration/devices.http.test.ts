import { randomUUID } from 'node:crypto';
import type { Device, PersonView, Verification, WalletMe, WalletSession } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, done, told } from '../support/caller.ts';
import { factorsOf as known } from '../support/devices.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { codeOf, desk, order, signedIn, till, type Wallet, wallet } from '../support/people.ts';
import { bodies, pathOf, routesOf, unknownId } from '../support/routes.ts';
import { until } from '../support/until.ts';
import { askedOf, prepared, setPin, verified, withCode, withPin } from '../support/verify.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startTestNetwork({ strictDevices: true });
});
afterAll(() => net?.stop());

type Phone = { session: WalletSession; caller: Caller };
/** Signs in on one more device, without the pause that a number has to wait for its next code. */
async function phone(mobile: string): Promise<Phone> {
  await net.network.db.query("update access.one_time_code set sent_at = sent_at - interval '5 seconds'");
  return signedIn(net, mobile);
}
const idOf = (p: Phone | Wallet) => p.session.device.id;
const numberOf = (p: Phone) => p.session.device.waits?.number as string;
const approval = (p: Phone) => `/v1/wallet/devices/${idOf(p)}/approval`;
const refusal = (p: Phone) => `/v1/wallet/devices/${idOf(p)}/refusal`;
const approve = (by: Caller, p: Phone, number = numberOf(p)) =>
  verified(by, 'POST', approval(p), { number }, (v) => withPin(by, v));
const stateOf = async (by: Caller) => (await done(by.get<WalletMe>('/v1/wallet/me'))).device.state;
const devicesOf = async (by: Caller) => (await done(by.get<{ data: Device[] }>('/v1/wallet/devices'))).data;
const over = '409 device_request_over';
const gone = '401 unauthenticated';
/** Makes a device's time to be let in end a minute ago. */
const expire = (p: Phone) =>
  net.network.db.query(
    "update wallets.admission set expires_at = asked_at - interval '1 minute' where device_id = $1",
    [toUuid(idOf(p), 'dev')],
  );
/** What this person's devices asked before counts no more. */
const longAgo = (userId: string) =>
  net.network.db.query(
    "update wallets.admission set asked_at = asked_at - interval '2 hours' where user_id = $1",
    [toUuid(userId, 'usr')],
  );
const fully = (by: Caller, who: { name: string; identity_number: string }) => async (v: Verification) => {
  await done(by.post(`/v1/wallet/verifications/${v.id}/identity`, who));
  await withCode(net, by, v);
};
const recover = (p: Phone, who: { name: string; identity_number: string }, old = 'pause') =>
  verified<WalletMe>(p.caller, 'POST', '/v1/wallet/recovery', { old_devices: old }, fully(p.caller, who));
const collect = async (by: { session: WalletSession }, slot = 0) => {
  const { id } = await order(net, 1_300, { entry: 'pay_code' });
  const counter = await till(net);
  const code = codeOf(by as Wallet, { slot } as never);
  return told(await counter.post(`/v1/payments/${id}/collect`, { pay_code: code }));
};

describe('a second device', () => {
  const mobile = '13800000001';
  let first: Wallet;
  let second: Phone;
  beforeAll(async () => {
    first = await wallet(net, mobile);
    await setPin(net, first);
    second = await phone(mobile);
  });

  test('waits: it is told a number to compare and nothing of the person', async () => {
    expect(first.session.device).toMatchObject({ state: 'active', waits: null });
    expect(second.session.device).toMatchObject({
      state: 'pending',
      waits: { number: expect.stringMatching(/^\d{4}$/) },
    });
    const me = await done(second.caller.get<WalletMe>('/v1/wallet/me'));
    expect(me).toMatchObject({
      user: { name: null },
      device: { state: 'pending', waits: second.session.device.waits },
    });
  });

  test('can do nothing meanwhile, on any route, but wait, leave, and pass the full check', async () => {
    const open: string[] = [];
    for (const route of await routesOf(net.anyone)) {
      if (!route.path.startsWith('/v1/wallet/')) continue;
      const path = pathOf(route, route.prefix === null ? 'x'.repeat(22) : unknownId(route.prefix));
      // Leaving would end it.
      if (route.name === 'DELETE /v1/wallet/sessions/current') continue;
      const answer = await second.caller.send(route.method, path, { body: bodies[route.name] });
      if (told(answer) !== '403 device_pending') open.push(route.name);
    }
    expect(open.sort()).toEqual([
      'GET /v1/wallet/me',
      'GET /v1/wallet/nonces',
      'GET /v1/wallet/verifications/{id}',
      'POST /v1/wallet/codes',
      'POST /v1/wallet/recovery',
      'POST /v1/wallet/sessions',
      'POST /v1/wallet/verifications/{id}/code',
      'POST /v1/wallet/verifications/{id}/code-requests',
      'POST /v1/wallet/verifications/{id}/identity',
    ]);
    expect(await collect(second)).toBe('422 pay_code_invalid');
  });

  test('is shown to the first with its name, time and number, and to nobody else', async () => {
    const seen = (await devicesOf(first)).find((d) => d.id === idOf(second));
    expect(seen).toEqual({ ...second.session.device, current: false, last_used_at: seen?.last_used_at });
    const stranger = await wallet(net, '13800000003');
    expect((await devicesOf(stranger)).map((d) => d.id)).toEqual([idOf(stranger)]);
  });

  test('is let in by nobody but an active device of the same person, signed and verified', async () => {
    const number = numberOf(second);
    const stranger = await wallet(net, '13800000004');
    await setPin(net, stranger);
    expect(told(await stranger.post(approval(second), { number }))).toBe('404 not_found');
    expect(told(await stranger.post(refusal(second)))).toBe('404 not_found');
    expect(told(await second.caller.post(approval(second), { number }))).toBe('403 device_pending');
    const third = await phone(mobile);
    expect(told(await third.caller.post(approval(second), { number }))).toBe('403 device_pending');
    expect(told(await third.caller.post(refusal(second)))).toBe('403 device_pending');
    // A stolen token of the first device, and what is signed by another device.
    const thief = net.anyone.as(first.token);
    expect(told(await thief.post(approval(second), { number }))).toBe('403 signature_required');
    const other = net.anyone.as(first.token, second.caller.device);
    expect(told(await other.post(approval(second), { number }))).toBe('403 signature_invalid');
    // It took the nonces of the other with it.
    second.caller.device?.nonces.splice(0);
    expect(askedOf(await first.post(approval(second), { number })).accepts).toEqual([['pin'], ['passkey']]);
    expect(told(await approve(first, second, numberOf(third)))).toBe(over);
    expect([await stateOf(second.caller), await stateOf(third.caller)]).toEqual(['pending', 'pending']);
    await done(first.post(refusal(third)));
  });

  test('is let in once: the replayed request is refused, the repeated one answered the same', async () => {
    const path = approval(second);
    const key = randomUUID();
    const body = { number: numberOf(second) };
    const v = askedOf(await first.send('POST', path, { body, key }));
    await done(withPin(first, v));
    const raw = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      verification: v.id,
      ...(await first.sign('POST', path, raw, key)),
    };
    const send = () => first.send('POST', path, { raw, key, headers, signed: false });
    expect(told(await send())).toBe('200');
    expect(told(await send())).toBe('403 nonce_used');
    const again = await first.send('POST', path, { body, key, headers: { verification: v.id } });
    expect([told(again), again.body]).toEqual(['200', { id: idOf(second) }]);
    expect(told(await approve(first, second))).toBe(over);
    const me = await done(second.caller.get<WalletMe>('/v1/wallet/me'));
    expect(me.device).toMatchObject({ state: 'active', waits: null });
    expect(told(await second.caller.get('/v1/wallet/cards'))).toBe('200');
    const banks = { bank_ids: ['yunzhou'], consent: true };
    expect(told(await second.caller.post('/v1/wallet/card-discoveries', banks))).toBe('201');
  });

  test('lets in the next one as the first did', async () => {
    const third = await phone(mobile);
    expect(told(await approve(second.caller, third))).toBe('200');
    await done(first.delete(`/v1/wallet/devices/${idOf(third)}`));
    expect(told(await third.caller.get('/v1/wallet/me'))).toBe(gone);
  });

  test('that is refused ends: its session is over and nothing lets it in any more', async () => {
    const third = await phone(mobile);
    const ready = await prepared(first, 'POST', approval(third), { number: numberOf(third) }, (v) =>
      withPin(first, v),
    );
    expect(told(await first.post(refusal(third)))).toBe('200');
    expect(told(await third.caller.get('/v1/wallet/me'))).toBe(gone);
    expect(
      told(await third.caller.post('/v1/wallet/recovery', { old_devices: 'remove' }, { signed: false })),
    ).toBe(gone);
    expect(told(await ready())).toBe(over);
    expect(told(await first.post(refusal(third)))).toBe(over);
    expect((await devicesOf(first)).some((d) => d.id === idOf(third))).toBe(false);
  });

  test('whose time is over is shown no more, let in by nothing, and ends', async () => {
    const third = await phone(mobile);
    const ready = await prepared(first, 'POST', approval(third), { number: numberOf(third) }, (v) =>
      withPin(first, v),
    );
    const asked = askedOf(await third.caller.post('/v1/wallet/recovery', { old_devices: 'pause' }));
    expect(asked.accepts).toEqual([['identity', 'code']]);
    await expire(third);
    expect((await devicesOf(first)).some((d) => d.id === idOf(third))).toBe(false);
    expect(told(await ready())).toBe(over);
    await net.network.wallets.expireAdmissions();
    expect(told(await third.caller.get('/v1/wallet/me'))).toBe(gone);
    expect(told(await first.post(refusal(third)))).toBe(over);
  });

  test('is announced in the stream of the first, and its end as well', async () => {
    const stop = new AbortController();
    const stream = await fetch(`${net.url}/v1/wallet/stream`, {
      headers: { authorization: `Bearer ${first.token}` },
      signal: stop.signal,
    });
    let heard = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>)
        heard += decoder.decode(chunk);
    })().catch(() => undefined);
    const third = await phone(mobile);
    await until(() => heard.includes('device.asked') && heard.includes(idOf(third)), 3_000);
    await done(first.post(refusal(third)));
    await until(() => heard.includes('device.ended'), 3_000);
    stop.abort();
    await reading;
  });

  test('is let in or refused, never both, whoever comes first', async () => {
    for (let round = 0; round < 6; round++) {
      await longAgo(first.session.user.id);
      const third = await phone(mobile);
      const ready = await prepared(first, 'POST', approval(third), { number: numberOf(third) }, (v) =>
        withPin(first, v),
      );
      const both = await Promise.all(
        round % 2 === 0
          ? [ready(), first.post(refusal(third))]
          : [second.caller.post(refusal(third)), ready()],
      );
      const [letIn, refused] = round % 2 === 0 ? both : [both[1], both[0]];
      const answers = [told(letIn as never), told(refused as never)];
      expect([
        ['200', over],
        [over, '200'],
      ]).toContainEqual(answers);
      expect(told(await third.caller.get('/v1/wallet/cards'))).toBe(answers[0] === '200' ? '200' : gone);
      if (answers[0] === '200') await done(first.delete(`/v1/wallet/devices/${idOf(third)}`));
    }
  });

  test('waits beside two others at the most, and ten times within an hour', async () => {
    await longAgo(first.session.user.id);
    const waiting: Phone[] = [];
    for (let i = 0; i < 4; i++) waiting.push(await phone(mobile));
    const [oldest, ...rest] = waiting as [Phone, ...Phone[]];
    expect(told(await oldest.caller.get('/v1/wallet/me'))).toBe(gone);
    expect(new Set(rest.map(numberOf)).size).toBe(3);
    for (const p of rest) expect(await stateOf(p.caller)).toBe('pending');
    for (let i = 4; i < 10; i++) await phone(mobile);
    await expect(phone(mobile)).rejects.toThrow('too_many_requests');
    expect(await stateOf(first)).toBe('active');
  });
});

test('who has neither PIN nor passkey lets a second device in by a one-time code', async () => {
  const first = await wallet(net, '13800000007');
  const second = await phone('13800000007');
  const body = { number: numberOf(second) };
  const answer = await verified(first, 'POST', approval(second), body, (v) => {
    expect(v.accepts).toEqual([['code']]);
    return withCode(net, first, v);
  });
  expect([told(answer), await stateOf(second.caller)]).toEqual(['200', 'active']);
});

describe('where the first phone is gone', () => {
  const mobile = '13800000002';
  let old: Wallet;
  let fresh: Phone;
  beforeAll(async () => {
    old = await wallet(net, mobile);
    await setPin(net, old);
    fresh = await phone(mobile);
  });

  test('a PIN does not help, nor somebody else’s document, and the PIN cannot be locked from there', async () => {
    const body = { old_devices: 'pause' };
    const asked = askedOf(await fresh.caller.post('/v1/wallet/recovery', body));
    for (let i = 0; i < 6; i++)
      expect(told(await withPin(fresh.caller, asked, '864209'))).toBe('403 device_pending');
    await withCode(net, fresh.caller, asked);
    const other = known('13800000006');
    const wrong = await fresh.caller.post(`/v1/wallet/verifications/${asked.id}/identity`, other);
    expect(told(wrong)).toBe('422 identity_refused');
    const headers = { verification: asked.id };
    const again = await fresh.caller.send('POST', '/v1/wallet/recovery', { body, headers });
    expect(told(again)).toBe('403 verification_required');
    expect(await stateOf(fresh.caller)).toBe('pending');
    const settings = await done(old.get<{ pin: { locked: boolean } }>('/v1/wallet/security'));
    expect(settings.pin.locked).toBe(false);
  });

  test('the full check lets the new one in, once, and the old one holds still', async () => {
    const another = await phone(mobile);
    const ready = await prepared<WalletMe>(
      fresh.caller,
      'POST',
      '/v1/wallet/recovery',
      { old_devices: 'pause' },
      fully(fresh.caller, known(mobile)),
    );
    expect(await collect(old)).toBe('200');
    const answers = await Promise.all([ready(), ready()]);
    expect(answers.map(told).filter((a) => a === '200').length).toBeGreaterThan(0);
    const me = await done(ready());
    expect(me.device).toMatchObject({ id: idOf(fresh), state: 'active' });
    expect(told(await another.caller.get('/v1/wallet/me'))).toBe(gone);
    expect(await stateOf(old)).toBe('frozen');
    expect(told(await old.get('/v1/wallet/cards'))).toBe('200');
    const { id } = await order(net, 1_200);
    const paying = await old.post(`/v1/wallet/payments/${id}/pay`, { card_id: old.cards[0]?.id });
    expect(told(paying)).toBe('403 wallet_frozen');
    expect(await collect(old)).toBe('422 pay_code_invalid');
    const third = await phone(mobile);
    expect(told(await old.post(approval(third), { number: numberOf(third) }))).toBe('403 wallet_frozen');
    await done(fresh.caller.post(refusal(third)));
  });

  test('the end of a freeze does not wake the old one; its own check does', async () => {
    await done(fresh.caller.post('/v1/wallet/freeze', {}));
    const third = await phone(mobile);
    expect(third.session.device.state).toBe('pending');
    expect(told(await fresh.caller.post(approval(third), { number: numberOf(third) }))).toBe(
      '403 wallet_frozen',
    );
    const unfreeze = (by: Caller) =>
      verified(by, 'POST', '/v1/wallet/unfreeze', undefined, fully(by, known(mobile)));
    expect(told(await unfreeze(fresh.caller))).toBe('200');
    expect([await stateOf(fresh.caller), await stateOf(old)]).toEqual(['active', 'frozen']);
    expect(told(await unfreeze(old))).toBe('200');
    expect(await stateOf(old)).toBe('active');
    expect(await collect(old, 1)).toBe('200');
  });

  test('the old ones can be removed for good', async () => {
    const next = await phone(mobile);
    const answer = await recover(next, known(mobile), 'remove');
    expect(told(answer)).toBe('200');
    expect(told(await old.get('/v1/wallet/me'))).toBe(gone);
    expect(told(await fresh.caller.get('/v1/wallet/me'))).toBe(gone);
    expect((await devicesOf(next.caller)).map((d) => d.id)).toEqual([idOf(next)]);
  });
});

describe('a person who is frozen', () => {
  const mobile = '13800000006';
  test('comes back on a new phone frozen, and is free after being verified anew', async () => {
    const lost = await wallet(net, mobile);
    const telephone = await desk(net, 'phone');
    const seen = await done(telephone.get<PersonView>(`/v1/console/people?mobile=${mobile}`));
    const body = { lost_device_ids: [idOf(lost)] };
    await done(telephone.post(`/v1/console/people/${seen.id}/freeze`, body));
    const next = await phone(mobile);
    expect(next.session.device.state).toBe('frozen');
    const banks = { bank_ids: ['yunzhou'], consent: true };
    const discover = async () => told(await next.caller.post('/v1/wallet/card-discoveries', banks));
    expect(await discover()).toBe('403 wallet_frozen');
    const satisfy = fully(next.caller, known(mobile));
    const unfreeze = verified(next.caller, 'POST', '/v1/wallet/unfreeze', undefined, satisfy);
    expect(told(await unfreeze)).toBe('200');
    expect(await discover()).toBe('201');
  });

  test('stays frozen when a waiting phone is let in by the full check', async () => {
    const kept = await wallet(net, '13800000005');
    const next = await phone('13800000005');
    await done(kept.post('/v1/wallet/freeze', {}));
    const answer = await recover(next, known('13800000005'));
    expect([told(answer), answer.body.device.state]).toEqual(['200', 'frozen']);
    expect(
      told(await next.caller.post('/v1/wallet/card-discoveries', { bank_ids: ['yunzhou'], consent: true })),
    ).toBe('403 wallet_frozen');
  });
});

test('of two first devices that sign in at once one is active and the other waits', async () => {
  // One code lets one in; the other asks for a new one and tries again.
  const tries = 20;
  const insist = async (mobile: string) => {
    for (let i = 0; i < tries; i++) {
      const found = await phone(mobile).catch(() => null);
      if (found) return found.session.device.state;
    }
    throw new Error(`nobody got in with ${mobile}`);
  };
  for (let round = 0; round < 3; round++) {
    const mobile = `1390001000${round}`;
    const states = await Promise.all([insist(mobile), insist(mobile)]);
    expect(states.sort()).toEqual(['active', 'pending']);
  }
});

test('who signs out leaves nothing to wait for', async () => {
  const mobile = '13900030001';
  const first = await phone(mobile);
  await done(first.caller.delete('/v1/wallet/sessions/current'));
  expect((await phone(mobile)).session.device.state).toBe('active');
});
