import type { Payment } from '@feiqian/contract';
import { TestDevice } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { codeOf, order, signInBody, till, type Wallet, wallet } from '../support/people.ts';
import { askedOf, setPin, verified, withPin } from '../support/verify.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startTestNetwork();
});
afterAll(() => net?.stop());

const hour = 3_600_000;

describe('a phone whose clock is wrong by hours', () => {
  let phone: Wallet;
  beforeAll(async () => {
    phone = await wallet(net, '13800000001');
    await setPin(net, phone);
  });
  /** What a till is answered that scans the code this phone makes when it believes that it is `atMs`. */
  async function shown(atMs: number, slot: number): Promise<string> {
    const { id } = await order(net, 1_100, { entry: 'pay_code' });
    const counter = await till(net);
    const code = codeOf(phone, { slot } as never, atMs);
    return told(await counter.post(`/v1/payments/${id}/collect`, { pay_code: code }));
  }

  test('does all that is done online: nothing that it signs or sends says what time it is', async () => {
    // The nonce carries the network's time; a request has no other.
    const { id } = await order(net, 150_000);
    const body = { card_id: phone.cards[0]?.id };
    const paid = await verified<Payment>(phone, 'POST', `/v1/wallet/payments/${id}/pay`, body, (v) =>
      withPin(phone, v),
    );
    expect([told(paid), paid.body.state]).toEqual(['200', 'captured']);
  });

  test.for([-14, 5])(
    'makes codes by its own clock (%i h) that no till takes, and is told why',
    async (hours) => {
      const { id } = await order(net, 1_100, { entry: 'pay_code' });
      const counter = await till(net);
      const pay_code = codeOf(phone, { slot: 0 } as never, Date.now() + hours * hour);
      const answer = await counter.post(`/v1/payments/${id}/collect`, { pay_code });
      expect(told(answer)).toBe('422 pay_code_invalid');
      expect(answer.text).toContain('clock of the phone');
    },
  );

  test.for([-14, 5])('makes right codes by the time the network told it (%i h)', async (hours) => {
    const deviceNow = () => Date.now() + hours * hour;
    const { server_time } = await done(phone.get<{ server_time: string }>('/v1/wallet/me'));
    const skewMs = Date.parse(server_time) - deviceNow();
    expect(await shown(deviceNow() + skewMs, hours === 5 ? 1 : 2)).toBe('200');
  });
});

describe('tries of one device', () => {
  test('at many numbers are limited by the browser’s cookie, beside number and address', async () => {
    const first = await net.anyone.post('/v1/wallet/codes', { mobile: '13911110000' });
    const cookie = /fq_browser=[A-Za-z0-9_-]{22}/.exec(first.headers.get('set-cookie') ?? '')?.[0] ?? '';
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly/i);
    const headers = { cookie };
    const ask = (n: number) =>
      net.anyone.post('/v1/wallet/codes', { mobile: `139111100${String(n).padStart(2, '0')}` }, { headers });
    const answers: string[] = [];
    for (let n = 0; n < 22; n++) answers.push(told(await ask(n)));
    expect(answers.filter((a) => a === '202')).toHaveLength(20);
    expect(answers.at(-1)).toBe('429 too_many_requests');
    // Guessing counts with asking, a right code as well as a wrong one.
    const body = signInBody(new TestDevice(), '13911110001', net.guide.code);
    const guess = await net.anyone.post('/v1/wallet/sessions', body, { headers });
    expect(told(guess)).toBe('429 too_many_requests');
    expect(Number(guess.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another browser at the same address goes on.
    expect(told(await net.anyone.post('/v1/wallet/codes', { mobile: '13911110099' }))).toBe('202');
  });

  test('to have messages sent are limited, however many verifications they are for', async () => {
    const phone = await wallet(net, '13800000002');
    const answers: string[] = [];
    for (let n = 0; n < 21; n++) {
      const v = askedOf(await phone.send('PUT', '/v1/wallet/pin', { body: { pin: '135790' } }));
      answers.push(told(await phone.post(`/v1/wallet/verifications/${v.id}/code-requests`)));
    }
    expect(answers.filter((a) => a === '202')).toHaveLength(20);
    expect(answers.at(-1)).toBe('429 too_many_requests');
    const other = await wallet(net, '13800000003');
    const v = askedOf(await other.send('PUT', '/v1/wallet/pin', { body: { pin: '135790' } }));
    expect(told(await other.post(`/v1/wallet/verifications/${v.id}/code-requests`))).toBe('202');
  });
});
