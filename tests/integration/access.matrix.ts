/**
 * Who may call what. This table is the specification: a route that is not in it, or that lets somebody in who is not
 * named, fails the test. `anyone` needs no token.
 */
export const roles = [
  'key',
  'cashier',
  'supervisor',
  'wallet',
  'operator',
  'bank',
  'merchant',
  'reader',
] as const;
/** A merchant's secret key; staff at a till; a person's wallet; the four roles of the console. */
export type Role = (typeof roles)[number];

const everyDesk = 'operator bank merchant reader';
const merchantSide = 'key cashier supervisor';

export const access: Readonly<Record<string, string>> = {
  'GET /health': 'anyone',
  'GET /metrics': 'anyone',
  'GET /v1/sandbox': 'anyone',

  'POST /v1/wallet/codes': 'anyone',
  'POST /v1/wallet/sessions': 'anyone',
  'DELETE /v1/wallet/sessions/current': 'wallet',
  'GET /v1/wallet/me': 'wallet',
  'GET /v1/wallet/nonces': 'wallet',
  'GET /v1/wallet/devices': 'wallet',
  'DELETE /v1/wallet/devices/{id}': 'wallet',
  'GET /v1/wallet/banks': 'wallet',
  'POST /v1/wallet/card-discoveries': 'wallet',
  'POST /v1/wallet/cards': 'wallet',
  'GET /v1/wallet/cards': 'wallet',
  'DELETE /v1/wallet/cards/{id}': 'wallet',
  'POST /v1/wallet/cards/{id}/default': 'wallet',
  'GET /v1/wallet/cards/{id}/balance': 'wallet',
  'POST /v1/wallet/scans': 'wallet',
  'POST /v1/wallet/payments': 'wallet',
  'GET /v1/wallet/payments': 'wallet',
  'GET /v1/wallet/payments/{id}': 'wallet',
  'GET /v1/wallet/payments/{id}/receipt': 'wallet',
  'POST /v1/wallet/payments/{id}/pay': 'wallet',
  'GET /v1/wallet/stream': 'wallet',

  'POST /v1/till/sessions': 'anyone',
  'DELETE /v1/till/sessions/current': 'cashier supervisor',
  'GET /v1/till/me': 'cashier supervisor',
  'GET /v1/till/stream': 'cashier supervisor',

  'POST /v1/payments': merchantSide,
  'GET /v1/payments': merchantSide,
  'GET /v1/payments/{id}': merchantSide,
  'GET /v1/payments/{id}/events': merchantSide,
  'GET /v1/payments/{id}/receipt': merchantSide,
  'GET /v1/payments/{id}/refunds': merchantSide,
  'POST /v1/payments/{id}/collect': merchantSide,
  'POST /v1/payments/{id}/capture': merchantSide,
  'POST /v1/payments/{id}/cancel': merchantSide,
  'POST /v1/payments/{id}/refunds': 'key supervisor',
  'GET /v1/stores/{id}/poster': `${merchantSide} operator merchant reader`,

  'POST /v1/console/sessions': 'anyone',
  'DELETE /v1/console/sessions/current': everyDesk,
  'GET /v1/console/me': everyDesk,
  'GET /v1/console/today': everyDesk,
  'GET /v1/console/stream': everyDesk,
  'GET /v1/console/audit': 'operator reader',
  'GET /v1/console/payments': everyDesk,
  'GET /v1/console/payments/{id}': everyDesk,
  'GET /v1/console/payments.csv': everyDesk,
  'GET /v1/console/members': 'operator bank reader',
  'POST /v1/console/members/{id}/link': 'operator',
  'GET /v1/console/merchants': 'operator merchant reader',
  'POST /v1/console/merchants': 'operator',
  'POST /v1/console/merchants/{id}/review': 'operator',
  'POST /v1/console/merchants/{id}/staff': 'operator merchant',
  'GET /v1/console/api-keys': 'operator merchant reader',
  'POST /v1/console/api-keys': 'operator merchant',
  'DELETE /v1/console/api-keys/{id}': 'operator merchant',
};
