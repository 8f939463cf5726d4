import type { Keystore } from '@feiqian/keystore';
import type { BankApi } from '@feiqian/links';
import type { Members } from '@feiqian/members';
import type { Payments } from '@feiqian/payments';
import {
  createPayees,
  createRequests,
  createTransfers,
  type PayeesDeps,
  type RequestsDeps,
  type TransfersDeps,
} from '@feiqian/transfers';
import type { Verification } from '@feiqian/verification';
import { maskMobile, type Wallets } from '@feiqian/wallets';
import type { Config } from './config.ts';

/** What transfers share with payments. */
type Shared = Pick<
  TransfersDeps,
  | 'db'
  | 'hotDb'
  | 'clock'
  | 'ids'
  | 'outbox'
  | 'ledger'
  | 'links'
  | 'references'
  | 'signing'
  | 'kickForwarder'
> & { tokens: TransfersDeps['tokens'] & PayeesDeps['tokens']; verification: Verification };

interface Given {
  config: Config;
  ledgerOf: (currency: string) => number;
  random: () => number;
  wallets: Wallets;
  payments: Pick<Payments, 'findMany'>;
  banks: { bankApi: BankApi };
}

/** Transfers and payees, with what their routes need. */
export function composeTransfers(
  { config, ledgerOf, random, wallets, payments, banks: { bankApi } }: Given,
  { members, keystore }: { members: Members; keystore: Keystore },
  shared: Shared,
) {
  const { shownNames } = wallets;
  const bankOf = (memberId: string) => members.get(memberId);
  const deps = {
    ...shared,
    bankApi,
    bankOf,
    random,
    wire: {
      institution: config.institution,
      institutionOf(memberId: string): string {
        const member = members.get(memberId);
        if (!member) throw new Error(`member ${memberId} of a transfer is missing`);
        return member.institution;
      },
    },
    booksOf: (currency: string) => ({
      ledger: ledgerOf(currency),
      positionOf: (memberId: string) => members.positionAccount(memberId, currency),
    }),
  };
  const personOfMobile = async (mobile: string) => (await wallets.personOfMobile(mobile)) ?? null;
  const payees = createPayees({
    db: shared.db,
    clock: shared.clock,
    ids: shared.ids,
    tokens: shared.tokens,
    keyedHash: keystore.keyedHash,
    bankApi,
    bankOf,
    memberOf: (number) => members.routeByPan(number)?.member.id ?? null,
    personOfMobile,
    shownNames,
  });
  const requests = createRequests({
    db: shared.db,
    clock: shared.clock,
    ids: shared.ids,
    outbox: shared.outbox,
    payees,
    personOfMobile,
    mobileOf: wallets.mobileOf,
    maskMobile,
    paidOf: paidOf(payments),
  });
  return {
    ...deps,
    now: shared.clock.now,
    transfers: createTransfers(deps),
    payees,
    requests,
    shownNames,
    currency: config.currency,
    publicUrl: config.publicUrl,
  };
}

/** What a person has paid with a payment, less what came back; null for a payment of somebody else or none. */
function paidOf(payments: Given['payments']): RequestsDeps['paidOf'] {
  return async (sql, userId, paymentId) => {
    const [p] = await payments.findMany(sql, [paymentId]);
    return p === undefined || p.userId !== userId || p.capturedAmount === 0n
      ? null
      : p.capturedAmount - p.refundedAmount;
  };
}
