import { toUuid } from '@feiqian/ids';
import { settled } from './books.ts';
import { type Caller, done } from './caller.ts';
import type { TestNetwork } from './network.ts';
import { buy, cardFor, codeOf, order, tester, till, type Wallet, wallet } from './people.ts';

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
  await settled(net.network.db);
  return Object.fromEntries(
    Object.entries(past).map(([k, id]) => [k, toUuid(id, 'pay')]),
  ) as unknown as History;
}

async function collect(net: TestNetwork, cashier: Caller, payer: Wallet): Promise<string> {
  const { id } = await order(net, 1_050);
  const pay_code = codeOf(payer, cardFor(net, payer, 'approve'));
  await done(cashier.post(`/v1/payments/${id}/collect`, { pay_code }));
  return id;
}

const refund = (net: TestNetwork, id: string, amount: number) =>
  done(net.merchant.post(`/v1/payments/${id}/refunds`, { amount, reason: 'returned' }));
