import type {
  BankAccount,
  BankAccountLimits,
  BankClassTables,
  BankLimit,
  BankVerification,
  BankVerificationResult,
  ProvisionedBankCard,
} from '@feiqian/contract';
import { readAdditionalAmounts, readLimitNotice } from '@feiqian/iso8583';
import { type Bench, type Check, must, oneOf, same } from '../check.ts';
import { balanceOf, debitEnd, elsewhere, holderOf } from '../holder.ts';
import { fresh } from '../isoLink.ts';
import { creditLeg, debitLeg, type End, message, reversalOf } from '../messages.ts';
import { lastCode } from './people.ts';

interface Opened {
  account: BankAccount;
  end: End;
}

export const classChecks: Check[] = [
  {
    id: 'CLASS-1',
    rule: 'the tables of class rules have effective dates: one Class I from the branch, II and III limited',
    async run({ api }) {
      const { data, in_force } = await api.call<BankClassTables>('listClassTables');
      const days = data.map((t) => t.effective_from);
      same('the order of the tables', days, [...days].sort());
      const table = data.find((t) => t.effective_from === in_force);
      must(table, `there is no table of ${in_force}`);
      const rules = (name: string) => table.classes.find((c) => c.class === name);
      const limits = (name: string) => new Map(rules(name)?.limits.map((l) => [l.code, l.max]));
      same('the opening of Class I', rules('class_1')?.opening, 'branch');
      same('Class I accounts of one person', rules('class_1')?.accounts_max, 1);
      same(
        'plastic and cash of Class III',
        [rules('class_3')?.plastic, rules('class_3')?.cash],
        [false, false],
      );
      for (const code of ['out_day', 'out_year'] as const) {
        const [two, three] = [limits('class_2').get(code), limits('class_3').get(code)];
        must(
          two !== undefined && three !== undefined && three <= two,
          `${code} of III is not within that of II`,
        );
      }
      must(limits('class_3').has('balance'), 'Class III has no ceiling');
    },
  },
  {
    id: 'CLASS-2',
    rule: 'a Class II account is opened for five factors, once per key, bound, with a virtual card',
    async run(bench) {
      const opened = await open(bench, 'class_2', true);
      bench.found.set('class_2', opened);
      same('the form of its card', opened.form, 'virtual');
      same('the bound account', opened.account.bound?.last4, bench.subject.person.debit.pan.slice(-4));
    },
  },
  {
    id: 'CLASS-3',
    rule: 'a verification is used once, and only for the person and number it is of; Class I needs the branch',
    async run(bench) {
      const { api, subject } = bench;
      const used = bench.found.get('proof') as object | undefined;
      must(used, 'CLASS-2 has verified nobody');
      const identity = identityOf(bench);
      const body = { class: 'class_3', currency: 'CNY', identity, class_1: used };
      await api.refused('openAccount', { body, key: key() }, ['verification_required']);
      const other = subject.other;
      const others = { name: other.name, identity_number: other.identity_number, mobile: other.mobile };
      await api.refused('openAccount', { body: { ...body, identity: others }, key: key() }, [
        'verification_required',
      ]);
      await api.refused('openAccount', { body: { ...body, class: 'class_1' }, key: key() }, [
        'invalid_request',
        'class_not_permitted',
      ]);
      await api.refused('openAccount', { body }, ['idempotency_key_missing']);
    },
  },
  {
    id: 'CLASS-4',
    rule: 'from and to the bound account nothing counts; to others it counts, and a reversal gives it back',
    async run(bench) {
      const { account, end } = known(bench, 'class_2');
      const bound = debitEnd(bench);
      const { subject, iso } = bench;
      same('the way from the bound account', await iso.code(debitLeg(subject, bound, end, 150_000)), '00');
      same('its credit leg', await iso.code(creditLeg(subject, bound, end, 150_000)), '00');
      same('what is used of in_day', (await limits(bench, account)).get('in_day')?.used, 0);
      same('the way to the bound account', await iso.code(debitLeg(subject, end, bound, 50_000)), '00');
      same('its credit leg', await iso.code(creditLeg(subject, end, bound, 50_000)), '00');
      same('what is used of out_day', (await limits(bench, account)).get('out_day')?.used, 0);
      const leg = debitLeg(subject, end, elsewhere, 1_000);
      same('a transfer to another account', await iso.code(leg), '00');
      same('what is used of out_day', (await limits(bench, account)).get('out_day')?.used, 1_000);
      same('its reversal', await iso.code(reversalOf(subject, leg)), '00');
      same('what is used of out_day', (await limits(bench, account)).get('out_day')?.used, 0);
    },
  },
  {
    id: 'CLASS-5',
    rule: 'the ceiling of a Class III account holds exactly when an amount is split into many legs at once',
    async run(bench) {
      const opened = await open(bench, 'class_3', false);
      bench.found.set('class_3', opened);
      const { account, end } = opened;
      const ceiling = (await limits(bench, account)).get('balance') as BankLimit;
      must(ceiling, 'there is no ceiling');
      const part = Math.ceil(ceiling.max / 8);
      const codes = await Promise.all(
        Array.from({ length: 12 }, () =>
          bench.iso.code(creditLeg(bench.subject, debitEnd(bench), end, part)),
        ),
      );
      const fit = Math.floor(ceiling.max / part);
      same('how many were posted', codes.filter((c) => c === '00').length, fit);
      same('the other answers', [...new Set(codes.filter((c) => c !== '00'))], ['61']);
      same('what is on it', await balance(bench, account), fit * part);
      const answer = await bench.iso.ask(creditLeg(bench.subject, elsewhere, end, ceiling.max));
      same('the response code', answer.fields[39], '61');
      must(readLimitNotice(String(answer.fields[44] ?? '')), 'field 44 names no limit');
      const amounts = readAdditionalAmounts(String(answer.fields[54] ?? ''));
      must(
        amounts?.some((a) => a.type === 'remaining'),
        'field 54 does not say what is left',
      );
    },
  },
  {
    id: 'CLASS-6',
    rule: 'a day’s limit holds exactly when payments and transfers come at once; each breach says which, how much, until when',
    async run(bench) {
      const { account, end } = known(bench, 'class_3');
      const { subject, iso } = bench;
      const day = (await limits(bench, account)).get('out_day') as BankLimit;
      must(day, 'Class III has no limit a day');
      const held = await balance(bench, account);
      const part = Math.floor(Math.min(day.left, held) / 10);
      const pan = end.number;
      const codes = await Promise.all(
        Array.from({ length: 14 }, (_, i) =>
          iso.code(i % 2 ? debitLeg(subject, end, elsewhere, part) : message(subject, { amount: part, pan })),
        ),
      );
      const possible = Math.min(Math.floor(day.left / part), Math.floor(held / part));
      same('how many passed', codes.filter((c) => c === '00').length, possible);
      for (const code of codes) oneOf('an answer', code, ['00', '51', '61']);
      same('what is used', (await limits(bench, account)).get('out_day')?.used, day.used + possible * part);
      const answer = await iso.ask(debitLeg(subject, end, elsewhere, day.max + 1));
      same('the response code of more than a day’s', answer.fields[39], '61');
      const notice = readLimitNotice(String(answer.fields[44] ?? ''));
      oneOf('the limit in field 44', notice?.limit, ['out_day', 'out_year']);
      must(notice?.untilMs && notice.untilMs > Date.now(), 'field 44 does not say until when');
    },
  },
  {
    id: 'CLASS-7',
    rule: 'an account with money stays open; an empty one is closed, again too, and receives nothing',
    async run(bench) {
      for (const name of ['class_2', 'class_3'] as const) {
        const { account, end } = known(bench, name);
        const { consentId } = await holderOf(bench);
        const asked = { params: { ref: account.ref }, query: { consent_id: consentId } };
        const left = await balance(bench, account);
        if (left > 0) {
          await bench.api.refused('closeAccount', asked, ['account_not_empty']);
          const back = debitLeg(bench.subject, end, debitEnd(bench), left);
          same('the way back to the bound account', await bench.iso.code(back), '00');
          same(
            'its credit leg',
            await bench.iso.code(creditLeg(bench.subject, end, debitEnd(bench), left)),
            '00',
          );
        }
        for (let i = 0; i < 2; i++) await bench.api.call('closeAccount', asked);
        same('a leg to it', await bench.iso.code(creditLeg(bench.subject, elsewhere, end, 100)), '46');
      }
      const { consentId, debit } = await holderOf(bench);
      const asked = { params: { ref: debit.ref }, query: { consent_id: consentId } };
      await bench.api.refused('closeAccount', asked, ['class_not_permitted']);
    },
  },
];

