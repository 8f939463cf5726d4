/** What a stable error code means to a caller. `docs/errors.md` is compared with this list by a test. */
export interface ErrorEntry {
  status: number;
  /** True when the same request may succeed later, unchanged. */
  retryable: boolean;
  title: string;
  titleZh: string;
}

const entry = (status: number, title: string, titleZh: string, retryable = false): ErrorEntry => ({
  status,
  retryable,
  title,
  titleZh,
});

/** Every code that an answer of the API may carry. */
export const errorCodes = {
  invalid_request: entry(
    400,
    'The request is not of the documented form. Nothing was changed.',
    '请求格式不正确，未做任何更改',
  ),
  invalid_identifier: entry(400, 'That identifier is not of the kind this route takes.', '标识符类型不正确'),
  unauthenticated: entry(401, 'Sign in or send a valid key.', '请先登录或提供有效密钥'),
  wrong_code: entry(401, 'The code or password is wrong, or no longer valid.', '验证码或密码错误，或已失效'),
  forbidden: entry(403, 'Your role may not do this. Nothing was changed.', '您的角色无权执行此操作'),
  signature_required: entry(
    403,
    'This request must be signed by the key of the device. Nothing was changed.',
    '此操作须由本机密钥签名，未做任何更改',
  ),
  signature_invalid: entry(
    403,
    'The signature is not of this device over this request. Nothing was changed.',
    '签名与本机或请求不符，未做任何更改',
  ),
  nonce_stale: entry(
    403,
    'The nonce is too old. Sign again with the one in the answer. Nothing was changed.',
    '随机数已过期，请用新的重新签名',
    true,
  ),
  nonce_used: entry(
    403,
    'This signed request was sent before. Sign again to repeat it. Nothing was changed.',
    '该签名请求已发送过，请重新签名',
  ),
  verification_required: entry(
    403,
    'This has to be verified first; `verification` says how. Nothing was changed, no money moved.',
    '请先完成验证，未做任何更改，未扣款',
  ),
  identity_required: entry(
    403,
    'Confirm your identity first: name, identity document, mobile number. Nothing was changed, no money moved.',
    '请先完成实名认证，未做任何更改，未扣款',
  ),
  identity_refused: entry(
    422,
    'Name, identity document and mobile number do not agree with a bank’s records. Nothing was changed.',
    '姓名、证件号码与手机号未通过银行核验，未做任何更改',
  ),
  wallet_frozen: entry(
    403,
    'This wallet is frozen. Verify yourself anew to end that. Nothing was changed, no money moved.',
    '钱包已冻结，请重新验证后解冻，未做任何更改，未扣款',
  ),
  device_pending: entry(
    403,
    'This device is not let in yet: approve it on another one, or confirm your identity. Nothing was changed.',
    '本机尚未获准使用，请在原设备上同意，或重新核验身份',
  ),
  device_request_over: entry(
    409,
    'This device waits no more to be let in, or it is not the one that was shown. Nothing was changed.',
    '该设备的登录请求已结束，或与显示的不符，未做任何更改',
  ),
  account_busy: entry(
    409,
    'Money is still under way. Try again when it has arrived. Nothing was deleted.',
    '仍有资金在途，请完成后再试，未删除任何内容',
    true,
  ),
  verification_failed: entry(
    403,
    'The PIN, code or passkey is not right, or no longer valid. Nothing was changed.',
    '验证未通过，未做任何更改',
  ),
  pin_locked: entry(
    403,
    'The PIN is locked after five wrong tries; set a new one. Nothing was changed.',
    '密码已锁定，请重设，未做任何更改',
  ),
  pin_not_set: entry(409, 'There is no PIN yet; set one first.', '尚未设置密码'),
  pin_too_simple: entry(
    422,
    'That PIN is the first one to be guessed; choose another. Nothing was changed.',
    '密码过于简单，请更换',
  ),
  passkey_refused: entry(
    422,
    'That passkey could not be taken. Nothing was changed.',
    '该通行密钥无法使用，未做任何更改',
  ),
  payer_must_confirm: entry(
    409,
    'The amount is more than a pay code may pay; the payer is asked to confirm it on the phone. No money moved.',
    '金额超过付款码限额，请付款人在手机上确认，未扣款',
  ),
  not_found: entry(404, 'There is no such thing here.', '未找到'),
  method_not_allowed: entry(405, 'This address does not take that method.', '该地址不支持此方法'),
  payload_too_large: entry(413, 'The request is too large. Nothing was changed.', '请求过大'),
  unsupported_media_type: entry(415, 'Send JSON with Content-Type: application/json.', '请使用 JSON 格式'),
  too_many_requests: entry(429, 'Too many requests; wait and try again.', '请求过于频繁，请稍后再试', true),
  too_many_attempts: entry(
    429,
    'Too many wrong tries; wait before the next one.',
    '尝试次数过多，请稍后再试',
    true,
  ),
  idempotency_key_missing: entry(
    400,
    'Writes need an Idempotency-Key header. Nothing was changed.',
    '写请求必须带 Idempotency-Key',
  ),
  idempotency_key_reused: entry(
    422,
    'That Idempotency-Key was used with another body. Nothing was changed.',
    '该幂等键已用于其他请求',
  ),
  request_in_flight: entry(
    409,
    'The first request with this Idempotency-Key is still under way.',
    '同一请求正在处理中',
    true,
  ),
  store_unknown: entry(422, 'There is no such store of this merchant. No payment was created.', '门店不存在'),
  merchant_not_active: entry(
    422,
    'The merchant may not take payments now. No money moved.',
    '商户暂不可收款',
  ),
  currency_not_supported: entry(
    422,
    'The store does not take that currency. No money moved.',
    '不支持该币种',
  ),
  payment_not_payable: entry(
    409,
    'The payment can no longer be paid. No money moved.',
    '该订单已无法支付，未扣款',
  ),
  payment_in_progress: entry(
    409,
    'The payment is being paid right now; wait for its outcome.',
    '该订单正在支付中，请等待结果',
    true,
  ),
  payment_expired: entry(409, 'The payment has expired. No money moved.', '订单已过期，未扣款'),
  not_capturable: entry(
    409,
    'Only an authorised payment can be captured. No money moved.',
    '仅已授权的订单可以请款',
  ),
  amount_too_large: entry(422, 'The amount is more than what is left. No money moved.', '金额超过可用余额'),
  not_cancellable: entry(
    409,
    'The payment can no longer be cancelled; refund it instead.',
    '订单已无法撤销，请办理退款',
  ),
  not_refundable: entry(
    409,
    'Only a captured payment can be refunded. No money moved.',
    '仅已收款的订单可以退款',
  ),
  card_unknown: entry(422, 'There is no such card in this wallet. No money moved.', '卡片不存在，未扣款'),
  card_not_usable: entry(
    409,
    'The card cannot be used now; choose another one. No money moved.',
    '该卡暂不可用，请更换',
  ),
  payee_unknown: entry(
    422,
    'There is no such payee, or the check of its name is too old. No money moved.',
    '收款人不存在或校验已过期，未扣款',
  ),
  payee_not_permitted: entry(
    422,
    'That card cannot take this kind of transfer. No money moved.',
    '该卡不支持此类转入，未扣款',
  ),
  payee_is_payer: entry(
    422,
    'Payer and payee are the same account. No money moved.',
    '付款与收款为同一账户，未扣款',
  ),
  transfer_repeated: entry(
    409,
    'The same amount went to the same payee minutes ago. Confirm to send it again. No money moved.',
    '几分钟前已向同一收款人转过相同金额，确认后可再次转账，未扣款',
  ),
  transfer_begun: entry(
    409,
    'The transfer has begun or has ended; it can no longer be cancelled.',
    '转账已开始或已结束，无法取消',
  ),
  request_ended: entry(
    409,
    'The request has been paid, declined or withdrawn, or has expired. No money moved.',
    '该收款请求已结束，未扣款',
  ),
  request_in_progress: entry(
    409,
    'The request is being paid right now; wait for the outcome. No money moved.',
    '该收款请求正在付款中，请等待结果，未重复扣款',
    true,
  ),
  receiving_needed: entry(
    409,
    'Choose the card to receive with first. Nobody was asked.',
    '请先选择收款卡，未发出请求',
  ),
  split_not_exact: entry(
    422,
    'The parts do not add up to the amount. Nobody was asked.',
    '各人金额与总额不符，未发出请求',
  ),
  time_not_allowed: entry(
    422,
    'That time has passed or is too far ahead. No money moved.',
    '时间已过或过远，未扣款',
  ),
  pay_code_invalid: entry(
    422,
    'The pay code is not valid. Ask the payer for a new one; if that fails too, the clock of the phone is wrong. No money moved.',
    '付款码无效，请刷新后重试；仍不行请检查手机时间',
  ),
  pay_code_expired: entry(
    422,
    'The pay code is too old. Ask the payer for a new one; if that fails too, the clock of the phone is wrong. No money moved.',
    '付款码已过期，请刷新后重试；仍不行请检查手机时间',
  ),
  pay_code_used: entry(
    409,
    'The pay code was already used. Ask the payer for a new one. No money moved.',
    '付款码已被使用，请刷新后重试',
  ),
  code_unreadable: entry(422, 'This is not a code that Feiqian can pay.', '无法识别该二维码'),
  discovery_expired: entry(
    409,
    'The list of cards is too old; ask the banks again.',
    '卡列表已过期，请重新查询',
  ),
  bank_unknown: entry(422, 'There is no such bank.', '银行不存在'),
  identity_mismatch: entry(
    422,
    'Name, document and mobile number do not agree with a bank’s records. Nothing was sent.',
    '姓名、证件号与手机号和银行记录不一致，未提交',
  ),
  application_open: entry(
    409,
    'You have that card already, or an application for it is open.',
    '已持有该卡或申请处理中',
  ),
  application_decided: entry(409, 'The application has been decided already.', '申请已有结果'),
  product_unknown: entry(422, 'The bank does not offer that card.', '该银行没有此产品'),
  class_1_needed: entry(
    422,
    'That card is not of a Class I account. Choose another one.',
    '该卡不属于Ⅰ类账户，请更换',
  ),
  class_not_permitted: entry(
    422,
    'Accounts of that class are not opened this way. A Class I account is opened in the branch.',
    '该类账户不支持线上开立；Ⅰ类户须在网点办理',
  ),
  limit_exceeded: entry(
    422,
    'That is more than a limit allows; the limit is named. No money moved.',
    '超出限额，未扣款',
  ),
  wallet_full: entry(
    409,
    'This device holds as many cards as it can. Remove one first.',
    '本机绑定的卡已满，请先解绑一张',
  ),
  opening_over: entry(409, 'That opening is over. Begin again.', '该开户申请已结束，请重新开始'),
  over_repayment: entry(
    422,
    'That is more than the card owes; the limit says how much it is. No money moved.',
    '超过当前欠款，未扣款',
  ),
  repayment_in_progress: entry(
    409,
    'This card is being repaid right now; wait for the outcome. No money moved.',
    '该卡正在还款，请等待结果，未重复扣款',
    true,
  ),
  consent_ended: entry(
    409,
    'Your consent at this bank has ended. Add one of its cards again to give it anew.',
    '您对该银行的授权已失效，请重新绑卡授权',
  ),
  push_unavailable: entry(
    409,
    'This network sends no push messages. Nothing was changed.',
    '本网络未开通推送，未做任何更改',
  ),
  push_refused: entry(
    422,
    'The browser’s push address or keys cannot be used. Nothing was changed.',
    '浏览器的推送地址或密钥不可用，未做任何更改',
  ),
  bank_unavailable: entry(
    503,
    'The bank does not answer now; try again later. No money moved.',
    '银行暂无响应，请稍后再试',
    true,
  ),
  overloaded: entry(
    503,
    'The network is busy; try again shortly. Nothing was changed.',
    '系统繁忙，请稍后再试',
    true,
  ),
  unknown_outcome: entry(
    503,
    'The outcome is not known yet. Ask again with the same Idempotency-Key.',
    '结果确认中，请用同一幂等键查询',
    true,
  ),
  internal_error: entry(
    500,
    'Something broke on our side. It has been recorded.',
    '系统内部错误，已记录',
    true,
  ),
} as const satisfies Record<string, ErrorEntry>;
export type ErrorCode = keyof typeof errorCodes;
