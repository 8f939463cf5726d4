import { randomUUID } from 'node:crypto';
import {
  type Payment,
  type SecuritySettings,
  type Verification,
  verificationHeader,
} from '@feiqian/contract';
import { TestPasskey } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { codeOf, look, order, till, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';
import { askedOf, setPin, testPin, verified, withCode, withPin } from '../support/verify.ts';

let net: TestNetwork;
let payer: Wallet;
beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  await setPin(net, payer);
});
afterAll(() => net?.stop());

const payPath = (id: string) => `/v1/wallet/payments/${id}/pay`;
const cardBody = (by: Wallet) => ({ card_id: by.cards[0]?.id });
const answerPath = (v: Verification, what: string) => `/v1/wallet/verifications/${v.id}/${what}`;
/** What a payment of this amount is asked for. */
async function refusedPay(
  by: Wallet,
  amount: number,
): Promise<{ id: string; v: Verification; path: string }> {
  const { id } = await order(net, amount);
  return { id, v: askedOf(await by.post(payPath(id), cardBody(by))), path: payPath(id) };
}
const again = (
  by: Wallet,
  path: string,
  v: Verification,
  body: unknown = cardBody(by),
  key: string = randomUUID(),
) => by.send('POST', path, { body, key, headers: { [verificationHeader]: v.id } });

describe('a payment', () => {
  test('up to the limit is paid as it is', async () => {
    const { id } = await order(net, 100_000);
    expect(told(await payer.post(payPath(id), cardBody(payer)))).toBe('200');
  });

  test('above it names what is accepted, moves nothing, and is paid once that is passed', async () => {
    const { id, v, path } = await refusedPay(payer, 100_001);
    expect(v).toMatchObject({
      operation: 'payment',
      amount: 100_001,
      accepts: [['pin'], ['passkey']],
      done: [],
      satisfied: false,
    });
    expect((await look(net, id)).state).toBe('created');
    expect(told(await again(payer, path, v))).toBe('403 verification_required');
    expect((await done(withPin(payer, v))).satisfied).toBe(true);
    expect(((await done(again(payer, path, v))) as Payment).state).toBe('captured');
  });

  test('of a large amount needs PIN and code together, or a passkey', async () => {
    const { v, path } = await refusedPay(payer, 500_100);
    expect(v.accepts).toEqual([['passkey'], ['pin', 'code']]);
    expect((await done(withPin(payer, v))).satisfied).toBe(false);
    expect(told(await again(payer, path, v))).toBe('403 verification_required');
    const both = await withCode(net, payer, v);
    expect([both.satisfied, both.done.toSorted()]).toEqual([true, ['code', 'pin']]);
    expect(told(await again(payer, path, v))).toBe('200');
  });

  test('whose answer was lost is repeated with the same key and verification', async () => {
    const { v, path } = await refusedPay(payer, 100_002);
    await done(withPin(payer, v));
    const key = randomUUID();
    const first = await again(payer, path, v, cardBody(payer), key);
    expect(told(first)).toBe('200');
    expect((await again(payer, path, v, cardBody(payer), key)).body).toEqual(first.body);
  });
});

describe('a verification', () => {
  test('is for one request: not another payment, card or key', async () => {
    const one = await refusedPay(payer, 100_100);
    const two = await refusedPay(payer, 100_100);
    await done(withPin(payer, one.v));
    const refused = '403 verification_required';
    expect(told(await again(payer, two.path, one.v))).toBe(refused);
    expect(told(await again(payer, one.path, one.v, { card_id: payer.cards[1]?.id }))).toBe(refused);
    expect(told(await again(payer, one.path, one.v))).toBe('200');
    expect(told(await again(payer, one.path, one.v))).toBe('409 payment_not_payable');
  });

  test('is used once by many requests that bring it together', async () => {
    const { v, path, id } = await refusedPay(payer, 100_200);
    await done(withPin(payer, v));
    const answers = await Promise.all(Array.from({ length: 6 }, () => again(payer, path, v)));
    expect(answers.map(told).filter((t) => t === '200')).toHaveLength(1);
    expect((await look(net, id)).captured_amount).toBe(100_200);
  });

  test('belongs to its device: another one of the same person can neither see, pass nor use it', async () => {
    const second = await wallet(net, '13800000001');
    const { v, path } = await refusedPay(payer, 100_300);
    expect(told(await second.get(`/v1/wallet/verifications/${v.id}`))).toBe('404 not_found');
    expect(told(await withPin(second, v))).toBe('404 not_found');
    await done(withPin(payer, v));
    expect(told(await again(second, path, v, { card_id: second.cards[0]?.id }))).toBe(
      '403 verification_required',
    );
  });

  test('takes a code of its own: not one of a sign-in, nor of another verification', async () => {
    const one = await refusedPay(payer, 500_200);
    const two = await refusedPay(payer, 500_300);
    await done(net.anyone.post('/v1/wallet/codes', { mobile: '13800000001' }));
    await done(payer.post(answerPath(two.v, 'code-requests')));
    const enter = (v: Verification) => payer.post(answerPath(v, 'code'), { code: net.guide.code });
    expect(told(await enter(one.v))).toBe('403 verification_failed');
    expect(told(await enter(two.v))).toBe('200');
  });

  test('of nothing is not found', async () => {
    const v = { id: `vch_${'0'.repeat(32)}` } as Verification;
    for (const what of ['pin', 'code-requests', 'code', 'passkey-options']) {
      const body = what === 'pin' ? { pin: testPin } : what === 'code' ? { code: '246810' } : undefined;
      expect(told(await payer.post(answerPath(v, what), body))).toBe('404 not_found');
    }
  });
});

