/**
 * What an answer means for the payment: `approved`; `declined` for good; `capture` (declined, and the card is to be
 * kept or blocked); `retry` (declined now, a later attempt may pass); `invalid` (our message was wrong).
 */
export type ResponseOutcome = 'approved' | 'declined' | 'capture' | 'retry' | 'invalid';

export interface ResponseCode {
  readonly code: string;
  readonly name: string;
  readonly outcome: ResponseOutcome;
  readonly en: string;
  readonly zh: string;
}

const list: readonly ResponseCode[] = [
  row('00', 'approved', 'approved', 'Approved', '交易成功'),
  row('01', 'refer_to_issuer', 'declined', 'Refer to card issuer', '请与发卡行联系'),
  row('03', 'invalid_merchant', 'declined', 'Invalid merchant', '无效商户'),
  row('04', 'pick_up_card', 'capture', 'Pick up card', '没收卡'),
  row('05', 'do_not_honour', 'declined', 'Do not honour', '不予承兑'),
  row('12', 'invalid_transaction', 'declined', 'Invalid transaction', '无效交易'),
  row('13', 'invalid_amount', 'declined', 'Invalid amount', '无效金额'),
  row('14', 'invalid_card_number', 'declined', 'Invalid card number', '无效卡号'),
  row('15', 'no_such_issuer', 'declined', 'No such issuer', '无此发卡行'),
  row('21', 'no_action_taken', 'declined', 'No action taken', '未作处理'),
  row('25', 'original_not_found', 'declined', 'Original message not found', '找不到原始交易'),
  row('30', 'format_error', 'invalid', 'Format error', '报文格式错误'),
  row('34', 'suspected_fraud', 'capture', 'Suspected fraud', '有作弊嫌疑'),
  row('41', 'lost_card', 'capture', 'Lost card', '挂失卡'),
  row('43', 'stolen_card', 'capture', 'Stolen card', '被窃卡'),
  row('46', 'account_closed', 'declined', 'Account closed', '账户已销户'),
  row('51', 'insufficient_funds', 'declined', 'Insufficient funds', '余额不足'),
  row('54', 'expired_card', 'declined', 'Expired card', '过期的卡'),
  row('55', 'wrong_pin', 'declined', 'Incorrect PIN', '密码错误'),
  row(
    '57',
    'not_permitted_to_cardholder',
    'declined',
    'Not permitted to cardholder',
    '不允许持卡人进行的交易',
  ),
  row('58', 'not_permitted_to_terminal', 'declined', 'Not permitted to terminal', '不允许终端进行的交易'),
  row('59', 'suspected_counterfeit', 'declined', 'Suspected counterfeit', '有伪造嫌疑'),
  row('61', 'amount_limit', 'declined', 'Exceeds amount limit', '超出金额限制'),
  row('62', 'restricted_card', 'declined', 'Restricted card', '受限制的卡'),
  row('63', 'security_violation', 'declined', 'Security violation', '违反安全规定'),
  row('64', 'original_amount_wrong', 'declined', 'Original amount incorrect', '原始金额不正确'),
  row('65', 'count_limit', 'declined', 'Exceeds count limit', '超出次数限制'),
  row('68', 'late_answer', 'retry', 'Answer received too late', '收到的回答太迟'),
  row('75', 'pin_tries_exceeded', 'declined', 'PIN tries exceeded', '密码错误次数超限'),
  row('76', 'wrong_key_reference', 'invalid', 'Key reference unknown', '密钥标识无效'),
  row('90', 'cutover_in_progress', 'retry', 'Cut-over in progress', '日切处理中'),
  row('91', 'issuer_unavailable', 'retry', 'Issuer or switch unavailable', '发卡行或交换中心不能操作'),
  row('92', 'no_route', 'retry', 'No route to the institution', '找不到路由'),
  row('94', 'duplicate', 'declined', 'Duplicate message', '重复交易'),
  row('96', 'system_malfunction', 'retry', 'System malfunction', '系统异常、失效'),
  row('97', 'terminal_unknown', 'declined', 'Terminal unknown', '终端未登记'),
  row('98', 'issuer_timeout', 'retry', 'No answer from the issuer', '收不到发卡行应答'),
  row('A0', 'wrong_mac', 'invalid', 'Message authentication failed', '报文鉴别码错误'),
];

/** Response codes of field 39, by code: those of the standard, and A0 for a wrong MAC. */
export const RESPONSE_CODES: Readonly<Record<string, ResponseCode>> = Object.fromEntries(
  list.map((entry) => [entry.code, entry]),
);

/** The meaning of a code; one that is not in the table is an unnamed decline. */
export function responseCode(code: string): ResponseCode {
  const known = Object.hasOwn(RESPONSE_CODES, code) ? RESPONSE_CODES[code] : undefined;
  return known ?? row(code, 'other', 'declined', `Declined (${code})`, `交易被拒绝（${code}）`);
}

function row(code: string, name: string, outcome: ResponseOutcome, en: string, zh: string): ResponseCode {
  return { code, name, outcome, en, zh };
}
