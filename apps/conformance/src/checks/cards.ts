import type {
  BankApplication,
  BankBillPage,
  BankCardList,
  BankCreditProductList,
  BankNotice,
  BankNoticeList,
  BankOwed,
  ProvisionedBankCard,
} from '@feiqian/contract';
import { type Bench, type Check, must, oneOf, same } from '../check.ts';
import { debitEnd, elsewhere, holderOf } from '../holder.ts';
import { fresh } from '../isoLink.ts';
import { creditLeg, debitLeg, message, reversalOf } from '../messages.ts';

const tenMinutesMs = 600_000;
/** How long a notice may take, in ms. */
const noticeMsMax = 5_000;
const reviewMsMax = 10_000;

export const freezeChecks: Check[] = [
  {
    id: 'FREEZE-1',
    rule: 'frozen cards give nothing (62), at once; money still comes in, and reversals go on',
    async run(bench) {
      const { api, iso, subject } = bench;
      const { consentId } = await holderOf(bench);
      const { pan, expiry } = subject.person.debit;
      const before = message(subject, { amount: 120, pan, expiry });
      same('a purchase before', await iso.code(before), '00');
      const body = { consent_id: consentId, reason: 'lost_phone' };
      for (let i = 0; i < 2; i++) {
        const { data } = await api.call<BankCardList>('freezeCards', { body });
        must(
          data.every((c) => c.status !== 'active'),
          'a card is still active',
        );
      }
      same('a purchase', await iso.code(message(subject, { amount: 100, pan, expiry })), '62');
      same('a debit leg', await iso.code(debitLeg(subject, debitEnd(bench), elsewhere, 100)), '62');
      same('the reversal of the purchase before', await iso.code(reversalOf(subject, before)), '00');
      same('a credit leg', await iso.code(creditLeg(subject, elsewhere, debitEnd(bench), 100)), '00');
    },
  },
  {
    id: 'FREEZE-2',
    rule: 'a freeze ends only for somebody who was verified within ten minutes',
    async run(bench) {
      const { api, iso, subject } = bench;
      const { consentId } = await holderOf(bench);
      const at = (ms: number) => ({ consent_id: consentId, verified_at: new Date(ms).toISOString() });
      await api.refused('thawCards', { body: at(Date.now() - tenMinutesMs - 1_000) }, [
        'verification_required',
      ]);
      await api.call('thawCards', { body: at(Date.now()) });
      same('a debit leg', await iso.code(debitLeg(subject, debitEnd(bench), elsewhere, 100)), '00');
    },
  },
];

export const creditChecks: Check[] = [
  {
    id: 'CREDIT-1',
    rule: 'bills say date, due date, amount, minimum and what is paid; what is owed now holds them',
    async run(bench) {
      const { api } = bench;
      const { consentId, accounts } = await holderOf(bench);
      const account = accounts.find((a) => a.kind === 'credit');
      must(account, 'the person has no credit card');
      const asked = { params: { ref: account.ref }, query: { consent_id: consentId } };
      const { data } = await api.call<BankBillPage>('listBills', asked);
      const dates = data.map((b) => b.statement_date);
      same('the order of the bills', dates, [...dates].sort().reverse());
      for (const bill of data) {
        must(bill.due_date > bill.statement_date, 'a bill is due before it is made');
        must(bill.minimum <= bill.amount && bill.paid <= bill.amount, 'a bill does not add up');
        if (bill.paid === bill.amount) same('the state of a paid bill', bill.state, 'paid');
      }
      const owed = await api.call<BankOwed>('owed', asked);
      same('the latest bill', owed.bill?.id ?? null, data[0]?.id ?? null);
      const left = owed.bill ? owed.bill.amount - owed.bill.paid : 0;
      same('what is not billed', owed.unbilled, Math.max(0, owed.owed - left));
    },
  },
  {
    id: 'CREDIT-2',
    rule: 'an application is decided once per key; on approval a virtual card pays at once',
    async run(bench) {
      const { api, subject } = bench;
      const { application, other } = subject;
      const { data: products } = await api.call<BankCreditProductList>('listCreditProducts');
      must(
        products.some((p) => p.code === application.product),
        `there is no product ${application.product}`,
      );
      const body = {
        product: application.product,
        monthly_income: application.monthly_income,
        identity: { name: other.name, identity_number: other.identity_number, mobile: other.mobile },
        verified_at: new Date().toISOString(),
      };
      const stale = new Date(Date.now() - tenMinutesMs - 1_000).toISOString();
      const key = `conformance-${fresh().rrn}`;
      await api.refused('createApplication', { body: { ...body, verified_at: stale }, key }, [
        'verification_required',
      ]);
      const unknown = { ...body, product: 'no_such_product' };
      await api.refused('createApplication', { body: unknown, key }, ['product_unknown']);
      const first = await api.ask<BankApplication>('createApplication', { body, key });
      // The person of an earlier run has the card already, and may not have it twice.
      if (!first.ok) return same('the refusal', first.problem.code, 'application_open');
      const again = await api.call<BankApplication>('createApplication', { body, key });
      same('the application of the same key', again.id, first.body.id);
      await api.refused('createApplication', { body, key: `${key}-b` }, ['application_open']);
      const decided = await decision(bench, first.body);
      same('the state', decided.state, 'approved');
      await pays(bench, decided);
    },
  },
];

