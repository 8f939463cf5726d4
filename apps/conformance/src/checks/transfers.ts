import type { BankLeg, BankPayee } from '@feiqian/contract';
import { type Message, readAdditionalAmounts, readLimitNotice } from '@feiqian/iso8583';
import { type Bench, type Check, must, oneOf, same } from '../check.ts';
import { balanceOf, debitBalance, debitEnd, elsewhere, holderOf } from '../holder.ts';
import { creditLeg, debitLeg, legKey, message, repeated, reversalOf } from '../messages.ts';

const stateOf = ({ api, subject }: Bench, leg: Message) =>
  api.call<BankLeg>('leg', { query: legKey(subject, leg) });
const abandon = ({ api, subject }: Bench, leg: Message) =>
  api.call<BankLeg>('abandonLeg', { body: legKey(subject, leg) });

async function moves(bench: Bench, change: number, work: () => Promise<void>): Promise<void> {
  const before = await debitBalance(bench);
  await work();
  same('the change of the balance', (await debitBalance(bench)) - before, change);
}

export const transferChecks: Check[] = [
  {
    id: 'XFER-1',
    rule: 'a debit leg takes the amount once; asked after, it is not_seen before and posted afterwards',
    async run(bench) {
      const leg = debitLeg(bench.subject, debitEnd(bench), elsewhere, 1_000);
      await moves(bench, -1_000, async () => {
        same('its state before', (await stateOf(bench, leg)).state, 'not_seen');
        same('the response code', await bench.iso.code(leg), '00');
        same('the code of the repeat', await bench.iso.code(repeated(leg)), '00');
        const { state, direction, amount } = await stateOf(bench, leg);
        same(
          'what became of it',
          { state, direction, amount },
          { state: 'posted', direction: 'out', amount: 1_000 },
        );
      });
      bench.found.set('debit leg', leg);
    },
  },
  {
    id: 'XFER-2',
    rule: 'a reversal takes a debit leg back, once; its state is reversed',
    async run(bench) {
      const leg = bench.found.get('debit leg') as Message | undefined;
      must(leg, 'XFER-1 posted no leg');
      await moves(bench, 1_000, async () => {
        for (let i = 0; i < 2; i++) {
          same('the code of the reversal', await bench.iso.code(reversalOf(bench.subject, leg)), '00');
        }
        same('its state', (await stateOf(bench, leg)).state, 'reversed');
      });
    },
  },
  {
    id: 'XFER-3',
    rule: 'a debit leg whose reversal came first is refused',
    async run(bench) {
      const leg = debitLeg(bench.subject, debitEnd(bench), elsewhere, 1_100);
      await moves(bench, 0, async () => {
        same('the code of the reversal', await bench.iso.code(reversalOf(bench.subject, leg)), '00');
        must((await bench.iso.code(leg)) !== '00', 'it is approved');
      });
    },
  },
  {
    id: 'XFER-4',
    rule: 'legs that do not name both ends, or another near end than field 2, are answered 30',
    async run(bench) {
      const { subject, iso } = bench;
      const whole = debitLeg(subject, debitEnd(bench), elsewhere, 100);
      const { 103: _, ...fields } = whole.fields;
      await moves(bench, 0, async () => {
        same('without field 103 the code', await iso.code({ ...whole, fields }), '30');
        const other = debitLeg(subject, debitEnd(bench), elsewhere, 100, {
          102: `${subject.institution}/9156000000000000`,
        });
        same('with another payer the code', await iso.code(other), '30');
      });
    },
  },
  {
    id: 'XFER-5',
    rule: 'a credit leg gives the amount once, however often it is repeated',
    async run(bench) {
      const leg = creditLeg(bench.subject, elsewhere, debitEnd(bench), 1_200);
      await moves(bench, 1_200, async () => {
        for (let i = 0; i < 3; i++)
          same('the response code', await bench.iso.code(i ? repeated(leg) : leg), '00');
        same('its state', (await stateOf(bench, leg)).state, 'posted');
      });
      bench.found.set('credit leg', leg);
    },
  },
  {
    id: 'XFER-6',
    rule: 'a credit leg is never taken back: its reversal is refused, and its state stays posted',
    async run(bench) {
      const leg = bench.found.get('credit leg') as Message | undefined;
      must(leg, 'XFER-5 posted no leg');
      await moves(bench, 0, async () => {
        must((await bench.iso.code(reversalOf(bench.subject, leg))) !== '00', 'the reversal is answered 00');
        const disguised = reversalOf(bench.subject, leg, { 3: '000000' });
        must((await bench.iso.code(disguised)) !== '00', 'a reversal with another field 3 is answered 00');
        same('its state', (await stateOf(bench, leg)).state, 'posted');
      });
      same(
        'giving it back by a leg',
        await bench.iso.code(debitLeg(bench.subject, debitEnd(bench), elsewhere, 1_200)),
        '00',
      );
    },
  },
  {
    id: 'XFER-7',
    rule: 'a credit leg to a closed account is answered 46, to an unknown one 14; both stay refused',
    async run(bench) {
      const { subject, iso } = bench;
      const to = (number: string) =>
        creditLeg(subject, elsewhere, { institution: subject.institution, number }, 100);
      const closed = to(subject.closedAccount);
      same('of the closed account the code', await iso.code(closed), '46');
      same('of its repeat', await iso.code(repeated(closed)), '46');
      const { state, response_code: code } = await stateOf(bench, closed);
      same('what became of it', { state, code }, { state: 'refused', code: '46' });
      const unknown = `${subject.person.debit.pan.slice(0, 8)}99999999`;
      oneOf('of an unknown number the code', await iso.code(to(unknown)), ['14', '15']);
    },
  },
  {
    id: 'XFER-8',
    rule: 'a leg given up before it came is refused for ever; one that was posted is said to be',
    async run(bench) {
      const never = creditLeg(bench.subject, elsewhere, debitEnd(bench), 1_300);
      await moves(bench, 0, async () => {
        same('its state', (await abandon(bench, never)).state, 'abandoned');
        same('again', (await abandon(bench, never)).state, 'abandoned');
        must((await bench.iso.code(never)) !== '00', 'it is posted after it was given up');
        must((await bench.iso.code(repeated(never))) !== '00', 'its repeat is posted');
        oneOf('its state afterwards', (await stateOf(bench, never)).state, ['abandoned', 'refused']);
      });
      const leg = bench.found.get('credit leg') as Message | undefined;
      if (leg) same('the state of a posted one', (await abandon(bench, leg)).state, 'posted');
    },
  },
  {
    id: 'XFER-9',
    rule: 'sent and given up at the same instant, a leg is posted or never will be: the answers agree',
    async run(bench) {
      let posted = 0;
      const before = await debitBalance(bench);
      for (let i = 0; i < 10; i++) {
        const leg = creditLeg(bench.subject, elsewhere, debitEnd(bench), 10);
        const [code, told] = await Promise.all([bench.iso.code(leg), abandon(bench, leg)]);
        const { state } = await stateOf(bench, leg);
        same(`posted, after the answer ${code}`, state === 'posted', code === '00');
        if (state !== 'posted') oneOf('what the bank told', told.state, ['abandoned', 'refused']);
        else same('what the bank told', told.state, 'posted');
        if (state === 'posted') posted += 1;
      }
      same('the change of the balance', (await debitBalance(bench)) - before, posted * 10);
    },
  },
  {
    id: 'XFER-10',
    rule: 'the payee’s name is confirmed masked; another name, and an unknown number, are none',
    async run({ api, subject }) {
      const check = (number: string, name: string) =>
        api.call<BankPayee>('checkPayee', { body: { number, name } });
      const full = await check(subject.person.debit.pan, subject.person.name);
      same('the match', full.match, 'full');
      must(full.masked_name && full.masked_name !== subject.person.name, 'the name is not masked');
      same('whether it can receive', full.can_receive, true);
      const none = { match: 'none', masked_name: null, can_receive: null };
      same('for another name', await check(subject.person.debit.pan, subject.other.name), none);
      same('for an unknown number', await check('999999999999', subject.person.name), none);
    },
  },
];

