import type { ApiKey, CardDiscovery, MemberView, MerchantView, Payment } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { signedHeaders, TestDevice } from '@feiqian/testkit';
import { type Caller, done } from '../support/caller.ts';
import type { TestNetwork } from '../support/network.ts';
import type { Operation } from '../support/openapi.ts';
import { buy, codeOf, desk, order, signedIn, till, type Wallet, wallet } from '../support/people.ts';
import type { Setting, Sign } from './cases.ts';
import type { Known } from './values.ts';

/** Everybody who calls, and what there is to speak of. */
export interface Scene {
  settingOf(operation: Operation): Promise<Setting>;
}

/** Kinds of caller in the API's description. */
type Kind = 'merchant_key' | 'till' | 'wallet' | 'console';

export async function buildScene(net: TestNetwork): Promise<Scene> {
  const payer = await wallet(net, '13800000001');
  // What is removed on purpose is this person's: nobody else notices.
  const spare = await wallet(net, '13800000005');
  const frozen = await wallet(net, '13800000008');
  const operator = await desk(net);
  const supervisor = await till(net);
  const known: Known = { ...(await knownOf(net, payer, operator)), usr: [frozen.session.user.id] };
  const spareDevice = (await signedIn(net, '13800000006')).session;
  const tokens: Record<Kind, string> = {
    merchant_key: net.merchant.token as string,
    till: supervisor.token as string,
    wallet: payer.token as string,
    console: operator.token as string,
  };
  const spareKnown: Known = {
    ...known,
    tok: spare.cards.slice(2).map((c) => c.id),
    dev: [spareDevice.device.id],
    key: [await spareKey(operator, known)],
  };

  /** A session of its own for a route that ends it. */
  async function freshToken(kind: Kind): Promise<string> {
    const { access, db } = net.network;
    const principal = (await access.identify(tokens[kind]))?.principal;
    if (!principal) throw new Error(`the ${kind} is signed out`);
    if (principal.kind !== 'wallet') return (await access.issue(db, principal, 'fresh', null)).secret;
    const session = await db.transaction((tx) =>
      access.issue(tx, { ...principal, deviceId: toUuid(spare.session.device.id, 'dev') }, 'fresh', null),
    );
    return session.secret;
  }

  return {
    async settingOf({ callers, method, path }) {
      const kind = callers[0] as Kind | undefined;
      if (kind === undefined) return { token: null, otherToken: null, sign: null, known };
      const otherKind = (['wallet', 'merchant_key', 'console'] as const).find(
        (k) => !callers.includes(k),
      ) as Kind;
      const removes = method === 'DELETE';
      // Whoever is frozen can do little else.
      const freezes = path.endsWith('freeze') && kind === 'wallet';
      const ends = path.endsWith('/current');
      const token = ends
        ? await freshToken(kind)
        : freezes
          ? (frozen.token as string)
          : removes && kind === 'wallet'
            ? (spare.token as string)
            : tokens[kind];
      const cursor = path.endsWith('/merchants') ? known.mer : known.pay;
      const own = removes ? spareKnown : known;
      const signer = freezes ? frozen : removes ? spare : payer;
      const sign = kind === 'wallet' ? signerOf(net, signer) : null;
      return { token, otherToken: tokens[otherKind], sign, known: { ...own, cursor: cursor ?? [] } };
    },
  };
}

/** Signs as the device of a wallet does, with nonces made in place. */
function signerOf(net: TestNetwork, { device, session }: Wallet): Sign {
  const { signing } = net.network.access;
  const mine = toUuid(session.device.id, 'dev');
  return (sent, how = 'right') => {
    const key = sent.headers['idempotency-key'] ?? '';
    const request = {
      method: sent.method,
      path: sent.path,
      // What the server reads of bytes that are no text is what it checks.
      body: Buffer.from(sent.body ?? '').toString(),
      idempotencyKey: Array.isArray(key) ? key.join(', ') : key,
    };
    const nonce = signing.nonce(how === 'strange nonce' ? strangeDevice : mine);
    return how === 'wrong'
      ? signedHeaders(new Uint8Array(32), request, nonce)
      : (device as TestDevice).sign(request, nonce);
  };
}
const strangeDevice = '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f';

async function spareKey(operator: Caller, known: Known): Promise<string> {
  const body = { merchant_id: known.mer?.[0], name: 'spare' };
  return (await done(operator.post<{ key: ApiKey }>('/v1/console/api-keys', body))).key.id;
}

async function knownOf(net: TestNetwork, payer: Wallet, operator: Caller): Promise<Known> {
  const [first, second] = payer.cards as [Wallet['cards'][0], Wallet['cards'][0]];
  const payments: Payment[] = [
    await order(net, 1_000),
    await order(net, 1_100, { capture: 'manual' }),
    await buy(net, payer, first, 1_200),
    await buy(net, payer, second, 1_300, { capture: 'manual' }),
    await buy(net, payer, first, 1_400, { capture: 'manual' }),
  ];
  const banks = ['yunzhou', 'yanhu', 'haigang'];
  const discovery = await done(
    payer.post<CardDiscovery>('/v1/wallet/card-discoveries', { bank_ids: banks, consent: true }),
  );
  const merchants = await done(operator.get<{ data: MerchantView[] }>('/v1/console/merchants'));
  const members = await done(operator.get<{ data: MemberView[] }>('/v1/console/members'));
  // Merchants that may be suspended and banks that may be signed off without anybody else's noticing.
  const others = merchants.data.filter((m) => !m.stores.some((s) => s.id === net.storeId));
  return {
    pay: payments.map((p) => p.id),
    sto: [net.storeId, net.storeId, others[0]?.stores[0]?.id],
    mer: others.slice(0, 4).map((m) => m.id),
    mbr: members.data.filter((m) => m.code === 'haigang').map((m) => m.id),
    tok: payer.cards.map((c) => c.id),
    dev: [payer.session.device.id],
    cdi: [discovery.id],
    currency: ['CNY', 'CNY', 'CNY', 'USD'],
    amount: [1, 100, 500],
    bank_ids: banks,
    bank_id: banks,
    bank: banks,
    ref: discovery.banks.flatMap((b) => b.cards.map((c) => c.ref)),
    mobile: ['13800000007', '13800000007', '13900000000'],
    device_key: [() => new TestDevice().enrol('13800000007', net.guide.code)],
    code: [net.guide.code, net.guide.code, '000000'],
    staff_number: ['100107', '100108', '999999'],
    pin: ['123456', '000000'],
    username: ['reader', 'nobody'],
    password: ['yunzhou', 'wrong'],
    pay_code: payer.cards.map((card) => () => codeOf(payer, card)),
    text: [payments[0]?.code, payments[0]?.link, 'https://example.org/'],
    q: [payments[2]?.rrn, payments[2]?.id, 'order 1'],
  };
}
