import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fate } from './fakeBanks.ts';
import { type Death, Setting, startBalance, viewOf } from './setting.ts';

/*
 * The process dies at every place of a transfer's life, one after the other: before and after each commit and each
 * message. Another process then takes over, and the client asks again under the same key.
 */

let s: Setting;
beforeAll(async () => {
  s = await Setting.open();
});
afterAll(() => s.db.close());

const placesMax = 60;
const lines: [name: string, credit: Fate[], debit: Fate[]][] = [
  ['all is fine', [], []],
  ['the payee’s bank refuses', ['refused 46'], []],
  ['the payee’s bank is not heard', ['answer_lost'], []],
  ['the payer’s bank is not heard', [], ['answer_lost']],
];

test.each(lines)(
  'whenever the process dies while %s, money moves once or not at all',
  async (_name, credit, debit) => {
    let places = 0;
    for (let at = 1; at <= placesMax; at++) {
      const who = await s.person();
      const death: Death = { at, passed: 0, dead: false };
      s.banks.next('transfer_credit', ...credit);
      s.banks.next('transfer_debit', ...debit);
      const key = s.key();
      const mortal = s.process(death);
      const told = mortal.transfers.send(s.sending(who, 100 + at), key);
      await Promise.race([told, until(() => death.dead)]);
      s.banks.heal();
      if (!death.dead) break;
      places = at;
      const heir = s.process();
      await s.settle(heir);
      // The client asks again: nothing of the first try, or its end.
      const answer = viewOf(await heir.transfers.send(s.sending(who, 100 + at), key));
      await s.settle(heir);
      const [state, ...more] = await s.states(who);
      expect(more, `died at place ${at}`).toEqual([]);
      expect(['completed', 'returned', 'declined'], `died at place ${at}`).toContain(state);
      expect([state, 'confirming', 'crediting', 'unknown', 'returning'], `died at place ${at}`).toContain(
        answer.state,
      );
      const amount = state === 'completed' ? BigInt(100 + at) : 0n;
      expect(s.balances(who), `died at place ${at}, ${state}`).toEqual([
        startBalance - amount,
        startBalance + amount,
      ]);
      const [t] = await heir.transfers.list(s.db, { userId: who.userId, before: null, limit: 1 });
      expect(await s.booked(t?.id as string)).toEqual(amount === 0n ? [] : [amount]);
    }
    // Two commits, each with three places, and the two sides of a message at the least.
    expect(places).toBeGreaterThanOrEqual(8);
  },
);

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 1));
  // What is in the air comes down.
  await new Promise((resolve) => setTimeout(resolve, 5));
}