const key = () => `conformance-${fresh().rrn}`;

function known(bench: Bench, name: 'class_2' | 'class_3'): Opened {
  const opened = bench.found.get(name) as Opened | undefined;
  must(opened, `no ${name} account was opened`);
  return opened;
}

async function limits(bench: Bench, account: BankAccount): Promise<Map<string, BankLimit>> {
  const { consentId } = await holderOf(bench);
  const asked = { params: { ref: account.ref }, query: { consent_id: consentId } };
  const answer = await bench.api.call<BankAccountLimits>('accountLimits', asked);
  for (const l of answer.limits) same(`what is left of ${l.code}`, l.left, Math.max(0, l.max - l.used));
  return new Map(answer.limits.map((l) => [l.code, l]));
}

const balance = async (bench: Bench, { ref }: BankAccount) =>
  balanceOf(bench, (await holderOf(bench)).consentId, ref);

function identityOf({ subject: { person } }: Bench) {
  return { name: person.name, identity_number: person.identity_number, mobile: person.mobile };
}

/** Goes through the five factors and opens an account with them. */
async function open(
  bench: Bench,
  name: 'class_2' | 'class_3',
  twice: boolean,
): Promise<Opened & { form: string }> {
  const { api, subject } = bench;
  const { person } = subject;
  const identity = identityOf(bench);
  const begun = await api.call<BankVerification>('startVerification', {
    body: { ...identity, class_1_number: person.debit.pan },
  });
  const params = { id: begun.id };
  const code = await lastCode(bench, person.mobile);
  const wrong = code === '000000' ? '111111' : '000000';
  const no = await api.call<BankVerificationResult>('confirmVerification', { params, body: { code: wrong } });
  same('a wrong code', no.match, false);
  const yes = await api.call<BankVerificationResult>('confirmVerification', { params, body: { code } });
  must(yes.match && yes.confirmed_at, 'the right code does not match');
  const proof = {
    institution: subject.institution,
    number: person.debit.pan,
    verification_id: begun.id,
    verified_at: yes.confirmed_at,
  };
  bench.found.set('proof', proof);
  const body = { class: name, currency: 'CNY', identity, class_1: proof };
  const asked = { body, key: key() };
  const account = await api.call<BankAccount>('openAccount', asked);
  if (twice) {
    same('the account of the same key', (await api.call<BankAccount>('openAccount', asked)).ref, account.ref);
    const other = { ...asked, body: { ...body, class: name === 'class_2' ? 'class_3' : 'class_2' } };
    await api.refused('openAccount', other, ['idempotency_key_reused']);
  }
  const { consentId } = await holderOf(bench);
  const query = { consent_id: consentId };
  const { data: cards } = await api.call<{ data: { ref: string; form: string }[] }>('listCards', { query });
  const card = cards.find((c) => account.card_refs.includes(c.ref));
  must(card, 'the account has no card');
  const given = await api.call<ProvisionedBankCard>('provisionCard', {
    params: { ref: card.ref },
    body: query,
  });
  const end = { institution: subject.institution, number: given.pan, expiry: given.expiry };
  return { account, end, form: card.form };
}
