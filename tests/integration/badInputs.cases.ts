import { type BadInput, hex, invalid, json, read, type Scene, sale, write } from './badInput.ts';
import { desks, people } from './badInputs.people.ts';

export type { Scene, Who } from './badInput.ts';

const create = (what: string, change: Record<string, unknown>, answer = invalid): BadInput => ({
  what: `a payment with ${what}`,
  by: 'merchant',
  path: '/v1/payments',
  body: sale(change),
  answer,
});
const rawSale = (what: string, raw: string | Uint8Array, answer = invalid, headers = {}): BadInput => ({
  what,
  by: 'merchant',
  path: '/v1/payments',
  raw,
  headers: { ...json, ...headers },
  answer,
});

const amounts: BadInput[] = [
  create('an amount of zero', { amount: 0 }),
  create('a negative amount', { amount: -1 }),
  create('half a fen', { amount: 1.5 }),
  create('an amount in words', { amount: '100' }),
  create('an amount that is true', { amount: true }),
  create('an amount of null', { amount: null }),
  create('no amount', { amount: undefined }),
  create('an amount above the limit', { amount: 1_000_000_000_000 }),
  create('a list of amounts', { amount: [100] }),
  rawSale('an amount beyond 2^53', '{"amount":9007199254740993,"currency":"CNY","store_id":"x"}'),
  rawSale('an amount beyond all numbers', '{"amount":1e400,"currency":"CNY","store_id":"x"}'),
  rawSale('an amount that is NaN', '{"amount":NaN}'),
];

const fields: BadInput[] = [
  create('a currency in lower case', { currency: 'cny' }),
  create('a currency by number', { currency: 156 }),
  create('a currency of four letters', { currency: 'CNYY' }),
  create('a currency the store does not take', { currency: 'USD' }, '422 currency_not_supported'),
  create('no store', { store_id: undefined }),
  create('a merchant for a store', { store_id: `mer_${hex}` }),
  create('a store in capitals', { store_id: `sto_${hex.toUpperCase()}` }),
  create('a store that is a path', { store_id: '../../etc/passwd' }),
  create('an unknown store', { store_id: `sto_${hex}` }, '422 store_unknown'),
  {
    ...create('another merchant’s store', {}),
    body: (s) => sale({ store_id: s.foreignStore })(s),
    answer: '422 store_unknown',
  },
  create('a field nobody knows', { tip: 5 }),
  create('a state of its own choice', { state: 'captured' }),
  create('an empty reference', { order_reference: '' }),
  create('a reference of 65 characters', { order_reference: 'x'.repeat(65) }),
  create('a number for a reference', { order_reference: 17 }),
  create('a NUL in its reference', { order_reference: 'a\u0000b' }),
  create('an escape sequence in its reference', { order_reference: '\u001b[31m' }),
  create('half a character in its reference', { order_reference: 'a\ud800' }),
  create('a NUL in its description', { description: '\u0000' }),
  create('a description of 141 characters', { description: '长'.repeat(141) }),
  create('a terminal in lower case', { terminal: 't0000001' }),
  create('a terminal of nine characters', { terminal: 'T00000001' }),
  create('a capture some day', { capture: 'later' }),
  create('a door that is not the merchant’s', { entry: 'static_code' }),
  create('too short a life', { expires_in_seconds: 29 }),
  create('too long a life', { expires_in_seconds: 86_401 }),
  create('its life in words', { expires_in_seconds: '60' }),
];

