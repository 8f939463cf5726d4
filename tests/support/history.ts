import type { Card, MoneyRequest, Split, Transfer } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { settled } from './books.ts';
import { type Caller, done } from './caller.ts';
import type { TestNetwork } from './network.ts';
import { buy, cardFor, codeOf, order, tester, till, type Wallet, wallet } from './people.ts';
import { setPin, verified, withPin } from './verify.ts';

/** A past with one payment of each kind, all at one bank; ids are the database's. */
export interface History {
  /** Not paid yet. */
  created: string;
  /** Captured, nothing refunded. */
  captured: string;
  /** Captured, a part of it refunded. */
  partlyRefunded: string;
  /** Captured and refunded in full, in two parts of the same amount. */
  refunded: string;
  /** Paid by a pay code. */
  collected: string;
  declined: string;
  /** The bank did not answer; it has acknowledged the reversal. */
  reversed: string;
  /** Held at the bank, to be captured. */
  authorised: string;
  /** Captured in part from a hold. */
  capturedLater: string;
  /** Its hold was released. */
  cancelled: string;
  /** A transfer from this bank to another. */
  transferred: string;
  /** A transfer whose payer's bank did not answer; it has acknowledged the reversal. */
  transferReturned: string;
  /** A transfer from one card of this bank to another, to be sent later. */
  transferScheduled: string;
  /** A request for money that the holder of the cards has paid. */
  requestPaid: string;
  /** A bill that was split; nobody has paid a part. */
  splitBill: string;
  /** A credit card of this bank repaid from a debit card of another. */
  repaid: string;
}

/** Lives through one of each kind of payment; `net` must have been told to wait for banks only briefly. */
export async function live(net: TestNetwork): Promise<History> {
  const payer = await wallet(net, tester);
  const cashier = await till(net);
  const card = cardFor(net, payer, 'approve');
  const manual = { capture: 'manual' };
  const past = {
    created: (await order(net, 1_010)).id,
    captured: (await buy(net, payer, card, 1_020)).id,
    partlyRefunded: (await buy(net, payer, card, 1_030)).id,
    refunded: (await buy(net, payer, card, 1_040)).id,
    collected: await collect(net, cashier, payer),
    declined: (await buy(net, payer, cardFor(net, payer, 'do_not_honour'), 1_060)).id,
    reversed: (await buy(net, payer, cardFor(net, payer, 'time_out'), 1_070)).id,
    authorised: (await buy(net, payer, card, 1_080, manual)).id,
    capturedLater: (await buy(net, payer, card, 1_090, manual)).id,
    cancelled: (await buy(net, payer, card, 1_100, manual)).id,
  };
  await done(net.merchant.post(`/v1/payments/${past.capturedLater}/capture`, { amount: 590 }));
  await done(net.merchant.post(`/v1/payments/${past.cancelled}/cancel`));
  await refund(net, past.partlyRefunded, 30);
  await refund(net, past.refunded, 520);
  await refund(net, past.refunded, 520);
  const moved = await transfers(net, payer);
  const asked = await requests(net, payer);
  await settled(net.network.db);
  const uuids = (ids: object, prefix: string) =>
    Object.entries(ids).map(([k, id]) => [k, toUuid(id as string, prefix)]);
  return Object.fromEntries([
    ...uuids(past, 'pay'),
    ...uuids(moved, 'trf'),
    ['requestPaid', toUuid(asked.requestPaid, 'mrq')],
    ['splitBill', toUuid(asked.splitBill, 'spl')],
  ]) as unknown as History;
}

async function transfers(net: TestNetwork, holder: Wallet) {
  const traveller = await wallet(net, '13800000001');
  const debitAt = (bank: string) => traveller.cards.find((c) => c.bank.id === bank && c.kind === 'debit');
  const send = async (by: Wallet, from: Card | undefined, to: Card | undefined, change = {}) => {
    const body = {
      from_card_id: from?.id,
      to: { card_id: to?.id },
      amount: 2_010,
      currency: 'CNY',
      ...change,
    };
    return (await done(by.post<Transfer>('/v1/wallet/transfers', body))).id;
  };
  const own = cardFor(net, holder, 'approve');
  return {
    transferred: await send(traveller, debitAt('yunzhou'), debitAt('yanhu')),
    transferReturned: await send(holder, cardFor(net, holder, 'time_out'), own),
    transferScheduled: await send(holder, own, cardFor(net, holder, 'late_answer'), {
      scheduled_at: new Date(Date.now() + 86_400_000).toISOString(),
    }),
    repaid: await repay(traveller),
  };
}

/** Somebody asks the holder for money, who pays, and splits a bill that nobody pays. */
async function requests(net: TestNetwork, holder: Wallet) {
  const asker = await wallet(net, '13800000003');
  const receiving = asker.cards.find((c) => c.kind === 'debit');
  await done(asker.send('PUT', '/v1/wallet/receiving', { body: { card_id: receiving?.id } }));
  const person = { mobile: tester };
  const body = { ...person, amount: 3_010, currency: 'CNY' };
  const asked = await done(asker.post<MoneyRequest>('/v1/wallet/requests', body));
  await setPin(net, holder);
  const from = { from_card_id: cardFor(net, holder, 'approve').id };
  const pay = `/v1/wallet/requests/${asked.id}/pay`;
  await done(verified(holder, 'POST', pay, from, (v) => done(withPin(holder, v))));
  const split = { total: 3_021, currency: 'CNY', own_part: true, people: [person] };
  const bill = await done(asker.post<Split>('/v1/wallet/splits', split));
  return { requestPaid: asked.id, splitBill: bill.id };
}

async function repay(who: Wallet): Promise<string> {
  const cardAt = (bank: string, kind: Card['kind']) =>
    who.cards.find((c) => c.bank.id === bank && c.kind === kind)?.id;
  const body = { from_card_id: cardAt('yanhu', 'debit'), amount: 2_020 };
  const path = `/v1/wallet/cards/${cardAt('yunzhou', 'credit')}/repayments`;
  return (await done(who.post<Transfer>(path, body))).id;
}

async function collect(net: TestNetwork, cashier: Caller, payer: Wallet): Promise<string> {
  const { id } = await order(net, 1_050);
  const pay_code = codeOf(payer, cardFor(net, payer, 'approve'));
  await done(cashier.post(`/v1/payments/${id}/collect`, { pay_code }));
  return id;
}

const refund = (net: TestNetwork, id: string, amount: number) =>
  done(net.merchant.post(`/v1/payments/${id}/refunds`, { amount, reason: 'returned' }));
