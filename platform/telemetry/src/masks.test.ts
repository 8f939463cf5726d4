import { expect, test } from 'vitest';
import { createLogger, maskText } from './index.ts';

const number = '9156001234567890';
const masked = '915600******7890';

test.each([
  ['as it stands', number, masked],
  ['in groups', 'card 9156 0012 3456 7890.', `card ${masked}.`],
  ['with hyphens', '9156-0012-3456-7890', masked],
  ['in an address', '/x?q=9156%200012%203456%207890&y', `/x?q=${masked}&y`],
  ['in a form', 'card=9156+0012+3456+7890', `card=${masked}`],
  ['on track 2', `;${number}=31122010000012300000?`, `;${masked}******?`],
  ['on track 1', `%B${number}^LI/LEI^31122010000?`, `%B${masked}******?`],
])('a card number %s is masked in what is logged', (_, text, told) => {
  expect(maskText(text)).toBe(told);
});

test.each([
  '2026-11-22T08:30:00.000Z',
  '13800000001',
  'pay_0193f1c2a4b07c3d8e9f0a1b2c3d4e5f',
  'req 000000000000',
])('%s is no card number', (text) => expect(maskText(text)).toBe(text));

test('a logger masks in messages, in fields and in errors, and secrets by their names', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', write: (line) => lines.push(line) });
  logger.info({ note: `for ${number}`, err: new Error(`no ${number}`), user: { pin: '123456' } }, number);
  expect(lines.join('')).not.toMatch(/9156001234567890|123456"/);
  expect(lines.join('')).toContain(masked);
});
