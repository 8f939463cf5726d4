import { TestDevice } from '@feiqian/testkit';
import { signInBody } from '../support/people.ts';
import { type BadInput, hex, type Scene, sale, write } from './badInput.ts';

const device = new TestDevice();
const signIn = signInBody(device, '13800000003', '246810');
export const people: BadInput[] = [
  write('a code for half a number', 'nobody', '/v1/wallet/codes', { mobile: '138' }),
  write('a code for a number abroad', 'nobody', '/v1/wallet/codes', { mobile: '+13800000001' }),
  write('a code for a number that is a number', 'nobody', '/v1/wallet/codes', { mobile: 13_800_000_001 }),
  write(
    'a sign-in with a wrong code',
    'nobody',
    '/v1/wallet/sessions',
    signInBody(device, '13800000003', '000000'),
    '401 wrong_code',
  ),
  write(
    'a sign-in with keys that signed another code',
    'nobody',
    '/v1/wallet/sessions',
    { ...signIn, code: '135790' },
    '403 signature_invalid',
  ),
  write(
    'a sign-in with a point off the curve',
    'nobody',
    '/v1/wallet/sessions',
    { ...signIn, device_key: { ...signIn.device_key, signing: `B${'A'.repeat(86)}` } },
    '403 signature_invalid',
  ),
  write('a sign-in without keys', 'nobody', '/v1/wallet/sessions', { ...signIn, device_key: undefined }),
  write('a sign-in with five digits', 'nobody', '/v1/wallet/sessions', { ...signIn, code: '24681' }),
  write('a sign-in with Arabic digits', 'nobody', '/v1/wallet/sessions', { ...signIn, code: '٢٤٦٨١٠' }),
  write('a sign-in of a nameless device', 'nobody', '/v1/wallet/sessions', { ...signIn, device_name: '' }),
  write('a sign-in of a device with NUL', 'nobody', '/v1/wallet/sessions', {
    ...signIn,
    device_name: '\u0000',
  }),
  write('a sign-in as an administrator', 'nobody', '/v1/wallet/sessions', { ...signIn, role: 'operator' }),
  write('cards of no bank', 'wallet', '/v1/wallet/card-discoveries', { bank_ids: [], consent: true }),
  write('cards of one bank twice', 'wallet', '/v1/wallet/card-discoveries', {
    bank_ids: ['yunzhou', 'yunzhou'],
    consent: true,
  }),
  write('cards without consent', 'wallet', '/v1/wallet/card-discoveries', {
    bank_ids: ['yunzhou'],
    consent: false,
  }),
  write(
    'cards of an unknown bank',
    'wallet',
    '/v1/wallet/card-discoveries',
    { bank_ids: ['nowhere'], consent: true },
    '422 bank_unknown',
  ),
  write('a binding of nothing', 'wallet', '/v1/wallet/cards', { discovery_id: `cdi_${hex}`, cards: [] }),
  write('a binding of eleven', 'wallet', '/v1/wallet/cards', {
    discovery_id: `cdi_${hex}`,
    cards: Array.from({ length: 11 }, (_, i) => ({ bank_id: 'yunzhou', ref: `r${i}` })),
  }),
  write(
    'a binding from an unknown list',
    'wallet',
    '/v1/wallet/cards',
    { discovery_id: `cdi_${hex}`, cards: [{ bank_id: 'yunzhou', ref: 'x' }] },
    '404 not_found',
  ),
  write('a binding of a card number', 'wallet', '/v1/wallet/cards', {
    discovery_id: `cdi_${hex}`,
    cards: [{ pan: '9156001000000019' }],
  }),
  write('a scan of nothing', 'wallet', '/v1/wallet/scans', { text: '' }),
  write('a scan of 1,001 characters', 'wallet', '/v1/wallet/scans', { text: 'x'.repeat(1_001) }),
  write(
    'a scan of a page',
    'wallet',
    '/v1/wallet/scans',
    { text: 'https://example.org/' },
    '422 code_unreadable',
  ),
  write(
    'a scan of a damaged code',
    'wallet',
    '/v1/wallet/scans',
    { text: '00020101021226' },
    '422 code_unreadable',
  ),
  write(
    'a payment at an unknown store',
    'wallet',
    '/v1/wallet/payments',
    sale({ store_id: `sto_${hex}` }),
    '422 store_unknown',
  ),
  write('a payment of nothing at a store', 'wallet', '/v1/wallet/payments', sale({ amount: 0 })),
  write('a payment with a payment for a card', 'wallet', (s) => `/v1/wallet/payments/${s.created}/pay`, {
    card_id: `pay_${hex}`,
  }),
  write(
    'a payment with an unknown card',
    'wallet',
    (s) => `/v1/wallet/payments/${s.created}/pay`,
    { card_id: `tok_${hex}` },
    '422 card_unknown',
  ),
  write(
    'a payment that is unknown',
    'wallet',
    `/v1/wallet/payments/pay_${hex}/pay`,
    (s: Scene) => ({ card_id: s.payer.cards[0]?.id }),
    '404 not_found',
  ),
  write(
    'a default card that is unknown',
    'wallet',
    `/v1/wallet/cards/tok_${hex}/default`,
    undefined,
    '404 not_found',
  ),
  {
    ...write(
      'a removal of an unknown device',
      'wallet',
      `/v1/wallet/devices/dev_${hex}`,
      undefined,
      '404 not_found',
    ),
    method: 'DELETE',
  },
];

