import type { Payment, PaymentStory } from '@feiqian/contract';
import { toUuid } from '@feiqian/ids';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { type Caller, done, told } from '../support/caller.ts';
import { setDue } from '../support/due.ts';
import { startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, desk, look, order, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';

/*
 * The commit that makes a payment paid writes the payment, its entry, the bank's message, the event and the answer.
 * Each of these writes is made to fail by itself, after the bank has approved: then none of them may be there, and
 * the payment must be reversed.
 */

/** Where a write fails: table, event of the trigger, condition, and the column that names the payment. */
const places: Record<string, { table: string; on: string; when: string; column: string }> = {
  'its state': { table: 'payments.payment', on: 'update', when: "new.state = 'captured'", column: 'id' },
  'its entry': { table: 'ledger.transfers', on: 'insert', when: 'true', column: 'id' },
  'the bank’s message': {
    table: 'links.exchange',
    on: 'insert',
    when: "new.kind = 'financial'",
    column: 'group_id',
  },
  'its event': {
    table: 'outbox.event',
    on: 'insert',
    when: "new.type = 'payment.captured'",
    column: 'object_id',
  },
  'its answer': {
    table: 'idempotency.key',
    on: 'update',
    when: 'new.status is not null',
    column: 'object_id',
  },
};

let net: TestNetwork;
let payer: Wallet;
let operator: Caller;
const paid = new Map<string, { id: string; key: string; answer: string }>();
let before: number;

const spendable = async () =>
  (await done(payer.get<{ available: number }>(`/v1/wallet/cards/${payer.cards[0]?.id}/balance`))).available;

beforeAll(async () => {
  net = await startTestNetwork();
  payer = await wallet(net, '13800000001');
  operator = await desk(net);
  before = await spendable();
  const { db } = net.network;
  await db.script(`
    create table public.fault (place text, id uuid);
    create function public.fail() returns trigger language plpgsql as $$
    begin
      if exists (select from public.fault where place = tg_argv[0] and id = (to_jsonb(new) ->> tg_argv[1])::uuid) then
        raise exception 'a planted fault';
      end if;
      return new;
    end $$;`);
  for (const [i, [place, { table, on, when, column }]] of Object.entries(places).entries()) {
    await db.script(`create trigger fault_${i} before ${on} on ${table} for each row
      when (${when}) execute function public.fail('${place}', '${column}')`);
  }
  await Promise.all(
    Object.keys(places).map(async (place) => {
      const { id } = await order(net, 1_700);
      await db.query('insert into public.fault (place, id) values ($1, $2)', [place, toUuid(id, 'pay')]);
      const key = `fault-${paid.size}-${id}`;
      const answer = await payer.post(
        `/v1/wallet/payments/${id}/pay`,
        { card_id: payer.cards[0]?.id },
        { key },
      );
      paid.set(place, { id, key, answer: told(answer) });
    }),
  );
});
afterAll(() => net?.stop());

test('a group with a poison command fails for that one alone', async () => {
  const bought = await Promise.all(Array.from({ length: 10 }, () => buy(net, payer, payer.cards[1], 100)));
  expect(bought.map((p) => p.state)).toEqual(Array(10).fill('captured'));
});

test.each(Object.keys(places))(
  'when %s cannot be stored, nothing of the purchase is, and it is reversed',
  async (place) => {
    const { id, key, answer } = paid.get(place) as { id: string; key: string; answer: string };
    expect(answer).toBe('500 internal_error');
    const story = await done(operator.get<PaymentStory>(`/v1/console/payments/${id}`));
    if (story.payment.state === 'processing') {
      expect(story.entries).toEqual([]);
      expect(story.exchanges).toEqual([]);
      expect(story.events.map((e) => e.type)).toEqual(['payment.created', 'payment.processing']);
    }
    const pay = () =>
      payer.post<Payment>(`/v1/wallet/payments/${id}/pay`, { card_id: payer.cards[0]?.id }, { key });
    // Until it is known what became of it, the same request waits.
    if (story.payment.state === 'processing') expect(told(await pay())).toBe('409 request_in_flight');
    // Its time is over now rather than in a quarter of a minute.
    await setDue(net.network.db, [toUuid(id, 'pay')], Date.now() - 1, 'bank');
    await until(async () => (await look(net, id)).state === 'reversed', 10_000, 'the reversal');
    await net.network.db.query('delete from public.fault');
    await net.network.db.query(
      'update idempotency.key set leased_until = created_at where object_id = $1 and status is null',
      [toUuid(id, 'pay')],
    );
    expect(await done(pay())).toMatchObject({ id, state: 'reversed', captured_amount: 0 });
  },
);

test('the shopper has paid for nothing that was not captured, and the books are right', async () => {
  expect(await spendable()).toBe(before);
  expect(net.logs.filter((line) => line.includes('a planted fault')).length).toBeGreaterThanOrEqual(5);
  expect(await differences(net.network.db)).toEqual([]);
});
