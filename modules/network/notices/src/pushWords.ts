import type { PushLanguage, WalletNotice } from '@feiqian/contract';
import { currencyOf } from '@feiqian/money';

interface PushWords {
  title: Record<WalletNotice['type'], (bank: string) => string>;
  /** What there is to tell beyond the title; empty for nothing. */
  body: (notice: WalletNotice) => string;
  /** In place of it, when nothing is to be told on a locked screen. */
  look: string;
}

/** Longest text that a bank wrote itself and that is told, in characters. */
const descriptionMax = 60;

/** An amount of minor units without its sign, as the wallet writes it. */
function amountText(amount: number, currency: string, sign: string): string {
  const { digits } = currencyOf(currency);
  const all = String(Math.abs(amount)).padStart(digits + 1, '0');
  const whole = all.slice(0, all.length - digits).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${whole}${digits === 0 ? '' : `.${all.slice(-digits)}`}`;
}

const joined = (parts: readonly (string | null | undefined)[]): string =>
  parts.filter((p) => p !== null && p !== undefined && p !== '').join(' · ');

const kept = (description: string | null): string | null =>
  description === null ? null : [...description].slice(0, descriptionMax).join('');

const accountKinds = {
  'zh-CN': { class_1: 'Ⅰ类账户', class_2: 'Ⅱ类账户', class_3: 'Ⅲ类账户', credit: '信用卡账户' },
  en: { class_1: 'Class I', class_2: 'Class II', class_3: 'Class III', credit: 'Credit card' },
} as const;
const accountStates = {
  'zh-CN': { open: '正常', frozen: '已冻结', closed: '已销户' },
  en: { open: 'Open', frozen: 'Frozen', closed: 'Closed' },
} as const;
const cardStates = {
  'zh-CN': { active: '正常', frozen: '已冻结', lost: '已挂失', stolen: '已被盗挂失', expired: '已过期' },
  en: {
    active: 'Active',
    frozen: 'Frozen',
    lost: 'Reported lost',
    stolen: 'Reported stolen',
    expired: 'Expired',
  },
} as const;
const applicationStates = {
  'zh-CN': {
    received: '已收到',
    reviewing: '审核中',
    approved: '已通过',
    declined: '未通过',
    withdrawn: '已撤回',
  },
  en: {
    received: 'Received',
    reviewing: 'Under review',
    approved: 'Approved',
    declined: 'Declined',
    withdrawn: 'Withdrawn',
  },
} as const;

function stateText(n: WalletNotice, language: PushLanguage): string {
  if (n.account_kind !== null) return accountKinds[language][n.account_kind];
  if (n.account_status !== null) return accountStates[language][n.account_status];
  if (n.card_status !== null) return cardStates[language][n.card_status];
  return n.application_state === null ? '' : applicationStates[language][n.application_state];
}

const chinese: PushWords = {
  title: {
    'account.debited': (bank) => `${bank}支出`,
    'account.credited': (bank) => `${bank}收入`,
    'account.opened': (bank) => `${bank}开户成功`,
    'account.status_changed': (bank) => `${bank}账户状态变更`,
    'card.status_changed': (bank) => `${bank}卡片状态变更`,
    'bill.issued': (bank) => `${bank}信用卡账单`,
    'application.changed': (bank) => `${bank}信用卡申请进度`,
  },
  body(n) {
    const money = (minor: number) =>
      amountText(minor, n.currency ?? 'CNY', n.currency === 'CNY' ? '¥' : `${n.currency} `);
    if (n.amount === null) return stateText(n, 'zh-CN');
    if (n.minimum !== null)
      return joined([money(n.amount), `最低还款 ${money(n.minimum)}`, n.due_date && `${n.due_date}到期`]);
    return joined([money(n.amount), n.card_last4 && `尾号 ${n.card_last4}`, kept(n.description)]);
  },
  look: '打开飞钱查看',
};

const english: PushWords = {
  title: {
    'account.debited': (bank) => `${bank}: money out`,
    'account.credited': (bank) => `${bank}: money in`,
    'account.opened': (bank) => `${bank}: account opened`,
    'account.status_changed': (bank) => `${bank}: account changed`,
    'card.status_changed': (bank) => `${bank}: card changed`,
    'bill.issued': (bank) => `${bank}: credit card bill`,
    'application.changed': (bank) => `${bank}: card application`,
  },
  body(n) {
    const money = (minor: number) => amountText(minor, n.currency ?? 'CNY', `${n.currency} `);
    if (n.amount === null) return stateText(n, 'en');
    if (n.minimum !== null)
      return joined([money(n.amount), `minimum ${money(n.minimum)}`, n.due_date && `due ${n.due_date}`]);
    return joined([money(n.amount), n.card_last4 && `card ${n.card_last4}`, kept(n.description)]);
  },
  look: 'Open Feiqian to see it',
};

/** What push messages say. */
export const wordsOf = (language: PushLanguage): PushWords => (language === 'en' ? english : chinese);
