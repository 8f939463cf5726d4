import type { Payment } from '@feiqian/contract';
import { done } from '../support/caller.ts';
import type { Stage } from '../support/stage.ts';
import { pause } from '../support/until.ts';

const shoppersCount = 3;
const pauseMs = 50;

/**
 * People who buy at the same shop with cards of another bank all the while, so that each death takes purchases at
 * every stage with it, and each group that dies has others' purchases in it.
 */
export class Shoppers {
  /** What they were told, by payment. */
  readonly #told = new Map<string, string>();
  readonly #stage: Stage;
  readonly #all: Promise<unknown>;
  #buying = true;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#all = Promise.all(Array.from({ length: shoppersCount }, () => this.#buy()));
  }

  async #buy(): Promise<void> {
    const { merchant, payer, storeId } = this.#stage;
    const card = payer.cards.find((c) => c.bank.id === 'haigang');
    while (this.#buying) {
      try {
        const body = { amount: 1_800, currency: 'CNY', store_id: storeId };
        const { id } = await done(merchant.post<Payment>('/v1/payments', body));
        const paid = await done(payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: card?.id }));
        this.#told.set(id, paid.state);
      } catch {
        // The process is dead, or its bank's link is not up yet: they try again.
      }
      await pause(pauseMs);
    }
  }

  async stop(): Promise<void> {
    this.#buying = false;
    await this.#all;
  }

  /** Purchases that are not what somebody was told they are. */
  async untrue(): Promise<string[]> {
    const wrong: string[] = [];
    for (const [id, told] of this.#told) {
      const { state } = await done(this.#stage.merchant.get<Payment>(`/v1/payments/${id}`));
      const now = told === 'unknown' ? 'reversed' : told;
      if (state !== now) wrong.push(`${id}: told ${told}, is ${state}`);
    }
    if (this.#told.size === 0) wrong.push('nobody bought anything');
    return wrong;
  }
}