export const desks: BadInput[] = [
  write('a till sign-in with letters', 'nobody', '/v1/till/sessions', {
    staff_number: 'boss',
    pin: '123456',
    device_name: 'x',
  }),
  write(
    'a till sign-in of nobody',
    'nobody',
    '/v1/till/sessions',
    { staff_number: '999999', pin: '123456', device_name: 'x' },
    '401 wrong_code',
  ),
  write(
    'a till sign-in with a wrong PIN',
    'nobody',
    '/v1/till/sessions',
    { staff_number: '100105', pin: '654321', device_name: 'x' },
    '401 wrong_code',
  ),
  write(
    'a console sign-in of nobody',
    'nobody',
    '/v1/console/sessions',
    { username: 'root', password: 'x' },
    '401 wrong_code',
  ),
  write('a console sign-in of NUL', 'nobody', '/v1/console/sessions', { username: '\u0000', password: 'x' }),
  write('a console sign-in without a password', 'nobody', '/v1/console/sessions', { username: 'operator' }),
  write(
    'a merchant with a Latin name in Chinese',
    'operator',
    '/v1/console/merchants',
    merchant({ name_en: '咖啡' }),
  ),
  write('a merchant of half a category', 'operator', '/v1/console/merchants', merchant({ mcc: '58' })),
  write(
    'a merchant with words for an account',
    'operator',
    '/v1/console/merchants',
    merchant({ settlement_account: 'mine' }),
  ),
  write(
    'a review of an unknown merchant',
    'operator',
    `/v1/console/merchants/mer_${hex}/review`,
    { decision: 'approve' },
    '404 not_found',
  ),
  write('a review that decides nothing', 'operator', (s) => `/v1/console/merchants/${s.merchantId}/review`, {
    decision: 'perhaps',
  }),
  write(
    'a member of staff at another merchant’s store',
    'operator',
    (s) => `/v1/console/merchants/${s.merchantId}/staff`,
    (s: Scene) => ({ store_id: s.foreignStore, name: 'x', role: 'cashier', pin: '123456' }),
    '422 store_unknown',
  ),
  write(
    'a member of staff with a short PIN',
    'operator',
    (s) => `/v1/console/merchants/${s.merchantId}/staff`,
    (s: Scene) => ({ store_id: s.net.storeId, name: 'x', role: 'cashier', pin: '12345' }),
  ),
  write(
    'a member of staff who is an operator',
    'operator',
    (s) => `/v1/console/merchants/${s.merchantId}/staff`,
    (s: Scene) => ({ store_id: s.net.storeId, name: 'x', role: 'operator', pin: '123456' }),
  ),
  write(
    'a key for an unknown merchant',
    'operator',
    '/v1/console/api-keys',
    { merchant_id: `mer_${hex}`, name: 'x' },
    '404 not_found',
  ),
  {
    ...write(
      'a revocation of an unknown key',
      'operator',
      `/v1/console/api-keys/key_${hex}`,
      undefined,
      '404 not_found',
    ),
    method: 'DELETE',
  },
  write('an action that a link does not know', 'operator', (s) => `/v1/console/members/${s.memberId}/link`, {
    action: 'explode',
  }),
  write(
    'an action on an unknown link',
    'operator',
    `/v1/console/members/mbr_${hex}/link`,
    { action: 'echo' },
    '404 not_found',
  ),
];

function merchant(change: Record<string, unknown>) {
  return {
    name: '新店',
    name_en: 'NEW SHOP',
    mcc: '5812',
    city: 'YUNZHOU',
    licence: 'L1',
    settlement_account: '6217000000001',
    store_name: '一号店',
    ...change,
  };
}
