import type { Migrations } from '@feiqian/db';
import transfers from '../migrations/0001_transfers.sql';
import payees from '../migrations/0002_payees.sql';
import requests from '../migrations/0003_requests.sql';

export type { Destination, TransfersDeps } from './deps.ts';
export { isTransferForward, type Wire } from './message.ts';
export { payeeRoutes } from './payeeRoutes.ts';
export { createPayees, type Payees, type PayeesDeps } from './payees.ts';
export { transferCodes } from './postings.ts';
export { beginProblems, refusal } from './refusal.ts';
export { type MoneyRequest, requestTransitions } from './request.ts';
export { type RequestRoutesDeps, requestRoutes, requestStream } from './requestRoutes.ts';
export { createRequests, type Requests, type RequestsDeps } from './requests.ts';
export { requestView, splitView } from './requestView.ts';
export { type TransferRoutesDeps, transferRoutes, transferStream } from './routes.ts';
export { transitions as transferTransitions } from './state.ts';
export { isUnderWay as hasTransferUnderWay, ownersOfTransferReferences } from './store/transfers.ts';
export type { Payee, Transfer } from './transfer.ts';
export { createTransfers, type Sending, type Transfers } from './transfers.ts';
export { transferView } from './view.ts';

export const transfersMigrations: Migrations = {
  schema: 'transfers',
  scripts: [
    { name: '0001_transfers', sql: transfers },
    { name: '0002_payees', sql: payees },
    { name: '0003_requests', sql: requests },
  ],
};