export const repaymentChecks: Check[] = [
  {
    id: 'REPAY-1',
    rule: 'more than is owed is refused with 61, and field 54 says what is owed',
    async run(bench) {
      const { card, owed } = await creditCard(bench);
      const answer = await bench.iso.ask(creditLeg(bench.subject, elsewhere, card, owed + 1, '470030'));
      same('the response code', answer.fields[39], '61');
      same('field 44', readLimitNotice(String(answer.fields[44] ?? ''))?.limit, 'owed');
      const owing = readAdditionalAmounts(String(answer.fields[54] ?? ''))?.find((a) => a.type === 'owing');
      same('what is owing in field 54', Number(owing?.amount), -owed);
    },
  },
  {
    id: 'REPAY-2',
    rule: 'a repayment is posted in real time, once',
    async run(bench) {
      const { card, owed, owedNow } = await creditCard(bench);
      const leg = creditLeg(bench.subject, elsewhere, card, 100, '470030');
      same('the response code', await bench.iso.code(leg), '00');
      same('the code of the repeat', await bench.iso.code(repeated(leg)), '00');
      same('what is owed', await owedNow(), owed - 100);
    },
  },
  {
    id: 'REPAY-3',
    rule: 'two devices that repay everything at once: one is posted, the other refused',
    async run(bench) {
      const { card, owed, owedNow, spend } = await creditCard(bench);
      const both = await Promise.all(
        [1, 2].map(() => bench.iso.code(creditLeg(bench.subject, elsewhere, card, owed, '470030'))),
      );
      same('the response codes', both.sort(), ['00', '61']);
      same('what is owed', await owedNow(), 0);
      await spend(owed + 100);
    },
  },
  {
    id: 'REPAY-4',
    rule: 'a credit card gives no money to a transfer',
    async run(bench) {
      const { card } = await creditCard(bench);
      must((await bench.iso.code(debitLeg(bench.subject, card, elsewhere, 100))) !== '00', 'it is approved');
    },
  },
];

async function creditCard(bench: Bench) {
  const { subject, api, iso } = bench;
  const { consentId, cards } = await holderOf(bench);
  const { credit } = subject.person;
  must(credit, 'the person of the subject file has no credit card');
  const ref = cards.find((c) => c.kind === 'credit' && c.last4 === credit.pan.slice(-4))?.account_ref;
  must(ref, 'the credit card of the subject file is not among the cards');
  const query = { consent_id: consentId };
  const owedNow = async () => (await api.call<{ owed: number }>('owed', { params: { ref }, query })).owed;
  const owed = await owedNow();
  must(owed >= 200, `the credit card owes ${owed}; the suite needs 200 or more`);
  same('what is owed and the balance', owed, -(await balanceOf(bench, consentId, ref)));
  const card = { institution: subject.institution, number: credit.pan, expiry: credit.expiry };
  /** Puts the debt back that a check has paid, so that the suite can run again. */
  const spend = async (amount: number) => {
    const { pan, expiry } = credit;
    same('the code of a purchase', await iso.code(message(subject, { amount, pan, expiry })), '00');
  };
  return { card, owed, owedNow, spend };
}