describe('a PIN', () => {
  const settings = (by: Wallet) => done(by.get<SecuritySettings>('/v1/wallet/security'));

  test('is kept so that it cannot be read', async () => {
    const { rows } = await net.network.db.query<{ hash: string }>('select hash from verification.pin');
    for (const { hash } of rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('is locked by five wrong tries, also when they come together, and the right one is no use then', async () => {
    const guessed = await wallet(net, '13800000002');
    await setPin(net, guessed);
    const { v } = await refusedPay(guessed, 100_400);
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, i) => withPin(guessed, v, String(200_000 + i * 7))),
    );
    const codes = guesses.map(told);
    expect(codes.filter((c) => c === '403 verification_failed')).toHaveLength(4);
    expect(codes.filter((c) => c === '403 pin_locked')).toHaveLength(8);
    expect(told(await withPin(guessed, v))).toBe('403 pin_locked');
    expect((await settings(guessed)).pin).toEqual({ set: true, locked: true });
    // Nor is a new one set by a code alone.
    const reset = askedOf(await guessed.send('PUT', '/v1/wallet/pin', { body: { pin: '246801' } }));
    expect(reset.accepts).toEqual([['passkey'], ['identity', 'code']]);
  });

  test('that is right forgives the wrong tries before it', async () => {
    const { v } = await refusedPay(payer, 100_500);
    for (let i = 0; i < 4; i++)
      expect(told(await withPin(payer, v, '999111'))).toBe('403 verification_failed');
    expect(told(await withPin(payer, v))).toBe('200');
    for (let i = 0; i < 4; i++)
      expect(told(await withPin(payer, v, '999111'))).toBe('403 verification_failed');
    expect(told(await withPin(payer, v))).toBe('200');
  });

  test('is changed with the one there is, and the first one with a code', async () => {
    const owner = await wallet(net, '13800000003');
    const first = askedOf(await owner.send('PUT', '/v1/wallet/pin', { body: { pin: '246801' } }));
    expect([first.operation, first.accepts]).toEqual(['first_factor', [['code']]]);
    await setPin(net, owner);
    expect((await settings(owner)).pin).toEqual({ set: true, locked: false });
    const change = { pin: '864209' };
    const changed = await verified(owner, 'PUT', '/v1/wallet/pin', change, (v) => withPin(owner, v));
    expect(told(changed)).toBe('200');
    const { v } = await refusedPay(owner, 100_600);
    expect(told(await withPin(owner, v))).toBe('403 verification_failed');
    expect(told(await withPin(owner, v, '864209'))).toBe('200');
  });

  test('that everybody guesses first is refused', async () => {
    const owner = await wallet(net, '13800000004');
    const answer = await verified(owner, 'PUT', '/v1/wallet/pin', { pin: '123456' }, (v) =>
      withCode(net, owner, v),
    );
    expect(told(answer)).toBe('422 pin_too_simple');
    expect((await settings(owner)).pin.set).toBe(false);
    const { v } = await refusedPay(owner, 100_700);
    expect(told(await withPin(owner, v))).toBe('409 pin_not_set');
  });
});

describe('the limit of what goes unverified', () => {
  const put = (by: Wallet, amount: number) => by.send('PUT', '/v1/wallet/free-limit', { body: { amount } });

  test('is lowered at will, on every device, and raised only verified', async () => {
    const [one, two] = [await wallet(net, '13800000005'), await wallet(net, '13800000005')];
    await setPin(net, one);
    expect(told(await put(one, 5_000))).toBe('200');
    for (const by of [one, two]) {
      const { id } = await order(net, 5_000);
      expect(told(await by.post(payPath(id), cardBody(by)))).toBe('200');
      expect((await refusedPay(by, 5_001)).v.accepts).toEqual([['pin'], ['passkey']]);
    }
    expect(told(await put(one, 6_000))).toBe('403 verification_required');
    const raise = { amount: 6_000 };
    const raised = await verified(one, 'PUT', '/v1/wallet/free-limit', raise, (v) => withPin(one, v));
    expect(told(raised)).toBe('200');
    expect((await done(two.get<SecuritySettings>('/v1/wallet/security'))).free_limit).toBe(6_000);
    expect((await refusedPay(await wallet(net, '13800000005'), 6_001)).v.amount).toBe(6_001);
  });

  test('cannot be above the network’s', async () => {
    expect(told(await put(payer, 100_001))).toBe('422 amount_too_large');
  });
});

