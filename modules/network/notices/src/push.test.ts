import { expect, test } from 'vitest';
import type { StoredNotice } from './notice.ts';
import { endpointOf, outcomeOf, pushMessage, pushPauseMs, pushPauseMsMax, retryAfterMs } from './push.ts';

const outcome = (status: number | null) => outcomeOf({ status, retryAfterMs: null });

test('what a push service says is taken, gone, refused or to be tried later', () => {
  expect([200, 201, 202].map(outcome)).toEqual(Array(3).fill('taken'));
  expect([404, 410].map(outcome)).toEqual(['gone', 'gone']);
  expect([null, 408, 429, 500, 503].map(outcome)).toEqual(Array(5).fill('later'));
  // A redirect is followed nowhere.
  expect([301, 307, 400, 401, 403, 413].map(outcome)).toEqual(Array(6).fill('refused'));
});

test('tries come at longer and longer pauses, or when a push service says', () => {
  expect([1, 2, 3, 4].map(pushPauseMs)).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(pushPauseMs(1_000)).toBe(pushPauseMsMax);
  const now = Date.parse('2026-01-05T01:00:00Z');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Mon, 05 Jan 2026 01:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Mon, 05 Jan 2026 00:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('999999999', now)).toBe(pushPauseMsMax);
  for (const none of [undefined, '', 'soon', '-5x']) expect(retryAfterMs(none, now)).toBeNull();
});

test('a push service is at a public HTTPS address with a name, and nowhere inside', () => {
  for (const open of [
    'https://fcm.googleapis.com/fcm/send/abc:def',
    'https://updates.push.services.mozilla.com/wpush/v2/gAAAA',
    'https://web.push.apple.com/QOs',
    'https://push.example.net:443/x',
    'https://8.8.8.8/x',
  ])
    expect([open, endpointOf(open, false)?.href]).toEqual([open, new URL(open).href]);
  for (const shut of [
    'http://push.example.net/x',
    'https://push.example.net:8443/x',
    'https://user:secret@push.example.net/x',
    'https://push.example.net/x#y',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://10.0.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://[fd00::1]/x',
    'https://localhost/x',
    'https://localhost./x',
    'https://push.localhost/x',
    'https://intranet/x',
    'https://db.internal/x',
    'https://printer.local/x',
    'ftp://push.example.net/x',
    'file:///etc/passwd',
    'nothing',
    '',
  ])
    expect([shut, endpointOf(shut, false)?.href]).toEqual([shut, undefined]);
});

test('the sandbox also takes this machine, and nothing else inside', () => {
  expect(endpointOf('http://127.0.0.1:9000/x', true)?.port).toBe('9000');
  expect(endpointOf('http://localhost:9000/x', true)?.port).toBe('9000');
  for (const shut of ['http://10.0.0.1:9000/x', 'https://192.168.1.1/x', 'http://push.example.net/x'])
    expect(endpointOf(shut, true)).toBeNull();
});

const bank = { id: 'yunzhou', name: '云州银行', name_en: 'Bank of Yunzhou', colour: '#175cd3' };
const notice = (type: StoredNotice['type'], data: object): StoredNotice => ({
  position: 1n,
  id: '0193f1c2-a4b0-7c3d-8e9f-0a1b2c3d4e5f',
  memberId: 'member',
  ref: `acc_${'0'.repeat(32)}`,
  sequence: 1n,
  userId: 'somebody',
  type,
  data: data as StoredNotice['data'],
  atMs: 5,
  receivedAtMs: 6,
  read: false,
});
const movement = {
  movement_id: `mov_${'0'.repeat(32)}`,
  kind: 'purchase',
  amount: -123_456,
  currency: 'CNY',
  description: '云上咖啡',
  rrn: null,
  card_last4: '6607',
  counterparty: null,
};
const said = (
  type: StoredNotice['type'],
  data: object,
  language: 'zh-CN' | 'en' = 'zh-CN',
  amounts = true,
) => {
  const { title, body } = pushMessage(notice(type, data), bank, { language, amounts });
  return `${title}: ${body}`;
};

test('a message is short, in the person’s language, and tells no amounts where they are not wanted', () => {
  expect(said('account.debited', movement)).toBe('云州银行支出: ¥1,234.56 · 尾号 6607 · 云上咖啡');
  expect(said('account.debited', { ...movement, currency: 'JPY' }, 'en')).toBe(
    'Bank of Yunzhou: money out: JPY 123,456 · card 6607 · 云上咖啡',
  );
  expect(said('account.credited', { ...movement, amount: 5, card_last4: null, description: '' })).toBe(
    '云州银行收入: ¥0.05',
  );
  for (const language of ['zh-CN', 'en'] as const) {
    const hidden = said('account.debited', movement, language, false);
    expect(hidden).not.toMatch(/[0-9]|云上咖啡/);
    expect(hidden).toMatch(/打开飞钱查看|Open Feiqian to see it/);
  }
  const bill = { amount: 50_000, minimum: 5_000, currency: 'CNY', due_date: '2026-02-01' };
  expect(said('bill.issued', bill)).toBe('云州银行信用卡账单: ¥500.00 · 最低还款 ¥50.00 · 2026-02-01到期');
  expect(said('card.status_changed', { status: 'lost' })).toBe('云州银行卡片状态变更: 已挂失');
  expect(said('application.changed', { state: 'approved' }, 'en')).toBe(
    'Bank of Yunzhou: card application: Approved',
  );
});

test('a text of a bank is cut, and each message leads to a screen of the wallet', () => {
  const long = said('account.debited', { ...movement, description: '很'.repeat(500) });
  expect(long.length).toBeLessThan(120);
  const url = (type: StoredNotice['type'], data: object) =>
    pushMessage(notice(type, data), bank, { language: 'en', amounts: true }).url;
  expect(url('account.debited', movement)).toMatch(/^\/wallet\/accounts\/acc_[0-9a-f]{32}$/);
  expect(url('application.changed', { state: 'approved' })).toBe('/wallet/credit/applications');
  expect(url('card.status_changed', { status: 'lost' })).toBe('/wallet/notices');
});
