import type { Card, CardDiscovery, Payment, TillSession, WalletSession } from '@feiqian/contract';
import { payCode } from '@feiqian/keys';
import { TestDevice } from '@feiqian/testkit';
import { type Caller, done } from './caller.ts';
import type { TestNetwork } from './network.ts';

/** What one needs of a network to come in as a newcomer does. */
export type Doors = Pick<TestNetwork, 'anyone' | 'guide'>;

/** What one needs of a network to sell at its first merchant as well. */
export type Town = Pick<TestNetwork, 'anyone' | 'guide' | 'merchant' | 'storeId'>;

/** A person with a wallet on one device. */
export interface Wallet extends Caller {
  session: WalletSession;
  cards: Card[];
}

/** The person of the sandbox who holds the published test cards. */
export const tester = '13800000009';

/** Signs a person in on a new device and binds the cards that the banks tell, ten at the most. */
export async function wallet(net: Doors, mobile: string): Promise<Wallet> {
  const { session, caller } = await signedIn(net, mobile);
  const banks = await done(caller.get<{ data: { id: string }[] }>('/v1/wallet/banks'));
  const discovery = await done(
    caller.post<CardDiscovery>('/v1/wallet/card-discoveries', {
      bank_ids: banks.data.map((b) => b.id),
      consent: true,
    }),
  );
  const chosen = discovery.banks.flatMap((b) => b.cards.map((c) => ({ bank_id: b.bank.id, ref: c.ref })));
  const bound = await done(
    caller.post<{ results: { card: Card | null }[] }>('/v1/wallet/cards', {
      discovery_id: discovery.id,
      cards: chosen.slice(0, 10),
    }),
  );
  const cards = bound.results.flatMap((r) => (r.card ? [r.card] : []));
  return Object.assign(caller, { session, cards });
}

/** Signs a person in on a new device, without cards. */
export async function signedIn(
  net: Doors,
  mobile: string,
): Promise<{ session: WalletSession; caller: Caller }> {
  await done(net.anyone.post('/v1/wallet/codes', { mobile }));
  const device = new TestDevice();
  const session = await done(
    net.anyone.post<WalletSession>('/v1/wallet/sessions', signInBody(device, mobile, net.guide.code)),
  );
  device.agree(session.request_key.agreement);
  return { session, caller: net.anyone.as(session.token, device) };
}

/** What a device sends to sign a person in. */
export const signInBody = (device: TestDevice, mobile: string, code: string) => ({
  mobile,
  code,
  device_name: 'test device',
  device_key: device.enrol(mobile, code),
});

/** A card of the tester that makes an outcome happen. */
export function cardFor(net: Doors, owner: Wallet, outcome: string): Card {
  const test = net.guide.test_cards.find((c) => c.outcome === outcome);
  const card = owner.cards.find((c) => c.last4 === test?.number.slice(-4));
  if (!card) throw new Error(`no card for ${outcome} is bound`);
  return card;
}

/** What the wallet of this device would show now, without asking anybody. */
export function codeOf(owner: Wallet, card: Card, atMs = Date.now()): string {
  const { handle, secret } = owner.session.pay_code_key;
  return payCode({ secret: Buffer.from(secret, 'base64url'), handle, slot: card.slot, atMs });
}

/** A member of staff at a till. */
export interface TillCaller extends Caller {
  session: TillSession;
}

export async function till(net: Doors, staffNumber = '100101'): Promise<TillCaller> {
  const body = { staff_number: staffNumber, pin: '123456', device_name: 'till' };
  const session = await done(net.anyone.post<TillSession>('/v1/till/sessions', body));
  return Object.assign(net.anyone.as(session.token), { session });
}

/** A user of the console: `operator`, `bank`, `merchant`, `reader` or `phone`. */
export async function desk(net: Doors, username = 'operator'): Promise<Caller> {
  const body = { username, password: 'yunzhou' };
  return net.anyone.as((await done(net.anyone.post<{ token: string }>('/v1/console/sessions', body))).token);
}

/** Creates a payment at the first merchant. */
export function order(net: Town, amount: number, change: Record<string, unknown> = {}): Promise<Payment> {
  const body = { amount, currency: 'CNY', store_id: net.storeId, ...change };
  return done(net.merchant.post<Payment>('/v1/payments', body));
}

/** Creates a payment and pays it with a card. */
export async function buy(
  net: Town,
  payer: Caller,
  card: Card | undefined,
  amount: number,
  change: Record<string, unknown> = {},
): Promise<Payment> {
  const { id } = await order(net, amount, change);
  return done(payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: card?.id }));
}

/** The payment as its merchant sees it now. */
export function look(net: Town, id: string): Promise<Payment> {
  return done(net.merchant.get<Payment>(`/v1/payments/${id}`));
}
