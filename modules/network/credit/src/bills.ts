import { type Accounts, answered, type KnownAccount, type Owner } from '@feiqian/accounts';
import type { BankBill, Bill, BillPage, Owed } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import type { BankApi } from '@feiqian/links';

export interface BillsDeps {
  accounts: Pick<Accounts, 'accountOf'>;
  bankApi: Pick<BankApi, 'ask'>;
}

export type Bills = ReturnType<typeof createBills>;

function billView({ account_ref: _, ...bill }: BankBill, accountId: string): Bill {
  return { ...bill, account_id: fromUuid(accountId, 'acc') };
}

/** What credit cards owe and their bills, asked of the banks at every look. */
export function createBills({ accounts, bankApi }: BillsDeps) {
  /** What a credit account owes now; under whatever consent is named. */
  async function owedOn(account: KnownAccount): Promise<Owed> {
    const { id, memberId, ref, consentId } = account;
    const question = { params: { ref }, query: { consent_id: consentId } };
    const { account_ref: _, at, bill, ...told } = answered(await bankApi.ask(memberId, 'owed', question));
    return {
      account_id: fromUuid(id, 'acc'),
      ...told,
      bill: bill && billView(bill, id),
      as_of: at,
    };
  }

  return {
    owedOn,
    owed: async (owner: Owner, accountId: string) => owedOn(await accounts.accountOf(owner, accountId)),
    async list(
      owner: Owner,
      accountId: string,
      page: { limit?: number; cursor?: string },
    ): Promise<BillPage> {
      const { memberId, ref, consentId } = await accounts.accountOf(owner, accountId);
      const limit = page.limit === undefined ? undefined : String(page.limit);
      const query = { consent_id: consentId, limit, cursor: page.cursor };
      const found = answered(await bankApi.ask(memberId, 'listBills', { params: { ref }, query }));
      return { data: found.data.map((b) => billView(b, accountId)), next_cursor: found.next_cursor };
    },
  };
}
