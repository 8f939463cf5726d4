import { declineByCode, declineOf } from '@feiqian/payments';

/** Why a transfer did not arrive, in words that say what to do next. `code` is stable. */
interface Reason {
  code: string;
  message: string;
  messageZh: string;
}

const reason = (code: string, message: string, messageZh: string): Reason => ({ code, message, messageZh });

const refused = reason(
  'payee_bank_refused',
  'The payee’s bank refused it. The money goes back to your card.',
  '收款银行未接受，款项将退回付款卡',
);
const unavailable = reason(
  'payee_bank_unavailable',
  'The payee’s bank cannot be reached. The money goes back to your card.',
  '收款银行暂时无法连接，款项将退回付款卡',
);

/** Reasons of the payee's bank by response code (ISO 8583:1987 field 39). */
const byCreditResponse: Record<string, Reason> = {
  '12': reason(
    'payee_not_permitted',
    'That account does not take such a transfer. The money goes back to your card.',
    '该账户不支持此类转入，款项将退回付款卡',
  ),
  '14': reason(
    'payee_account_unknown',
    'The payee’s bank does not know this account. The money goes back to your card.',
    '收款银行查无此账户，款项将退回付款卡',
  ),
  '46': reason(
    'payee_account_closed',
    'The payee’s account is closed. The money goes back to your card.',
    '收款账户已销户，款项将退回付款卡',
  ),
  '61': reason(
    'payee_limit_exceeded',
    'It is more than the payee’s account may take. The money goes back to your card.',
    '超出收款账户限额，款项将退回付款卡',
  ),
};
/** Reasons of the payer's bank that have words of their own here. */
const byDebitResponse: Record<string, Reason> = {
  '46': reason('account_closed', 'This account is closed. No money moved.', '该账户已销户，未扣款'),
};
const cardGone = reason(
  'card_not_usable',
  'The card could no longer be used when the time came. No money moved.',
  '到约定时间时该卡已不可用，未扣款',
);

/** The code of a refusal by the payer's bank. */
export const debitRefusalOf = (responseCode: string): string =>
  (byDebitResponse[responseCode] ?? declineOf(responseCode)).code;

/** The code of a refusal by the payee's bank. */
export const creditRefusalOf = (responseCode: string): string =>
  (byCreditResponse[responseCode] ?? refused).code;

/** The code of a leg that could not be sent. */
export const notSentOf = (leg: 'debit' | 'credit'): string =>
  leg === 'debit' ? 'issuer_unavailable' : unavailable.code;

const byCode = new Map(
  [refused, unavailable, cardGone, ...Object.values(byCreditResponse), ...Object.values(byDebitResponse)].map(
    (r) => [r.code, r],
  ),
);

/** The words of a stored reason. */
export function reasonByCode(code: string): Reason {
  return byCode.get(code) ?? declineByCode(code);
}
