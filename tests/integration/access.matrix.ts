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
  'caller',
] as const;
/** A merchant's secret key; staff at a till; a person's wallet; the five roles of the console. */
export type Role = (typeof roles)[number];

const everyDesk = 'operator bank merchant reader';
const merchantSide = 'key cashier supervisor';

export const access: Readonly<Record<string, string>> = {
  'GET /health': 'anyone',
  'GET /metrics': 'anyone',
  'GET /v1/sandbox': 'anyone',
  'GET /v1/sandbox/messages': 'anyone',

  'POST /v1/wallet/codes': 'anyone',
  'POST /v1/wallet/sessions': 'anyone',
  'DELETE /v1/wallet/sessions/current': 'wallet',
  'GET /v1/wallet/me': 'wallet',
  'GET /v1/wallet/nonces': 'wallet',
  'GET /v1/wallet/devices': 'wallet',
  'DELETE /v1/wallet/devices/{id}': 'wallet',
  'POST /v1/wallet/devices/{id}/approval': 'wallet',
  'POST /v1/wallet/devices/{id}/refusal': 'wallet',
  'POST /v1/wallet/recovery': 'wallet',
  'GET /v1/wallet/security': 'wallet',
  'PUT /v1/wallet/pin': 'wallet',
  'PUT /v1/wallet/free-limit': 'wallet',
  'POST /v1/wallet/passkey-options': 'wallet',
  'POST /v1/wallet/passkeys': 'wallet',
  'DELETE /v1/wallet/passkeys/{id}': 'wallet',
  'GET /v1/wallet/verifications/{id}': 'wallet',
  'POST /v1/wallet/verifications/{id}/pin': 'wallet',
  'POST /v1/wallet/verifications/{id}/code-requests': 'wallet',
  'POST /v1/wallet/verifications/{id}/code': 'wallet',
  'POST /v1/wallet/verifications/{id}/passkey-options': 'wallet',
  'POST /v1/wallet/verifications/{id}/passkey': 'wallet',
  'POST /v1/wallet/verifications/{id}/identity': 'wallet',
  'GET /v1/wallet/identity': 'wallet',
  'POST /v1/wallet/identity': 'wallet',
  'GET /v1/wallet/freeze': 'wallet',
  'POST /v1/wallet/freeze': 'wallet',
  'POST /v1/wallet/unfreeze': 'wallet',
  'POST /v1/wallet/export': 'wallet',
  'POST /v1/wallet/deletion': 'wallet',
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
  'POST /v1/wallet/payees': 'wallet',
  'GET /v1/wallet/receiving': 'wallet',
  'PUT /v1/wallet/receiving': 'wallet',
  'POST /v1/wallet/transfers': 'wallet',
  'GET /v1/wallet/transfers': 'wallet',
  'GET /v1/wallet/transfers/{id}': 'wallet',
  'POST /v1/wallet/transfers/{id}/cancel': 'wallet',
  'POST /v1/wallet/requests': 'wallet',
  'GET /v1/wallet/requests': 'wallet',
  'GET /v1/wallet/requests/{id}': 'wallet',
  'POST /v1/wallet/requests/{id}/pay': 'wallet',
  'POST /v1/wallet/requests/{id}/decline': 'wallet',
  'POST /v1/wallet/requests/{id}/withdraw': 'wallet',
  'POST /v1/wallet/splits': 'wallet',
  'GET /v1/wallet/splits': 'wallet',
  'GET /v1/wallet/splits/{id}': 'wallet',
  'GET /v1/wallet/spending': 'wallet',
  'GET /v1/wallet/spending/payments': 'wallet',
  'PUT /v1/wallet/budget': 'wallet',
  'GET /v1/wallet/stream': 'wallet',
  'GET /v1/wallet/accounts': 'wallet',
  'GET /v1/wallet/accounts/{id}/balance': 'wallet',
  'GET /v1/wallet/accounts/{id}/movements': 'wallet',
  'GET /v1/wallet/accounts/{id}/movements/{movement_id}': 'wallet',
  'GET /v1/wallet/accounts/{id}/limits': 'wallet',
  'GET /v1/wallet/accounts/{id}/owed': 'wallet',
  'GET /v1/wallet/accounts/{id}/bills': 'wallet',
  'GET /v1/wallet/account-classes': 'wallet',
  'GET /v1/wallet/bank-messages': 'wallet',
  'POST /v1/wallet/account-openings': 'wallet',
  'POST /v1/wallet/account-openings/{id}/confirm': 'wallet',
  'POST /v1/wallet/cards/{id}/repayments': 'wallet',
  'GET /v1/wallet/cards/{id}/auto-repay': 'wallet',
  'PUT /v1/wallet/cards/{id}/auto-repay': 'wallet',
  'DELETE /v1/wallet/cards/{id}/auto-repay': 'wallet',
  'GET /v1/wallet/credit-products': 'wallet',
  'GET /v1/wallet/credit-applications': 'wallet',
  'POST /v1/wallet/credit-applications': 'wallet',
  'GET /v1/wallet/credit-applications/{id}': 'wallet',
  'POST /v1/wallet/credit-applications/{id}/withdraw': 'wallet',
  'GET /v1/wallet/notices': 'wallet',
  'POST /v1/wallet/notices/read': 'wallet',

  // Signed by the bank, which has no session.
  'POST /v1/bank-notices/{bank}': 'anyone',

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
  'DELETE /v1/console/sessions/current': `${everyDesk} caller`,
  'GET /v1/console/me': `${everyDesk} caller`,
  'GET /v1/console/people': 'operator caller',
  'POST /v1/console/people/{id}/freeze': 'operator caller',
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

/** What keeps a table from being the whole specification of these routes; empty when it is. */
export function gapsOf(
  routes: readonly string[],
  table: Readonly<Record<string, string>> = access,
): string[] {
  const known = new Set<string>(['anyone', ...roles]);
  return [
    ...routes.filter((r) => table[r] === undefined).map((r) => `${r} is missing`),
    ...Object.keys(table)
      .filter((r) => !routes.includes(r))
      .map((r) => `${r} is no route`),
    ...Object.entries(table).flatMap(([route, allowed]) =>
      allowed
        .split(' ')
        .filter((word) => !known.has(word))
        .map((word) => `${route} is for ${word}, which is no role`),
    ),
  ];
}
