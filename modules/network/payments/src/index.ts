import type { Migrations } from '@feiqian/db';
import payments from '../migrations/0001_payments.sql';
import payerAndDue from '../migrations/0002_payer_and_due.sql';
import budgets from '../migrations/0003_budgets.sql';

export { dynamicCode } from './code.ts';
export { declineByCode, declineOf } from './decline.ts';
export type { PaymentsDeps } from './deps.ts';
export { insist } from './insist.ts';
export { payerRoutes } from './payerRoutes.ts';
export type { Payment } from './payment.ts';
export { createPayments, type Payments } from './payments.ts';
export { kindByCode } from './postings.ts';
export { eventView, type PaymentRoutesDeps, paymentPage, paymentRoutes } from './routes.ts';
export { type SpendingRoutesDeps, spendingRoutes } from './spendingRoutes.ts';
export { createSpendings, type Spendings } from './spendings.ts';
export { payable, transitions } from './state.ts';
export { isUnderWay, ownersOfReferences } from './store/payments.ts';
export { countByHour, countRefunds, type HourCount } from './store/statistics.ts';
export { type StreamSource, streamRoutes } from './streams.ts';
export { paymentView, refundView } from './view.ts';

export const paymentsMigrations: Migrations = {
  schema: 'payments',
  scripts: [
    { name: '0001_payments', sql: payments },
    { name: '0002_payer_and_due', sql: payerAndDue },
    { name: '0003_budgets', sql: budgets },
  ],
};