async function decision({ api }: Bench, { id }: BankApplication): Promise<BankApplication> {
  const deadline = Date.now() + reviewMsMax;
  for (;;) {
    const found = await api.call<BankApplication>('application', { params: { id } });
    if (!['received', 'reviewing'].includes(found.state) || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function pays(bench: Bench, { card_ref: ref }: BankApplication): Promise<void> {
  must(ref, 'there is no card');
  const { consentId } = await holderOf(bench, 'other');
  const body = { consent_id: consentId };
  const { pan, expiry } = await bench.api.call<ProvisionedBankCard>('provisionCard', {
    params: { ref },
    body,
  });
  const purchase = message(bench.subject, { amount: 100, pan, expiry });
  same('a purchase with it', await bench.iso.code(purchase), '00');
  same('its reversal', await bench.iso.code(reversalOf(bench.subject, purchase)), '00');
}

/** Notices of an account that were acknowledged, in the order they came. */
const toldOf = ({ notices }: Bench, subject: string): BankNotice[] =>
  notices.received
    .filter((r) => r.acknowledged)
    .flatMap((r) => r.notices.filter((n) => n.subject === subject));

export const noticeChecks: Check[] = [
  {
    id: 'NOTICE-1',
    rule: 'the network is told of every change of an account within seconds, signed, in order, without gaps',
    async run(bench) {
      const { iso, subject } = bench;
      const { debit } = await holderOf(bench);
      const rrns: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { pan, expiry } = subject.person.debit;
        const purchase = message(subject, { amount: 11 + i, pan, expiry });
        rrns.push(String(purchase.fields[37]));
        same('a purchase', await iso.code(purchase), '00');
      }
      const last = rrns.at(-1);
      const has = (n: BankNotice) => n.type === 'account.debited' && n.data.rrn === last;
      const came = await bench.notices.until(() => toldOf(bench, debit.ref).some(has), noticeMsMax);
      must(came, `the last of five purchases was not told of within ${noticeMsMax} ms`);
      for (const { problems } of bench.notices.received) same('what is wrong with a delivery', problems, []);
      const told = toldOf(bench, debit.ref);
      const order = told.flatMap((n) => (n.type === 'account.debited' && n.data.rrn ? [n.data.rrn] : []));
      same(
        'the order of the purchases',
        order.filter((r) => rrns.includes(r)),
        rrns,
      );
      gapless(told);
    },
  },
  {
    id: 'NOTICE-2',
    rule: 'what is not acknowledged is sent again, with the same id and number, and nothing overtakes it',
    async run(bench) {
      const { iso, subject, notices } = bench;
      const { debit } = await holderOf(bench);
      const from = notices.received.length;
      notices.refuse(2);
      const { pan, expiry } = subject.person.debit;
      same('a purchase', await iso.code(message(subject, { amount: 31, pan, expiry })), '00');
      const again = await notices.until((r) => r.slice(from).some((d) => d.acknowledged), 4 * noticeMsMax);
      must(again, 'it was not sent again');
      const deliveries = notices.received.slice(from);
      const refused = deliveries.filter((d) => !d.acknowledged).map((d) => d.notices[0]);
      must(refused.length >= 2, 'nothing was sent that could be refused');
      const [first] = refused;
      const accepted = deliveries.find((d) => d.acknowledged)?.notices[0];
      same('the id', [...refused.map((n) => n?.id), accepted?.id], Array(refused.length + 1).fill(first?.id));
      same('the number', accepted?.sequence, first?.sequence);
      gapless(toldOf(bench, debit.ref));
    },
  },
  {
    id: 'NOTICE-3',
    rule: 'a receiver that sees a gap can ask for what was told of an account',
    async run(bench) {
      const { consentId, debit } = await holderOf(bench);
      const told = toldOf(bench, debit.ref);
      const last = told.at(-1);
      must(last && told.length > 1, 'nothing was told of the account');
      const { data } = await bench.api.call<BankNoticeList>('listNotices', {
        params: { ref: debit.ref },
        query: { consent_id: consentId, after: last.sequence - 1 },
      });
      same('the notice asked for', [data[0]?.id, data[0]?.sequence], [last.id, last.sequence]);
      oneOf('its type', data[0]?.type, [last.type]);
    },
  },
];

function gapless(told: readonly BankNotice[]): void {
  const first = told[0]?.sequence ?? 1;
  const distinct = [...new Set(told.map((n) => n.sequence))];
  same(
    'the numbers of an account',
    distinct,
    distinct.map((_, i) => first + i),
  );
}
