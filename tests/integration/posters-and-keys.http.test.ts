import type { ApiKey, MerchantView, Poster } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { done, told } from '../support/caller.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { desk } from '../support/people.ts';

let net: TestNetwork;
beforeAll(async () => {
  net = await startTestNetwork();
});
afterAll(() => net?.stop());

/** A store of a merchant that is not the sandbox's first. */
async function another(): Promise<{ merchantId: string; storeId: string }> {
  const operator = await desk(net);
  const { data } = await done(operator.get<{ data: MerchantView[] }>('/v1/console/merchants?limit=100'));
  const found = data.find((one) => one.stores.every((store) => store.id !== net.storeId));
  const store = found?.stores[0];
  if (!found || !store) throw new Error('the sandbox has one merchant only');
  return { merchantId: found.id, storeId: store.id };
}

test('the console prints the posters of those it sees: all for the network, its own for a merchant', async () => {
  const other = await another();
  const path = `/v1/stores/${other.storeId}/poster`;
  for (const user of ['operator', 'reader']) {
    const poster = await done((await desk(net, user)).get<Poster>(path));
    expect(poster).toMatchObject({ merchant: { id: other.merchantId }, store: { id: other.storeId } });
  }
  const merchant = await desk(net, 'merchant');
  expect((await done(merchant.get<Poster>(`/v1/stores/${net.storeId}/poster`))).store.id).toBe(net.storeId);
  expect(told(await merchant.get(path))).toBe('404 not_found');
  expect(told(await (await desk(net, 'bank')).get(path))).toBe('403 forbidden');
});

test('keys are listed by merchant, and a merchant that asks for another one’s sees none', async () => {
  const other = await another();
  const operator = await desk(net);
  const made = await done(
    operator.post<{ key: ApiKey }>('/v1/console/api-keys', { merchant_id: other.merchantId, name: 'orders' }),
  );
  const list = (path: string, by = operator) => done(by.get<{ data: ApiKey[] }>(path));
  const theirs = await list(`/v1/console/api-keys?merchant_id=${other.merchantId}`);
  expect(theirs.data.map((key) => key.id)).toEqual([made.key.id]);
  const all = await list('/v1/console/api-keys');
  expect(all.data.length).toBeGreaterThan(1);
  const merchant = await desk(net, 'merchant');
  expect((await list(`/v1/console/api-keys?merchant_id=${other.merchantId}`, merchant)).data).toEqual([]);
  expect((await list('/v1/console/api-keys', merchant)).data.map((key) => key.id)).not.toContain(made.key.id);
});
