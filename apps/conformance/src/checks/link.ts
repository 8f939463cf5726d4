import { messageClass, NETWORK_MANAGEMENT } from '@feiqian/iso8583';
import { type Check, must, oneOf, same } from '../check.ts';
import { debitBalance } from '../holder.ts';
import { managementMessage } from '../isoLink.ts';
import { message } from '../messages.ts';

const { echo, signOff, signOn } = NETWORK_MANAGEMENT;
const wrongKey = new Uint8Array(16).fill(0x5a);
/** How long nothing must come, in ms. */
const silenceMs = 700;

export const linkChecks: Check[] = [
  {
    id: 'LINK-1',
    rule: 'business messages before sign-on are answered 91 and have no effect',
    async run(bench) {
      const link = await bench.connect();
      const { debit } = bench.subject.person;
      const before = await debitBalance(bench);
      const parts = { amount: 100, pan: debit.pan, expiry: debit.expiry };
      same('the response code', await link.code(message(bench.subject, parts)), '91');
      same('the balance', await debitBalance(bench), before);
      link.end();
    },
  },
  {
    id: 'LINK-2',
    rule: 'sign-on, echo test and sign-off are answered 00; after sign-off business is answered 91',
    async run(bench) {
      const link = await bench.connect();
      for (const code of [signOn, echo, signOff, echo]) {
        const asked = managementMessage(bench.subject, code);
        const answer = await link.ask(asked);
        same(`the answer to function ${code}`, answer.fields[39], '00');
        same('field 70', answer.fields[70], code);
        same('field 11', answer.fields[11], asked.fields[11]);
      }
      const { pan, expiry } = bench.subject.person.debit;
      same('the response code', await link.code(message(bench.subject, { amount: 100, pan, expiry })), '91');
      link.end();
    },
  },
  {
    id: 'LINK-3',
    rule: 'an unknown network management function is refused',
    async run(bench) {
      const code = await bench.iso.code(managementMessage(bench.subject, '999'));
      must(code !== '00', 'function 999 is answered 00');
    },
  },
  {
    id: 'LINK-4',
    rule: 'a message whose MAC is wrong is answered A0, or not at all, and has no effect',
    async run(bench) {
      if (bench.subject.iso.macKey === null) return;
      const link = await bench.connect();
      await link.signOn();
      const before = await debitBalance(bench);
      const { pan, expiry } = bench.subject.person.debit;
      const asked = message(bench.subject, { amount: 100, pan, expiry });
      link.write(link.frame(asked, wrongKey));
      await new Promise((resolve) => setTimeout(resolve, silenceMs));
      const answer = link.stray.find((m) => m.fields[11] === asked.fields[11]);
      if (answer) same('the response code', answer.fields[39], 'A0');
      same('the balance', await debitBalance(bench), before);
      link.end();
    },
  },
  {
    id: 'LINK-5',
    rule: 'a frame that is no message is answered 30 or ends the connection, and the bank goes on',
    async run(bench) {
      const link = await bench.connect();
      await link.signOn();
      const good = link.frame(managementMessage(bench.subject, echo));
      const bad = Uint8Array.from(good);
      bad.fill(0xff, bench.subject.iso.profile.lengthHeader.bytes);
      link.write(bad);
      for (let i = 0; i < 40 && !link.closed && link.stray.length === 0; i++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (!link.closed) oneOf('the answer', link.stray[0]?.fields[39], ['30', 'A0']);
      link.end();
      same(
        'the echo test on another connection',
        await bench.iso.code(managementMessage(bench.subject, echo)),
        '00',
      );
    },
  },
  {
    id: 'LINK-6',
    rule: 'an answer repeats type, amount, reference, times, acquirer, terminal and currency of its request',
    async run(bench) {
      const { pan, expiry } = bench.subject.person.debit;
      const asked = message(bench.subject, { amount: 0, pan, expiry });
      const answer = await bench.iso.ask(asked);
      same('the class of the answer', messageClass(answer.mti), 'financial');
      for (const field of [3, 4, 7, 11, 37, 41, 49]) {
        same(`field ${field}`, String(answer.fields[field]).trim(), String(asked.fields[field]).trim());
      }
      same('field 32', Number(answer.fields[32]), Number(asked.fields[32]));
    },
  },
  {
    id: 'LINK-7',
    rule: 'a message without a mandatory field is answered 30, a card number that is not there 14, no amount 13',
    async run(bench) {
      const { pan, expiry } = bench.subject.person.debit;
      const whole = message(bench.subject, { amount: 100, pan, expiry });
      const { 18: _, ...fields } = whole.fields;
      same('without field 18 the code', await bench.iso.code({ ...whole, fields }), '30');
      const unknown = `${pan.slice(0, 8)}${'9'.repeat(pan.length - 8)}`;
      oneOf(
        'of an unknown card the code',
        await bench.iso.code(message(bench.subject, { amount: 100, pan: unknown })),
        ['14', '15'],
      );
      same(
        'of nothing the code',
        await bench.iso.code(message(bench.subject, { amount: 0, pan, expiry })),
        '13',
      );
    },
  },
];
