import { type Static, Type } from 'typebox';
import { BankLimit } from './bank-api-limits.ts';
import { Problem } from './shapes.ts';

/** What a refusal of the bank API means. The list is closed: a bank answers with these codes and no others. */
interface BankProblemEntry {
  status: number;
  /** True when the same request may succeed later, unchanged. */
  retryable: boolean;
  title: string;
  titleZh: string;
}

const entry = (status: number, title: string, titleZh: string, retryable = false) =>
  ({ status, retryable, title, titleZh }) satisfies BankProblemEntry;

/** Every code with which the bank API refuses. `docs/bank-errors.md` is compared with this list by a test. */
export const bankProblems = {
  invalid_request: entry(
    400,
    'The request is not of the documented form. Nothing was changed.',
    '请求格式不正确，未做任何更改',
  ),
  idempotency_key_missing: entry(
    400,
    'This write needs an Idempotency-Key header. Nothing was changed.',
    '该写请求必须带 Idempotency-Key',
  ),
  unauthorised: entry(401, 'Send the network’s key as a bearer token.', '请提供网络的访问密钥'),
  consent_required: entry(
    403,
    'There is no consent that covers this. Ask the customer.',
    '客户未授权或授权已失效',
  ),
  verification_required: entry(
    403,
    'The person has not been verified for this, or too long ago.',
    '未完成身份验证或验证已过期',
  ),
  customer_unknown: entry(404, 'The bank has no such customer.', '无此客户'),
  card_unknown: entry(404, 'The customer has no such card.', '无此卡片'),
  account_unknown: entry(404, 'The customer has no such account.', '无此账户'),
  product_unknown: entry(404, 'The bank does not offer that product.', '无此产品'),
  not_found: entry(404, 'There is no such thing here.', '未找到'),
  method_not_allowed: entry(405, 'This address does not take that method.', '该地址不支持此方法'),
  card_not_active: entry(409, 'The card is lost, stolen, frozen or expired.', '卡片已挂失、冻结或过期'),
  account_not_open: entry(409, 'The account is frozen or closed.', '账户已冻结或销户'),
  account_not_empty: entry(
    409,
    'The account still holds money, or something on it is still open.',
    '账户尚有余额或未完成交易',
  ),
  application_decided: entry(409, 'The application has been decided already.', '申请已有结果'),
  body_too_large: entry(413, 'The request is too large. Nothing was changed.', '请求过大'),
  unsupported_media_type: entry(415, 'Send JSON with Content-Type: application/json.', '请使用 JSON 格式'),
  idempotency_key_reused: entry(
    422,
    'That Idempotency-Key was used with another body. Nothing was changed.',
    '该幂等键已用于其他请求',
  ),
  class_not_permitted: entry(
    422,
    'Accounts of that class cannot do this. A Class I account is opened in the branch.',
    '该类账户不支持此操作；Ⅰ类户须在网点开立',
  ),
  limit_exceeded: entry(
    422,
    'That is more than a limit allows; `limit` says which, how much and until when.',
    '超出限额；limit 字段说明是哪一项、多少、何时恢复',
  ),
  application_open: entry(
    422,
    'The person has that product already, or an application for it is open.',
    '已持有该产品或申请处理中',
  ),
  too_many_requests: entry(
    429,
    'Too many tries; wait before the next one.',
    '尝试次数过多，请稍后再试',
    true,
  ),
  internal: entry(500, 'Something broke at the bank. It has been recorded.', '银行系统异常，已记录', true),
} as const satisfies Record<string, BankProblemEntry>;
export type BankProblemCode = keyof typeof bankProblems;

/** The status of each code. */
export const bankProblemCodes = Object.fromEntries(
  Object.entries(bankProblems).map(([code, one]) => [code, one.status]),
) as { readonly [Code in BankProblemCode]: (typeof bankProblems)[Code]['status'] };

/** A refusal of the bank API: problem details (RFC 9457), and the limit where the code is `limit_exceeded`. */
export const BankProblemDetails = Type.Object({
  ...Problem.properties,
  limit: Type.Optional(BankLimit),
});
export type BankProblemDetails = Static<typeof BankProblemDetails>;
