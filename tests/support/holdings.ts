import { toUuid } from '@feiqian/ids';
import { settled } from './books.ts';
import { done } from './caller.ts';
import type { TestNetwork } from './network.ts';
import type { Wallet } from './people.ts';

/** What banks say that cards have to spend, and how that must have changed by what the network did with them. */
export interface Holdings {
  /** Cards whose bank says something else than the payments do: empty when the two agree to the unit. */
  disagreements(): Promise<string[]>;
}

const available = async (owner: Wallet, cardId: string): Promise<number> =>
  (await done(owner.get<{ available: number }>(`/v1/wallet/cards/${cardId}/balance`))).available;

/** Notes what every card of these wallets has to spend now. Two wallets must not hold the same account. */
export async function holdingsOf(net: TestNetwork, owners: readonly Wallet[]): Promise<Holdings> {
  const cards = owners.flatMap((owner) => owner.cards.map((card) => ({ owner, card })));
  const spendable = () => Promise.all(cards.map(({ owner, card }) => available(owner, card.id)));
  await settled(net.network.db);
  const [before, tookBefore] = [await spendable(), await taken(net)];
  return {
    async disagreements() {
      await settled(net.network.db);
      const [after, took] = [await spendable(), await taken(net)];
      return cards.flatMap(({ owner, card }, i) => {
        const key = keyOf(owner, card);
        const byBank = (before[i] as number) - (after[i] as number);
        const byUs = (took.get(key) ?? 0) - (tookBefore.get(key) ?? 0);
        return byBank === byUs ? [] : [`${key}: the bank took ${byBank}, the payments say ${byUs}`];
      });
    },
  };
}

/** An account behind a card, whichever device holds it. */
const keyOf = (owner: Wallet, card: Wallet['cards'][0]): string =>
  `${toUuid(owner.session.user.id, 'usr')} ${card.bank.id} ${card.last4}`;

/** Minor units that payments took off each card: held, or captured and not given back. */
async function taken(net: TestNetwork): Promise<Map<string, number>> {
  const { rows } = await net.network.db.query<{
    user_id: string;
    issuer_id: string;
    last4: string;
    sum: string;
  }>(
    `select user_id, issuer_id, card_last4 as last4,
            sum(case when state = 'authorised' then authorised_amount else captured_amount - refunded_amount end)::text as sum
     from payments.payment where token_id is not null group by user_id, issuer_id, card_last4`,
  );
  const codeOf = (issuer: string) => net.network.members.get(issuer)?.code;
  return new Map(rows.map((r) => [`${r.user_id} ${codeOf(r.issuer_id)} ${r.last4}`, Number(r.sum)]));
}
