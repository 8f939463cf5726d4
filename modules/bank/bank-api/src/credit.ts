import type { Account } from '@feiqian/bank-accounts';
import type { Application, ApplicationOutcome, BillNow, Credit, CreditProduct } from '@feiqian/bank-credit';
import { isRecent } from '@feiqian/bank-identity';
import { type Clock, instant } from '@feiqian/clock';
import type {
  BankApplication,
  BankBill,
  BankBillPage,
  BankCreditProduct,
  BankCreditProductList,
  BankOwed,
  CreateBankApplication,
} from '@feiqian/contract';
import { fromUuid, toUuid } from '@feiqian/ids';
import { type AccountsForNetwork, pageDefault } from './accounts.ts';
import { json } from './answers.ts';
import { BankProblem } from './problem.ts';
import type { Requests } from './requests.ts';

export interface CreditForNetworkDeps {
  clock: Clock;
  credit: Credit;
  requests: Requests;
  accountsForNetwork: AccountsForNetwork;
}

/** Credit cards for the network. Each function throws {@link BankProblem}. */
export interface CreditForNetwork {
  bills(
    consentId: string,
    ref: string,
    page: { limit?: string | undefined; cursor?: string | undefined },
  ): Promise<BankBillPage>;
  owed(consentId: string, ref: string): Promise<BankOwed>;
  products(): Promise<BankCreditProductList>;
  apply(key: string, asked: CreateBankApplication): Promise<BankApplication>;
  application(id: string): Promise<BankApplication>;
  withdraw(id: string): Promise<BankApplication>;
}

export function createCreditForNetwork(deps: CreditForNetworkDeps): CreditForNetwork {
  const { clock, credit, requests, accountsForNetwork } = deps;

  async function creditAccount(consentId: string, ref: string): Promise<Account> {
    const account = await accountsForNetwork.accountOf(consentId, ref);
    if (account.kind !== 'credit') throw new BankProblem('account_unknown');
    return account;
  }

  return {
    async bills(consentId, ref, { limit, cursor }) {
      const account = await creditAccount(consentId, ref);
      const page = await credit.bills.page(account, {
        before: cursor === undefined ? null : toUuid(cursor, 'bill'),
        limit: limit === undefined ? pageDefault : Number(limit),
      });
      return {
        data: page.bills.map((bill) => billAnswer(bill, account)),
        next_cursor: page.next === null ? null : fromUuid(page.next, 'bill'),
      };
    },
    async owed(consentId, ref) {
      const account = await creditAccount(consentId, ref);
      const now = await credit.bills.owed(account);
      return {
        account_ref: ref,
        currency: account.currency,
        owed: json(now.owed),
        unbilled: json(now.unbilled),
        credit_limit: json(now.creditLimit),
        available: json(now.available),
        bill: now.bill && billAnswer(now.bill, account),
        next_statement_date: now.nextStatement,
        at: instant(clock.now()),
      };
    },
    products: async () => ({ data: (await credit.applications.products()).map(productAnswer) }),
    async apply(key, asked) {
      if (!isRecent(Date.parse(asked.verified_at), clock.now())) {
        throw new BankProblem('verification_required');
      }
      const { identity } = asked;
      return requests.once(key, 'createApplication', asked, async (tx) =>
        applicationAnswer(
          await credit.applications.create(tx, {
            product: asked.product,
            identity: {
              name: identity.name,
              identityNumber: identity.identity_number,
              mobile: identity.mobile,
            },
            monthlyIncome: BigInt(asked.monthly_income),
            employer: asked.employer ?? null,
            wantedLimit: asked.wanted_limit === undefined ? null : BigInt(asked.wanted_limit),
          }),
        ),
      );
    },
    async application(id) {
      const application = await credit.applications.byId(toUuid(id, 'app'));
      return applicationAnswer(application ? { ok: true, application } : { ok: false, code: 'not_found' });
    },
    withdraw: async (id) => applicationAnswer(await credit.applications.withdraw(toUuid(id, 'app'))),
  };
}

function billAnswer(bill: BillNow, account: Account): BankBill {
  return {
    id: fromUuid(bill.id, 'bill'),
    account_ref: fromUuid(account.id, 'acc'),
    currency: account.currency,
    statement_date: bill.statementDate,
    due_date: bill.dueDate,
    amount: json(bill.amount),
    minimum: json(bill.minimum),
    paid: json(bill.paid),
    state: bill.state,
  };
}

function productAnswer(p: CreditProduct): BankCreditProduct {
  return {
    code: p.code,
    name: p.name,
    name_en: p.nameEn,
    summary: p.summary,
    summary_en: p.summaryEn,
    currency: p.currency,
    annual_fee: json(p.annualFee),
    limit_min: json(p.limitMin),
    limit_max: json(p.limitMax),
    age_min: p.ageMin,
    age_max: p.ageMax,
    income_min: json(p.incomeMin),
    due_days: p.dueDays,
    benefits: p.benefits.map((b) => ({ text: b.text, text_en: b.textEn })),
    virtual_at_once: true,
  };
}

function applicationAnswer(outcome: ApplicationOutcome): BankApplication {
  if (!outcome.ok) throw new BankProblem(outcome.code);
  const a: Application = outcome.application;
  return {
    id: fromUuid(a.id, 'app'),
    product: a.product,
    state: a.state,
    credit_limit: a.state === 'approved' && a.creditLimit !== null ? json(a.creditLimit) : null,
    declined_because: a.declinedBecause,
    account_ref: a.accountId && fromUuid(a.accountId, 'acc'),
    card_ref: a.cardId && fromUuid(a.cardId, 'card'),
    created_at: instant(a.createdAtMs),
    decided_at: a.decidedAtMs === null ? null : instant(a.decidedAtMs),
  };
}
