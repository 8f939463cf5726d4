import type { Chance } from './chance.ts';
import type { CityBank, CityMerchant } from './city.ts';
import type { Network } from './processes.ts';

/** What an operator does to links, members and merchants. It is undone when the trouble is over. */
export async function operate(
  network: Network,
  chance: Chance,
  banks: readonly CityBank[],
  merchants: readonly CityMerchant[],
  note: (what: string) => void,
): Promise<void> {
  const { links, members, db } = network;
  const { memberId, id } = chance.pick(banks);
  const { merchantId } = chance.pick(merchants);
  const yes = chance.happens(0.5);
  switch (chance.between(0, 5)) {
    case 0:
      note(`operator changes the key of ${id}`);
      await links.exchangeKeys(memberId);
      break;
    case 1:
      note(`operator signs off from ${id}`);
      await links.signOff(memberId);
      break;
    case 2:
      note(`operator signs on to ${id}`);
      await links.signOn(memberId);
      break;
    case 3:
      await links.echo(memberId);
      break;
    case 4:
      note(`operator ${yes ? 'suspends' : 'activates'} ${id}`);
      await members.setStatus(memberId, yes ? 'suspended' : 'active');
      break;
    default:
      note(`operator ${yes ? 'suspends' : 'approves'} a merchant`);
      await network.merchants.review(db, merchantId, yes ? 'suspend' : 'approve');
  }
}

/** Puts right what operators have done, at one process. */
export async function mend(
  { members, links, merchants, db }: Network,
  banks: readonly CityBank[],
  shops: readonly CityMerchant[],
): Promise<void> {
  for (const { memberId } of banks) {
    await members.setStatus(memberId, 'active');
    await links.signOn(memberId);
  }
  for (const { merchantId } of shops) await merchants.review(db, merchantId, 'approve');
}
