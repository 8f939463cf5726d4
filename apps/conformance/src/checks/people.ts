import type {
  BankAccountBalance,
  BankCard,
  BankCardList,
  BankConsent,
  BankHealth,
  BankMatch,
  BankMovementDetail,
  BankMovementPage,
  BankVerification,
  BankVerificationResult,
  ProvisionedBankCard,
} from '@feiqian/contract';
import { type Bench, type Check, must, same } from '../check.ts';
import { debitEnd, elsewhere, holderOf } from '../holder.ts';
import { creditLeg, debitLeg, message, reversalOf } from '../messages.ts';
import type { SubjectPerson } from '../subject.ts';

const identityOf = ({ name, identity_number, mobile }: SubjectPerson) => ({ name, identity_number, mobile });

export const contractChecks: Check[] = [
  {
    id: 'API-1',
    rule: 'health and the OpenAPI document are served; the version is 1.1',
    async run({ api }) {
      const health = await api.call<BankHealth>('health');
      same('the version', health.api_version, '1.1');
      const { status, body } = await api.raw('GET', '/openapi.json', {});
      same('the status of /openapi.json', status, 200);
      must((body as { openapi?: string } | null)?.openapi?.startsWith('3.'), 'it is no OpenAPI document');
    },
  },
  {
    id: 'API-2',
    rule: 'nobody is answered without the network’s key',
    async run({ api }) {
      for (const authorization of ['', 'Bearer wrong', 'Basic d3Jvbmc=']) {
        const { status } = await api.raw('GET', '/bank/v1/credit-products', { authorization });
        same(`the status with “${authorization}”`, status, 401);
      }
    },
  },
  {
    id: 'API-3',
    rule: 'unknown fields, wrong types and unknown addresses are refused as problem documents',
    async run(bench) {
      const { api, subject } = bench;
      const headers = { authorization: `Bearer ${subject.api.key}`, 'content-type': 'application/json' };
      const { mobile } = subject.person;
      for (const body of [{ mobile: Number(mobile) }, { mobile, colour: 'red' }, [], 7]) {
        await api.refused('createConsent', { body }, ['invalid_request']);
      }
      const broken = await api.raw('POST', '/bank/v1/consents', headers, '{"mobile":');
      same('the status of half a document', broken.status, 400);
      const unknown = await api.raw('GET', '/bank/v1/nothing', headers);
      same('the status of an unknown address', unknown.status, 404);
    },
  },
];

