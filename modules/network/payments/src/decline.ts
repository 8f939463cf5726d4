/** Why a payment was declined, in words that say what to do next. `code` is stable. */
export interface DeclineReason {
  code: string;
  message: string;
  messageZh: string;
}

const reason = (code: string, message: string, messageZh: string): DeclineReason => ({
  code,
  message,
  messageZh,
});

const doNotHonour = reason(
  'do_not_honour',
  'The bank declined. No money moved. Use another card or call the bank.',
  '银行拒绝了本次交易，未扣款。请更换卡片或联系银行',
);
const unavailable = reason(
  'issuer_unavailable',
  'The bank cannot be reached. No money moved. Use another card or try again in a minute.',
  '银行暂时无法连接，未扣款。请更换卡片或稍后再试',
);
const lost = reason(
  'lost_or_stolen',
  'The bank has blocked this card. No money moved. Use another card and call the bank.',
  '该卡已被银行挂失，未扣款。请更换卡片并联系银行',
);

/** Reasons by response code (ISO 8583:1987 field 39). */
const byResponse: Record<string, DeclineReason> = {
  '05': doNotHonour,
  '14': reason(
    'card_unknown',
    'The bank does not know this card. No money moved. Bind it again.',
    '银行无法识别该卡，未扣款。请重新绑定',
  ),
  '41': lost,
  '43': lost,
  '51': reason(
    'insufficient_funds',
    'Not enough money on this card. No money moved. Use another card.',
    '余额不足，未扣款。请更换卡片',
  ),
  '54': reason(
    'card_expired',
    'This card has expired. No money moved. Use another card.',
    '该卡已过期，未扣款。请更换卡片',
  ),
  '57': reason(
    'not_permitted',
    'The bank does not allow this payment on this card. No money moved.',
    '该卡不支持此类交易，未扣款',
  ),
  '61': reason(
    'limit_exceeded',
    'Over the limit of this card. No money moved. Use another card.',
    '超出该卡限额，未扣款。请更换卡片',
  ),
  '62': reason(
    'card_restricted',
    'The bank has restricted this card. No money moved.',
    '该卡受限，未扣款。请联系银行',
  ),
  '65': reason(
    'limit_exceeded',
    'Too many payments on this card today. No money moved.',
    '该卡今日交易次数超限，未扣款',
  ),
  '91': unavailable,
  '96': unavailable,
};

/** The reason for a response code; codes without words of their own are a plain refusal. */
export function declineOf(responseCode: string): DeclineReason {
  return byResponse[responseCode] ?? doNotHonour;
}

/** Nothing was sent to the bank: nothing can have moved. */
export const notSent = unavailable;

const byCode = new Map<string, DeclineReason>(
  [...Object.values(byResponse), notSent].map((r) => [r.code, r]),
);

/** The words of a stored decline. */
export function declineByCode(code: string): DeclineReason {
  return byCode.get(code) ?? doNotHonour;
}
