import { callerAs } from '@feiqian/access';
import {
  AccountBalance,
  AccountLimits,
  AccountList,
  BankMovementId,
  Id,
  MovementDetail,
  MovementPage,
  MovementsQuery,
  Strict,
} from '@feiqian/contract';
import type { HttpApp } from '@feiqian/http';
import { toUuid } from '@feiqian/ids';
import type { Accounts } from './accounts.ts';

const wallet = { callers: ['wallet'] as const };
const asksBank = { ...wallet, problems: ['not_found', 'bank_unavailable', 'consent_ended'] as const };
const AccountParams = Strict({ id: Id('acc') });
const MovementParams = Strict({ id: Id('acc'), movement_id: BankMovementId });

/** What people see of their accounts at the banks. Every look asks the bank. */
export function accountRoutes({ accounts }: { accounts: Accounts }) {
  return async (app: HttpApp): Promise<void> => {
    app.get(
      '/v1/wallet/accounts',
      {
        config: wallet,
        schema: {
          tags: ['wallet'],
          summary: 'Accounts at every bank of which a card is bound on this device',
          response: { 200: AccountList },
        },
      },
      (request) => accounts.list(callerAs(request, 'wallet')),
    );
    app.get(
      '/v1/wallet/accounts/:id/balance',
      {
        config: asksBank,
        schema: {
          tags: ['wallet'],
          summary: 'What is on an account, asked of the bank now',
          params: AccountParams,
          response: { 200: AccountBalance },
        },
      },
      (request) => accounts.balance(callerAs(request, 'wallet'), toUuid(request.params.id, 'acc')),
    );
    app.get(
      '/v1/wallet/accounts/:id/movements',
      {
        config: asksBank,
        schema: {
          tags: ['wallet'],
          summary: 'What moved on an account, newest first',
          params: AccountParams,
          querystring: MovementsQuery,
          response: { 200: MovementPage },
        },
      },
      (request) =>
        accounts.movements(callerAs(request, 'wallet'), toUuid(request.params.id, 'acc'), request.query),
    );
    app.get(
      '/v1/wallet/accounts/:id/movements/:movement_id',
      {
        config: asksBank,
        schema: {
          tags: ['wallet'],
          summary: 'One movement, with the balance it left',
          params: MovementParams,
          response: { 200: MovementDetail },
        },
      },
      (request) => {
        const { id, movement_id } = request.params;
        return accounts.movement(callerAs(request, 'wallet'), toUuid(id, 'acc'), movement_id);
      },
    );
    app.get(
      '/v1/wallet/accounts/:id/limits',
      {
        config: asksBank,
        schema: {
          tags: ['wallet'],
          summary: 'Limits of a Class II or III account: what is used, what is left, until when',
          params: AccountParams,
          response: { 200: AccountLimits },
        },
      },
      (request) => accounts.limits(callerAs(request, 'wallet'), toUuid(request.params.id, 'acc')),
    );
  };
}