export const consentChecks: Check[] = [
  {
    id: 'CONSENT-1',
    rule: 'a consent lists cards and accounts, without any number; the holder is masked',
    async run(bench) {
      const { subject, api } = bench;
      const { consentId, cards, accounts } = await holderOf(bench);
      must(
        accounts.some((a) => a.kind === 'class_1'),
        'there is no Class I account',
      );
      const text = JSON.stringify({ cards, accounts });
      must(!text.includes(subject.person.debit.pan), 'a card number is in the list');
      for (const card of cards) {
        must(
          accounts.some((a) => a.ref === card.account_ref),
          `the account of card ${card.ref} is not listed`,
        );
      }
      const { holder_name: shown } = await api.call<BankConsent>('createConsent', {
        body: { mobile: subject.person.mobile },
      });
      must(shown !== subject.person.name, 'the name of the holder is not masked');
      must(consentId !== '', 'there is no consent');
    },
  },
  {
    id: 'CONSENT-2',
    rule: 'a name or a document that is not the customer’s is customer_unknown, like an unknown mobile number',
    async run({ api, subject }) {
      const { mobile } = subject.person;
      const { name, identity_number } = subject.other;
      for (const body of [{ mobile, name }, { mobile, identity_number }, { mobile: '19999999999' }]) {
        await api.refused('createConsent', { body }, ['customer_unknown']);
      }
    },
  },
  {
    id: 'CONSENT-3',
    rule: 'without a consent, or after its withdrawal, nothing is shown; withdrawing again changes nothing',
    async run({ api, subject }) {
      const { id } = await api.call<BankConsent>('createConsent', {
        body: { mobile: subject.person.mobile },
      });
      for (let i = 0; i < 2; i++) await api.call('revokeConsent', { params: { id } });
      await api.refused('listCards', { query: { consent_id: id } }, ['consent_required']);
      const none = `con_${'0'.repeat(32)}`;
      await api.refused('listAccounts', { query: { consent_id: none } }, ['consent_required']);
    },
  },
  {
    id: 'CONSENT-4',
    rule: 'somebody else’s card or account is answered like one that does not exist',
    async run(bench) {
      const mine = await holderOf(bench);
      const theirs = await holderOf(bench, 'other');
      const query = { consent_id: mine.consentId };
      const nothing = '0'.repeat(32);
      for (const ref of [theirs.debit.ref, `acc_${nothing}`]) {
        await bench.api.refused('accountBalance', { params: { ref }, query }, ['account_unknown']);
        await bench.api.refused('accountMovements', { params: { ref }, query }, ['account_unknown']);
      }
      for (const ref of [(theirs.cards[0] as BankCard).ref, `card_${nothing}`]) {
        await bench.api.refused('provisionCard', { params: { ref }, body: query }, ['card_unknown']);
      }
    },
  },
  {
    id: 'CONSENT-5',
    rule: 'the number of an active card is given to the vault, and is the one the card has',
    async run(bench) {
      const { consentId, cards } = await holderOf(bench);
      const card = cards.find(
        (c) => c.kind === 'debit' && c.last4 === bench.subject.person.debit.pan.slice(-4),
      );
      must(card, 'the debit card is not listed');
      const given = await bench.api.call<ProvisionedBankCard>('provisionCard', {
        params: { ref: card.ref },
        body: { consent_id: consentId },
      });
      same('the expiry', given.expiry, bench.subject.person.debit.expiry);
      must(given.pan === bench.subject.person.debit.pan, 'it is another number');
    },
  },
  {
    id: 'CONSENT-6',
    rule: 'a hold lowers what is available, not the balance',
    async run(bench) {
      const { consentId, debit } = await holderOf(bench);
      const ask = { params: { ref: debit.ref }, query: { consent_id: consentId } };
      const before = await bench.api.call<BankAccountBalance>('accountBalance', ask);
      const { pan, expiry } = bench.subject.person.debit;
      const hold = message(bench.subject, { mti: '0100', amount: 800, pan, expiry });
      same('the code of the hold', await bench.iso.code(hold), '00');
      const after = await bench.api.call<BankAccountBalance>('accountBalance', ask);
      same('the balance', after.balance, before.balance);
      same('what is available', after.available, before.available - 800);
      same('what is held', after.held, before.held + 800);
      same('the code of the reversal', await bench.iso.code(reversalOf(bench.subject, hold)), '00');
    },
  },
  {
    id: 'CONSENT-7',
    rule: 'movements come newest first, page by page, by kind and day, and each in detail with its balance',
    async run(bench) {
      const { api, iso, subject } = bench;
      const { consentId, debit } = await holderOf(bench);
      for (const leg of [
        debitLeg(subject, debitEnd(bench), elsewhere, 210, { 62: 'conformance' }),
        creditLeg(subject, elsewhere, debitEnd(bench), 210),
      ]) {
        same('the code of a leg', await iso.code(leg), '00');
      }
      const params = { ref: debit.ref };
      const query = { consent_id: consentId };
      const page = (more: object) =>
        api.call<BankMovementPage>('accountMovements', { params, query: { ...query, ...more } });
      const [latest, before] = (await page({ limit: 2 })).data;
      same('the two latest amounts', [latest?.amount, before?.amount], [210, -210]);
      same('their kinds', [latest?.kind, before?.kind], ['transfer_in', 'transfer_out']);
      same('the institution of the payee', before?.counterparty?.institution, elsewhere.institution);
      must(!JSON.stringify(before).includes(elsewhere.number), 'the payee’s number is not masked');
      const first = await page({ limit: 1 });
      const second = await page({ limit: 1, cursor: first.next_cursor as string });
      same('the second page', second.data[0]?.id, before?.id);
      const out = await page({ limit: 5, kind: 'transfer_out' });
      must(
        out.data.every((m) => m.kind === 'transfer_out'),
        'the filter by kind lets others through',
      );
      same('movements of a day long ago', (await page({ from: '2000-01-01', to: '2000-01-01' })).data, []);
      const detail = await api.call<BankMovementDetail>('accountMovement', {
        params: { ...params, movement_id: latest?.id as string },
        query,
      });
      const balance = await api.call<BankAccountBalance>('accountBalance', { params, query });
      same('the balance it left', detail.balance_after, balance.balance);
    },
  },
];

export const identityChecks: Check[] = [
  {
    id: 'ID-1',
    rule: 'three factors that are one customer’s match; any other combination does not, in the same words',
    async run({ api, subject }) {
      const right = identityOf(subject.person);
      const check = (body: object) => api.call<BankMatch>('checkIdentity', { body });
      same('for the right factors', await check(right), { match: true });
      const other = identityOf(subject.other);
      for (const wrong of [{ name: other.name }, { identity_number: other.identity_number }]) {
        same('for a wrong factor', await check({ ...right, ...wrong }), { match: false });
      }
      same('for nobody', await check({ ...right, mobile: '19999999999' }), { match: false });
    },
  },
  {
    id: 'ID-2',
    rule: 'a verification of wrong factors begins like any other, and no code makes it match',
    async run(bench) {
      const { api, subject } = bench;
      const body = { ...identityOf(subject.other), class_1_number: subject.person.debit.pan };
      const begun = await api.call<BankVerification>('startVerification', { body });
      for (const code of ['000000', '123456']) {
        const params = { id: begun.id };
        const result = await api.call<BankVerificationResult>('confirmVerification', {
          params,
          body: { code },
        });
        same('the result', result, { match: false, confirmed_at: null, expires_at: null });
      }
    },
  },
];

/** What a bank open for tests has sent last to a mobile number: the digits of the code. */
export async function lastCode({ api }: Bench, mobile: string): Promise<string> {
  const { data } = await api.call<{ data: { text: string }[] }>('inbox', { query: { mobile } });
  const code = /\d{6}/.exec(data[0]?.text ?? '')?.[0];
  must(code, `no code was sent to ${mobile}`);
  return code;
}

/** All cards of the person as they are now. */
export async function cardsNow(bench: Bench): Promise<BankCard[]> {
  const { consentId } = await holderOf(bench);
  return (await bench.api.call<BankCardList>('listCards', { query: { consent_id: consentId } })).data;
}
