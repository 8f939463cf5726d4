import { randomUUID } from 'node:crypto';
import type { AccountList, PersonView, Verification, WalletFreeze, WalletIdentity } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyAndOpen } from '../support/applying.ts';
import { done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { codeOf, desk, order, till, type Wallet, wallet } from '../support/people.ts';
import { bodies } from '../support/routes.ts';
import { until } from '../support/until.ts';
import { askedOf, setPin, verified, withCode, withPin } from '../support/verify.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startTestNetwork();
});
afterAll(() => net?.stop());

/** The sandbox's people by their number, as the banks know them. */
const numberOf = (n: number) => {
  const body = `999999199${n}0101${String(n).padStart(3, '0')}`;
  const sum = [...body].reduce((total, d, i) => total + Number(d) * (2 ** (17 - i) % 11), 0);
  return body + '10X98765432'[sum % 11];
};
const first = { name: '陈晓云', identity_number: numberOf(1) };
const second = { name: '李海', identity_number: numberOf(2) };
const freezeOf = (by: Wallet) => done(by.get<WalletFreeze>('/v1/wallet/freeze'));

describe('the real-name check', () => {
  test('refuses whatever does not agree in the same words, and shows what agrees masked', async () => {
    const by = await wallet(net, '13800000001');
    const wrong = [{ ...first, name: '陈小云' }, second, { ...first, identity_number: '999999199001010010' }];
    const answers = [];
    for (const body of wrong) answers.push(await by.post('/v1/wallet/identity', body));
    const words = answers.map(({ text }) => text.replace(/req_[0-9a-f]+/, ''));
    expect(new Set(words).size).toBe(1);
    expect(answers.map(told)).toEqual(wrong.map(() => '422 identity_refused'));
    expect(await done(by.get<WalletIdentity>('/v1/wallet/identity'))).toMatchObject({ verified: false });
    const known = await done(by.post<WalletIdentity>('/v1/wallet/identity', first));
    expect(known).toMatchObject({ verified: true, name: '陈*云' });
    expect(known.identity_number).toMatch(/^9\*{16}.$/);
  });

  test('is kept so that nobody reads it from the rows', async () => {
    const { rows } = await net.network.db.query('select * from wallets.real_name');
    const text = JSON.stringify(rows, (_, v) =>
      v instanceof Uint8Array || v?.type === 'Buffer' ? Buffer.from(v.data ?? v).toString('latin1') : v,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(text).not.toContain(first.identity_number);
    expect(text).not.toContain(Buffer.from(first.name).toString('latin1'));
    const { rows: saved } = await net.network.db.query<{ n: bigint }>(
      'select count(*) as n from idempotency.key k where k::text like $1',
      [`%${first.identity_number}%`],
    );
    expect(saved[0]?.n).toBe(0n);
  });

  test('leaves a person the one he or she was confirmed to be', async () => {
    const by = await wallet(net, '13800000001');
    expect(told(await by.post('/v1/wallet/identity', second))).toBe('422 identity_refused');
    expect((await done(by.post<WalletIdentity>('/v1/wallet/identity', first))).verified).toBe(true);
  });

  test('takes five wrong tries on a day, also when they come together, and then none', async () => {
    const by = await wallet(net, '13800000003');
    const guess = (i: number) => ({ name: '王盐', identity_number: numberOf(i) });
    const tries = await Promise.all(
      [1, 2, 4, 5, 6, 7, 8, 9].map((i) => by.post('/v1/wallet/identity', guess(i))),
    );
    const codes = tries.map(told);
    expect(codes.filter((c) => c === '422 identity_refused').length).toBeLessThanOrEqual(5);
    expect(codes.filter((c) => c === '429 too_many_attempts').length).toBeGreaterThanOrEqual(3);
    expect(told(await by.post('/v1/wallet/identity', guess(3)))).toBe('429 too_many_attempts');
  });
});

describe('a lost phone', () => {
  let lost: Wallet;
  let other: Wallet;
  beforeAll(async () => {
    lost = await wallet(net, '13800000002');
    other = await wallet(net, '13800000002');
    await setPin(net, other);
  });
  const pay = async (by: Wallet) => {
    const { id } = await order(net, 1_200);
    return by.post(`/v1/wallet/payments/${id}/pay`, { card_id: by.cards[0]?.id });
  };
  const collect = async (by: Wallet) => {
    const desk = await till(net);
    const { id } = await order(net, 1_300, { entry: 'pay_code' });
    return desk.post(`/v1/payments/${id}/collect`, { pay_code: codeOf(by, by.cards[0] as never) });
  };
  const thawed = async (by: Wallet, satisfy: (v: Verification) => Promise<unknown>) =>
    verified<WalletFreeze>(by, 'POST', '/v1/wallet/unfreeze', undefined, satisfy);
  /** Whether the bank gives out the number of this person's first card. */
  const atBank = async (by: Wallet) => {
    const { rows } = await net.network.db.query<{ member_id: string; consent_id: string; bank_ref: string }>(
      'select member_id, consent_id, bank_ref from wallets.card where id = $1',
      [toUuid(by.cards[0]?.id ?? '', 'tok')],
    );
    const r = rows[0] as (typeof rows)[0];
    const answer = await net.network.bankApi.provisionCard(r.member_id, r.consent_id, r.bank_ref);
    return answer.ok ? 'active' : answer.code;
  };

  test('is frozen from another device: its session, tokens and pay codes die, and nothing moves anywhere', async () => {
    const code = codeOf(lost, lost.cards[0] as never);
    expect(await atBank(other)).toBe('active');
    const at = Date.now();
    const frozen = await done(
      other.post<WalletFreeze>('/v1/wallet/freeze', { lost_device_ids: [lost.session.device.id] }),
    );
    expect(frozen.frozen_at).not.toBeNull();
    expect(told(await lost.get('/v1/wallet/me'))).toBe('401 unauthenticated');
    const { id } = await order(net, 1_100, { entry: 'pay_code' });
    const desk = await till(net);
    expect(told(await desk.post(`/v1/payments/${id}/collect`, { pay_code: code }))).toBe(
      '422 pay_code_invalid',
    );
    expect(told(await pay(other))).toBe('403 wallet_frozen');
    expect(told(await collect(other))).toBe('422 pay_code_invalid');
    await until(async () => (await freezeOf(other)).banks.every((b) => b.state === 'frozen'), 2_000);
    expect(Date.now() - at).toBeLessThan(5_000);
    expect(await atBank(other)).toBe('card_not_active');
  });

  test('stays frozen for whoever only has the PIN, or somebody else’s document', async () => {
    const asked = askedOf(await other.post('/v1/wallet/unfreeze'));
    expect(asked.accepts).toEqual([
      ['identity', 'code'],
      ['passkey', 'code'],
    ]);
    await done(withPin(other, asked));
    await withCode(net, other, asked);
    const wrong = await other.post(`/v1/wallet/verifications/${asked.id}/identity`, first);
    expect(told(wrong)).toBe('422 identity_refused');
    const again = await other.send('POST', '/v1/wallet/unfreeze', {
      key: randomUUID(),
      headers: { verification: asked.id },
    });
    expect(told(again)).toBe('403 verification_required');
    expect(told(await pay(other))).toBe('403 wallet_frozen');
  });

  test('is over for a person who was verified anew; the lost device stays dead', async () => {
    const answer = await thawed(other, async (v) => {
      await done(other.post(`/v1/wallet/verifications/${v.id}/identity`, second));
      await withCode(net, other, v);
    });
    expect(told(answer)).toBe('200');
    await until(async () => (await freezeOf(other)).banks.every((b) => b.state === 'free'), 2_000);
    expect(told(await pay(other))).toBe('200');
    expect(told(await collect(other))).toBe('200');
    expect(told(await lost.get('/v1/wallet/me'))).toBe('401 unauthenticated');
  });

  test('of somebody who calls is frozen at the console, by who may', async () => {
    const phone = await desk(net, 'phone');
    expect(told(await phone.get('/v1/console/people?mobile=13911112222'))).toBe('404 not_found');
    const seen = await done(phone.get<PersonView>('/v1/console/people?mobile=13800000002'));
    expect(seen).toMatchObject({ mobile: '138****0002', name: '李*' });
    expect(JSON.stringify(seen)).not.toContain('13800000002');
    expect(told(await phone.get('/v1/console/payments'))).toBe('403 forbidden');
    const frozen = await phone.post<WalletFreeze>(`/v1/console/people/${seen.id}/freeze`, {});
    expect(told(frozen)).toBe('200');
    expect(told(await pay(other))).toBe('403 wallet_frozen');
  });

  test('of somebody else cannot be named', async () => {
    const stranger = await wallet(net, '13800000006');
    const answer = await stranger.post('/v1/wallet/freeze', { lost_device_ids: [other.session.device.id] });
    expect(told(answer)).toBe('404 not_found');
    expect((await freezeOf(stranger)).frozen_at).toBeNull();
  });
});

describe('somebody who leaves', () => {
  const mobile = '13800000004';
  const erasing = (by: Wallet) =>
    verified(by, 'POST', '/v1/wallet/deletion', { confirm: true }, (v) => withPin(by, v));
  let by: Wallet;
  beforeAll(async () => {
    by = await wallet(net, mobile);
    await setPin(net, by);
    await done(by.send('PUT', '/v1/wallet/push', { body: bodies['PUT /v1/wallet/push'] }));
  });

  test('gets everything that is known of him or her, verified', async () => {
    await done(by.post('/v1/wallet/identity', { name: '赵静', identity_number: numberOf(4) }));
    const answer = await verified<Record<string, unknown>>(by, 'POST', '/v1/wallet/export', undefined, (v) =>
      withPin(by, v),
    );
    expect(told(answer)).toBe('200');
    expect(answer.body).toMatchObject({
      person: { mobile, identity: { name: '赵静', identity_number: numberOf(4) } },
      security: { pin_set: true },
      push_messages: [{ push_service: 'https://push.example.net' }],
    });
    const { cards, devices } = answer.body as { cards: unknown[]; devices: unknown[] };
    expect([cards.length, devices.length]).toEqual([by.cards.length, 1]);
  });

  test('is not let go while money is under way', async () => {
    const { id } = await order(net, 2_000, { capture: 'manual' });
    await done(by.post(`/v1/wallet/payments/${id}/pay`, { card_id: by.cards[0]?.id }));
    expect(told(await erasing(by))).toBe('409 account_busy');
    expect(told(await by.get('/v1/wallet/me'))).toBe('200');
    await done(net.merchant.post(`/v1/payments/${id}/capture`, {}));
  });

  test('is erased: nothing works any more and nothing is known, the payment stays, the number is free', async () => {
    await applyAndOpen(net, by, mobile);
    const { rows: consents } = await net.network.db.query<{ member_id: string; consent_id: string }>(
      'select distinct member_id, consent_id from wallets.card where user_id = $1',
      [toUuid(by.session.user.id, 'usr')],
    );
    expect(told(await erasing(by))).toBe('200');
    expect(told(await by.get('/v1/wallet/me'))).toBe('401 unauthenticated');
    const { rows } = await net.network.db.query<{ mobile_masked: string; name: null }>(
      'select mobile_masked, name from wallets.person where id = $1',
      [toUuid(by.session.user.id, 'usr')],
    );
    expect(rows).toEqual([{ mobile_masked: '***', name: null }]);
    const erased = [
      'wallets.real_name',
      'verification.pin',
      'accounts.account',
      'accounts.opening',
      'credit.application',
      'credit.auto_repay',
      'credit.repayment',
      'notices.notice',
      'notices.subject',
      'notices.subscription',
    ];
    for (const table of erased) {
      const left = await net.network.db.query(`select 1 from ${table} where user_id = $1`, [
        toUuid(by.session.user.id, 'usr'),
      ]);
      expect([table, left.rows]).toEqual([table, []]);
    }
    await until(async () => {
      const lists = await Promise.all(
        consents.map((c) => net.network.bankApi.listCards(c.member_id, c.consent_id)),
      );
      return lists.every((l) => !l.ok && l.code === 'consent_required');
    }, 3_000);
    const kept = await done(net.merchant.get<{ data: { amount: number }[] }>('/v1/payments?limit=50'));
    expect(kept.data.some((p) => p.amount === 2_000)).toBe(true);
    const anew = await wallet(net, mobile);
    expect(anew.session.user.id).not.toBe(by.session.user.id);
    // The accounts are theirs to see again.
    const { data } = await done(anew.get<AccountList>('/v1/wallet/accounts'));
    expect(data.length).toBeGreaterThan(0);
    expect(told(await anew.get(`/v1/wallet/accounts/${data[0]?.id}/balance`))).toBe('200');
  });
});

test('a one-time code arrives in the inbox of its number, and a page shows it', async () => {
  const mobile = '13800000007';
  await done(net.anyone.post('/v1/wallet/codes', { mobile }));
  const inbox = (of: string) =>
    done(
      net.anyone.get<{ data: { to: string; code: string; purpose: string }[] }>(
        `/v1/sandbox/messages?mobile=${of}`,
      ),
    );
  expect((await inbox(mobile)).data[0]).toMatchObject({
    to: mobile,
    code: net.guide.code,
    purpose: 'sign_in',
  });
  expect((await inbox('13900009999')).data).toEqual([]);
  const page = await net.anyone.get('/sandbox/messages');
  expect(page.text).toContain(mobile);
});