const shapes: BadInput[] = [
  rawSale('a list for a body', '[]'),
  rawSale('a text for a body', '"pay"'),
  rawSale('null for a body', 'null'),
  rawSale('nothing for a body', ''),
  rawSale('half a JSON', '{"amount":'),
  rawSale('two JSONs', '{}{}'),
  rawSale('a comment in JSON', '{/* x */}'),
  rawSale('a prototype in JSON', '{"__proto__":{"amount":1}}'),
  rawSale('a constructor in JSON', '{"constructor":{"prototype":{"amount":1}}}'),
  rawSale('lists in lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`),
  rawSale('bytes that are no text', new Uint8Array([0xff, 0xfe, 0x00, 0x80])),
  rawSale('a body of 65 KiB', `{"description":"${'x'.repeat(65 * 1024)}"}`, '413 payload_too_large'),
  rawSale('plain text', '{}', '415 unsupported_media_type', { 'content-type': 'text/plain' }),
  rawSale('a form', 'amount=100', '415 unsupported_media_type', {
    'content-type': 'application/x-www-form-urlencoded',
  }),
  rawSale('parts', '--x--', '415 unsupported_media_type', {
    'content-type': 'multipart/form-data; boundary=x',
  }),
  rawSale('XML', '<pay/>', '415 unsupported_media_type', { 'content-type': 'application/xml' }),
  {
    what: 'a void with a body it does not take',
    by: 'merchant',
    path: (s) => `/v1/payments/${s.created}/cancel`,
    body: () => ({ amount: 1 }),
    answer: invalid,
  },
  {
    what: 'a void with lists in lists',
    by: 'merchant',
    path: (s) => `/v1/payments/${s.created}/cancel`,
    raw: `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
    headers: json,
    answer: invalid,
  },
];

const headers: BadInput[] = [
  { ...create('no key', {}), key: null, answer: '400 idempotency_key_missing' },
  { ...create('an empty key', {}), key: '', answer: '400 idempotency_key_missing' },
  { ...create('a key of 256 characters', {}), key: 'k'.repeat(256) },
  { ...create('a blank in its key', {}), key: 'a b' },
  { ...create('a key beyond ASCII', {}), key: 'clé' },
  { ...create('two keys', {}), key: 'a, b' },
  { ...create('no token', {}), by: 'nobody', answer: '401 unauthenticated' },
  {
    ...create('an empty token', {}),
    by: 'nobody',
    headers: { authorization: 'Bearer ' },
    answer: '401 unauthenticated',
  },
  {
    ...create('a password', {}),
    by: 'nobody',
    headers: { authorization: 'Basic YTpi' },
    answer: '401 unauthenticated',
  },
  {
    ...create('an unknown token', {}),
    by: 'nobody',
    headers: { authorization: `Bearer fqsk_${'A'.repeat(43)}` },
    answer: '401 unauthenticated',
  },
  {
    ...create('a token of 4,000 characters', {}),
    by: 'nobody',
    headers: { authorization: `Bearer ${'A'.repeat(4_000)}` },
    answer: '401 unauthenticated',
  },
  {
    ...create('a statement for a token', {}),
    by: 'nobody',
    headers: { authorization: "Bearer ' or 1=1 --" },
    answer: '401 unauthenticated',
  },
  { ...create('a wallet’s token', {}), by: 'wallet', answer: '403 forbidden' },
];

const addresses: BadInput[] = [
  read('a payment by half an id', '/v1/payments/pay_12', '400 invalid_identifier'),
  read('a payment by a refund’s id', `/v1/payments/ref_${hex}`, '400 invalid_identifier'),
  read(
    'a payment by a bare UUID',
    '/v1/payments/0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f',
    '400 invalid_identifier',
  ),
  read('a payment by an id with NUL', '/v1/payments/pay_%00', '400 invalid_identifier'),
  read('a payment by a way out', '/v1/payments/..%2f..%2fetc', '400 invalid_identifier'),
  read('a payment by a broken escape', '/v1/payments/%E0%A4%A', invalid),
  read('a payment by 300 characters', `/v1/payments/${'a'.repeat(300)}`, '404 not_found'),
  read('an unknown payment', `/v1/payments/pay_${hex}`, '404 not_found'),
  read('a poster of no store', `/v1/stores/sto_${hex}/poster`, '404 not_found'),
  read('an address that is none', '/v1/nothing', '404 not_found'),
  {
    ...read('a payment by PUT', (s) => `/v1/payments/${s.created}`, '404 not_found'),
    method: 'PUT',
    raw: '{}',
    headers: json,
  },
  read('a page of none', '/v1/payments?limit=0', invalid),
  read('a page of 101', '/v1/payments?limit=101', invalid),
  read('a page of some', '/v1/payments?limit=some', invalid),
  read('a page of -1', '/v1/payments?limit=-1', invalid),
  read('two pages at once', '/v1/payments?limit=1&limit=2', invalid),
  read('a cursor that no list gave', '/v1/payments?cursor=abc', invalid),
  read('a cursor of another list', `/v1/payments?cursor=mer_${hex}`, invalid),
  read('a state that is none', '/v1/payments?state=paid', invalid),
  read('a filter nobody knows', '/v1/payments?colour=red', invalid),
  read('a reference with NUL', '/v1/payments?order_reference=%00', invalid),
  read('a search for NUL', '/v1/console/payments?q=%00', invalid, 'operator'),
  read('a search since yesterday', '/v1/console/payments?from=yesterday', invalid, 'operator'),
  read(
    'a search since a second that is none',
    '/v1/console/payments?from=2016-12-31T23:59:60Z',
    invalid,
    'operator',
  ),
  read('a search at no bank', '/v1/console/payments?bank=nowhere', '422 bank_unknown', 'operator'),
  read('a search at a store', `/v1/console/payments?merchant_id=sto_${hex}`, invalid, 'operator'),
  read('an export of an unknown column', '/v1/console/payments.csv?columns=pan', invalid, 'operator'),
];

const of = (state: 'created' | 'authorised' | 'captured', action: string) => (s: Scene) =>
  `/v1/payments/${s[state]}/${action}`;
const collect = (what: string, pay_code: unknown, answer = '422 pay_code_invalid'): BadInput =>
  write(`a pay code ${what}`, 'merchant', of('created', 'collect'), { pay_code }, answer);
const operations: BadInput[] = [
  collect('of nothing', '', invalid),
  collect('that is a number', 9_100_000_000, invalid),
  collect('of 601 characters', '9'.repeat(601), invalid),
  collect('of letters', 'hello'),
  collect('of 18 digits', '9'.repeat(18)),
  collect('with another beginning', '8812345678901234567'),
  collect('with a wrong check digit', '9112345678123456780'),
  collect('that is half a QR', 'hQVDUFYwMWE='),
  write('a collection of nothing', 'merchant', of('created', 'collect'), {}),
  write('a capture of zero', 'merchant', of('authorised', 'capture'), { amount: 0 }),
  write('a capture in words', 'merchant', of('authorised', 'capture'), { amount: '1' }),
  write('a capture of a field nobody knows', 'merchant', of('authorised', 'capture'), { sum: 1 }),
  write(
    'a capture of more than was authorised',
    'merchant',
    of('authorised', 'capture'),
    { amount: 999_999 },
    '422 amount_too_large',
  ),
  write(
    'a capture of what is not authorised',
    'merchant',
    of('created', 'capture'),
    {},
    '409 not_capturable',
  ),
  write('a capture of what is captured', 'merchant', of('captured', 'capture'), {}, '409 not_capturable'),
  write('a void of what is captured', 'merchant', of('captured', 'cancel'), undefined, '409 not_cancellable'),
  write('a refund without a reason', 'merchant', of('captured', 'refunds'), { amount: 1 }),
  write('a refund for no reason', 'merchant', of('captured', 'refunds'), { amount: 1, reason: '' }),
  write('a refund for half a character', 'merchant', of('captured', 'refunds'), {
    amount: 1,
    reason: '\udc00',
  }),
  write('a refund for NUL', 'merchant', of('captured', 'refunds'), { amount: 1, reason: '\u0000' }),
  write('a refund of zero', 'merchant', of('captured', 'refunds'), { amount: 0, reason: 'x' }),
  write(
    'a refund of everything there is',
    'merchant',
    of('captured', 'refunds'),
    { amount: 999_999_999_999, reason: 'x' },
    '422 amount_too_large',
  ),
  write(
    'a refund of what is not captured',
    'merchant',
    of('created', 'refunds'),
    { reason: 'x' },
    '409 not_refundable',
  ),
  write(
    'a refund of an unknown payment',
    'merchant',
    `/v1/payments/pay_${hex}/refunds`,
    { reason: 'x' },
    '404 not_found',
  ),
];

/** Every case: what is wrong, and the status and code of the answer. */
export const badInputs: readonly BadInput[] = [
  ...amounts,
  ...fields,
  ...shapes,
  ...headers,
  ...addresses,
  ...operations,
  ...people,
  ...desks,
];
