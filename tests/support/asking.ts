import type { Card } from '@feiqian/contract';
import { done } from './caller.ts';
import type { Wallet } from './people.ts';

/** Nobody at any bank has this number. */
const nobody = { mobile: '13999999999' };

/** Sends money to a card of one's own, asks somebody for money and splits a bill; gives the ids by their prefixes. */
export async function sendAndAsk(by: Wallet, card: Card | undefined) {
  const own = by.cards.find((c) => c.bank.id === 'haigang' && c.kind === 'debit');
  await done(by.send('PUT', '/v1/wallet/receiving', { body: { card_id: card?.id } }));
  const posted = async (path: string, body: object) =>
    (await done(by.post<{ id: string }>(path, { ...body, currency: 'CNY' }))).id;
  const transfer = { from_card_id: card?.id, to: { card_id: own?.id }, amount: 250 };
  return {
    trf: [await posted('/v1/wallet/transfers', transfer)],
    mrq: [await posted('/v1/wallet/requests', { ...nobody, amount: 700 })],
    spl: [await posted('/v1/wallet/splits', { total: 900, own_part: true, people: [nobody] })],
  };
}
