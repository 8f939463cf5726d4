import { type Bench, type Check, must, oneOf, same } from '../check.ts';
import { debitBalance } from '../holder.ts';
import { message, repeated, reversalOf } from '../messages.ts';

const purchase = ({ subject }: Bench, amount: number, more = {}) =>
  message(subject, { amount, pan: subject.person.debit.pan, expiry: subject.person.debit.expiry, more });

/** Runs something that must leave the balance changed by so much. */
async function moves(bench: Bench, change: number, work: () => Promise<void>): Promise<void> {
  const before = await debitBalance(bench);
  await work();
  same('the change of the balance', (await debitBalance(bench)) - before, change);
}

export const paymentChecks: Check[] = [
  {
    id: 'PAY-1',
    rule: 'the same purchase, sent three times, is taken once and answered alike',
    async run(bench) {
      await moves(bench, -300, async () => {
        const asked = purchase(bench, 300);
        const first = await bench.iso.ask(asked);
        same('the response code', first.fields[39], '00');
        for (let i = 0; i < 2; i++) {
          const again = await bench.iso.ask(repeated(asked));
          same('the code of the repeat', again.fields[39], '00');
          same('field 38 of the repeat', again.fields[38], first.fields[38]);
        }
        bench.found.set('purchase', asked);
      });
    },
  },
  {
    id: 'PAY-2',
    rule: 'a message with the key of an earlier one and another amount is refused, without effect',
    async run(bench) {
      const asked = bench.found.get('purchase') as ReturnType<typeof purchase> | undefined;
      must(asked, 'PAY-1 made no purchase');
      await moves(bench, 0, async () => {
        const other = { ...asked, fields: { ...asked.fields, 4: '000000000301' } };
        must((await bench.iso.code(other)) !== '00', 'it is answered 00');
      });
    },
  },
  {
    id: 'PAY-3',
    rule: 'a reversal gives back what was taken, once; every further one is answered 00 too',
    async run(bench) {
      const asked = bench.found.get('purchase') as ReturnType<typeof purchase> | undefined;
      must(asked, 'PAY-1 made no purchase');
      await moves(bench, 300, async () => {
        const reversal = reversalOf(bench.subject, asked);
        same('the code of the reversal', await bench.iso.code(reversal), '00');
        same('the code of its repeat', await bench.iso.code(repeated(reversal)), '00');
        same('the code of another one', await bench.iso.code(reversalOf(bench.subject, asked)), '00');
      });
    },
  },
  {
    id: 'PAY-4',
    rule: 'a reversal that comes before its original is answered 00, and the original is refused when it comes',
    async run(bench) {
      await moves(bench, 0, async () => {
        const asked = purchase(bench, 400);
        same('the code of the reversal', await bench.iso.code(reversalOf(bench.subject, asked)), '00');
        must((await bench.iso.code(asked)) !== '00', 'the original is approved after its reversal');
        must((await bench.iso.code(repeated(asked))) !== '00', 'the repeat of the original is approved');
      });
    },
  },
  {
    id: 'PAY-5',
    rule: 'a reversal of another amount than the original’s has no effect',
    async run(bench) {
      const asked = purchase(bench, 500);
      await moves(bench, -500, async () => {
        same('the response code', await bench.iso.code(asked), '00');
        const wrong = reversalOf(bench.subject, asked, { 4: '000000000499' });
        must((await bench.iso.code(wrong)) !== '00', 'it is answered 00');
      });
      same('the code of the right one', await bench.iso.code(reversalOf(bench.subject, asked)), '00');
    },
  },
  {
    id: 'PAY-6',
    rule: 'a hold takes nothing; its completion takes a part of it, once; a reversal gives it back',
    async run(bench) {
      const { subject, iso } = bench;
      const { pan, expiry } = subject.person.debit;
      const hold = message(subject, { mti: '0100', amount: 900, pan, expiry });
      const completion = message(subject, { mti: '0220', amount: 600, pan, original: hold });
      await moves(bench, 0, async () => same('the code of the hold', await iso.code(hold), '00'));
      await moves(bench, -600, async () => {
        same('the code of the completion', await iso.code(completion), '00');
        same('the code of its repeat', await iso.code(repeated(completion)), '00');
        const second = message(subject, { mti: '0220', amount: 100, pan, original: hold });
        must((await iso.code(second)) !== '00', 'a second completion is approved');
      });
      await moves(bench, 600, async () =>
        same('the code of the reversal', await iso.code(reversalOf(subject, completion)), '00'),
      );
    },
  },
  {
    id: 'PAY-7',
    rule: 'refunds of a purchase never come to more than it took',
    async run(bench) {
      const { subject, iso } = bench;
      const asked = purchase(bench, 700);
      const refund = (amount: number) =>
        message(subject, { processing: '200000', amount, pan: subject.person.debit.pan, original: asked });
      await moves(bench, 0, async () => {
        same('the response code', await iso.code(asked), '00');
        same('the code of a refund', await iso.code(refund(300)), '00');
        must((await iso.code(refund(401))) !== '00', 'more than is left is refunded');
        same('the code of the rest', await iso.code(refund(400)), '00');
      });
    },
  },
  {
    id: 'PAY-8',
    rule: 'more than there is, is refused with 51',
    async run(bench) {
      await moves(bench, 0, async () => {
        oneOf('the response code', await bench.iso.code(purchase(bench, 999_999_999_999)), ['51', '61']);
      });
    },
  },
  {
    id: 'PAY-9',
    rule: 'fifty purchases under way at once are all answered, and taken exactly',
    async run(bench) {
      const asked = Array.from({ length: 50 }, (_, i) => purchase(bench, 10 + i));
      const total = asked.reduce((sum, m) => sum + Number(m.fields[4]), 0);
      await moves(bench, -total, async () => {
        for (const code of await Promise.all(asked.map((m) => bench.iso.code(m)))) same('a code', code, '00');
      });
      await moves(bench, total, async () => {
        const reversals = asked.map((m) => bench.iso.code(reversalOf(bench.subject, m)));
        for (const code of await Promise.all(reversals)) same('the code of a reversal', code, '00');
      });
    },
  },
];