test('a pay code pays up to the limit; above it the phone is asked, and pays there', async () => {
  const desk = await till(net);
  const collect = async (amount: number): Promise<{ id: string; answer: Answer }> => {
    const { id } = await order(net, amount, { entry: 'pay_code' });
    const pay_code = codeOf(payer, payer.cards[0] as never, Date.now() - (amount % 3) * 15_000);
    return { id, answer: await desk.post(`/v1/payments/${id}/collect`, { pay_code }) };
  };
  expect(told((await collect(99_999)).answer)).toBe('200');
  const { id, answer } = await collect(100_001);
  expect(told(answer)).toBe('409 payer_must_confirm');
  await until(async () => {
    const { rows } = await net.network.db.query(
      "select 1 from outbox.event where type = 'payment.confirmation_asked' and $1 = any(tenants)",
      [payer.session.user.id.replace(/^usr_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')],
    );
    return rows.length === 1;
  }, 2_000);
  const paid = await verified<Payment>(payer, 'POST', payPath(id), cardBody(payer), (v) => withPin(payer, v));
  expect((paid.body as Payment).state).toBe('captured');
});

describe('a passkey', () => {
  let owner: Wallet;
  let passkey: TestPasskey;
  beforeAll(async () => {
    owner = await wallet(net, '13800000006');
    passkey = new TestPasskey(net.network.config.publicUrl);
    const { options } = await done(
      owner.post<{ options: { challenge: string; rp: { id: string } } }>('/v1/wallet/passkey-options'),
    );
    const body = { response: passkey.create(options), name: 'phone' };
    const added = await verified(owner, 'POST', '/v1/wallet/passkeys', body, (v) => withCode(net, owner, v));
    expect(told(added)).toBe('201');
  });

  const optionsFor = async (v: Verification) =>
    (
      await done(
        owner.post<{ options: { challenge: string; rpId: string } }>(answerPath(v, 'passkey-options')),
      )
    ).options;
  const answer = (v: Verification, response: unknown) =>
    owner.post<Verification>(answerPath(v, 'passkey'), { response });

  test('verifies any amount by itself', async () => {
    const { v, path } = await refusedPay(owner, 500_400);
    expect((await done(answer(v, passkey.get(await optionsFor(v))))).satisfied).toBe(true);
    expect(told(await again(owner, path, v))).toBe('200');
  });

  test('answers a challenge once: neither a replay nor an answer to another one is taken', async () => {
    const { v } = await refusedPay(owner, 100_800);
    const other = await refusedPay(owner, 100_900);
    const response = passkey.get(await optionsFor(v));
    await optionsFor(other.v);
    expect(told(await answer(other.v, response))).toBe('403 verification_failed');
    expect(told(await answer(v, response))).toBe('200');
    expect(told(await answer(v, response))).toBe('403 verification_failed');
    await optionsFor(v);
    expect(told(await answer(v, response))).toBe('403 verification_failed');
  });

  test('of somebody else, of another site, or that has not verified its owner, is not taken', async () => {
    const { v } = await refusedPay(owner, 101_000);
    expect(
      told(await answer(v, new TestPasskey(net.network.config.publicUrl).get(await optionsFor(v)))),
    ).toBe('403 verification_failed');
    const options = await optionsFor(v);
    expect(told(await answer(v, passkey.get({ ...options, rpId: 'evil.example' })))).toBe(
      '403 verification_failed',
    );
    passkey.verifiesOwner = false;
    expect(told(await answer(v, passkey.get(await optionsFor(v))))).toBe('403 verification_failed');
    passkey.verifiesOwner = true;
  });

  test('whose counter goes back is a copy and not taken', async () => {
    const { v } = await refusedPay(owner, 101_100);
    await done(answer(v, passkey.get(await optionsFor(v))));
    passkey.counter -= 1;
    expect(told(await answer(v, passkey.get(await optionsFor(v))))).toBe('403 verification_failed');
  });

  test('is removed with itself or a PIN, and then verifies nothing', async () => {
    const { v } = await refusedPay(owner, 101_200);
    const path = `/v1/wallet/passkeys/${passkey.id.toString('base64url')}`;
    passkey.counter += 1;
    const removed = await verified(owner, 'DELETE', path, undefined, async (asked) =>
      done(answer(asked, passkey.get(await optionsFor(asked)))),
    );
    expect(told(removed)).toBe('200');
    expect(told(await owner.post(answerPath(v, 'passkey-options')))).toBe('404 not_found');
  });
});
