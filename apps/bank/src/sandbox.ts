import { createHash } from 'node:crypto';
import type { CardOutcome } from '@feiqian/bank-cards';
import { feiqianAscii, feiqianBcd, type MessageProfile } from '@feiqian/iso8583';
import { luhnCheckDigit } from '@feiqian/keys';
import { sandboxHistory, sandboxProducts, sandboxStatements } from './sandboxCredit.ts';
import type { BankSeed, SeedAccount, SeedCard, SeedCustomer } from './seed.ts';
import { type BankSettings, lateAnswerMsDefault } from './settings.ts';

/*
 * The banks of the sandbox city. Everything here is fictional, the same at every start, and published: nothing
 * of it may be used outside a sandbox.
 */

/** A bank of the sandbox with what it begins with. */
export interface SandboxBank {
  settings: BankSettings;
  seed: BankSeed;
}

/** What a published test card makes happen; `insufficient_funds` needs no help but an empty account. */
export type TestOutcome = CardOutcome | 'insufficient_funds';

/** A published test card of the sandbox. */
export interface TestCard {
  pan: string;
  outcome: TestOutcome;
  /** Id of the bank that issued it. */
  bank: string;
  holder: string;
  description_en: string;
  description_zh: string;
}

/** A person of the sandbox; all sign in with the sandbox's one-time code. */
export interface SandboxPerson {
  name: string;
  nameLatin: string;
  mobile: string;
  /** Of a resident identity card of region 999999, which does not exist: nobody's. */
  identityNumber: string;
  /** Ids of the banks where he or she has cards. */
  banks: readonly string[];
}

const expiry = '3112';
const CNY = 'CNY';
const debitDeposit = 20_000_000n;
const creditLimit = 5_000_000n;
const testDeposit = 100_000_000n;

/** The people of the sandbox in the order of their numbers; the last one holds the test cards. */
export const sandboxPeople: readonly SandboxPerson[] = [
  person('陈晓云', 'Chen Xiaoyun', 1, ['yunzhou', 'yanhu', 'haigang']),
  person('李海', 'Li Hai', 2, ['yunzhou', 'haigang']),
  person('王盐', 'Wang Yan', 3, ['yunzhou', 'yanhu']),
  person('赵静', 'Zhao Jing', 4, ['yanhu', 'haigang']),
  person('孙磊', 'Sun Lei', 5, ['yunzhou', 'yanhu', 'haigang']),
  person('周敏', 'Zhou Min', 6, ['yunzhou', 'haigang']),
  person('吴桐', 'Wu Tong', 7, ['yunzhou', 'yanhu']),
  person('林晨', 'Lin Chen', 8, ['yanhu', 'haigang']),
  person('测试员', 'Ce Shiyuan', 9, ['yunzhou']),
];

function person(name: string, nameLatin: string, number: number, banks: readonly string[]): SandboxPerson {
  const mobile = `1380000000${number}`;
  return { name, nameLatin, mobile, identityNumber: identityNumberOf(number), banks };
}

/** A number with its check character (GB 11643: weights 2^(18-i) modulo 11). */
function identityNumberOf(number: number): string {
  const body = `999999199${number}0101${number.toString().padStart(3, '0')}`;
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (2 ** (17 - i) % 11), 0);
  return body + ('10X98765432'[sum % 11] as string);
}

const testCases: readonly [TestOutcome, 'debit' | 'credit', string, string][] = [
  ['approve', 'debit', 'Debit card, approved', '借记卡，交易成功'],
  ['approve', 'credit', 'Credit card, approved', '信用卡，交易成功'],
  [
    'insufficient_funds',
    'debit',
    'Declined with 51: the account holds 0.01',
    '余额不足（51），账户仅有 0.01 元',
  ],
  ['do_not_honour', 'debit', 'Declined with 05', '不予承兑（05）'],
  ['lost_card', 'debit', 'Declined with 41', '挂失卡（41）'],
  ['time_out', 'debit', 'The bank never answers; the payment is reversed', '银行不应答，交易自动冲正'],
  [
    'late_answer',
    'debit',
    'The answer comes too late; the payment stays reversed',
    '银行应答过迟，交易已冲正',
  ],
  ['duplicate_answer', 'debit', 'The bank answers twice; paid once', '银行重复应答，仅扣款一次'],
  ['wrong_amount', 'debit', 'The answer speaks of another amount; reversed', '应答金额不符，交易自动冲正'],
  ['bad_mac', 'debit', 'The answer’s MAC is wrong; reversed', '应答报文鉴别码错误，交易自动冲正'],
];

/** Bank BIN, four digits of purpose, five of number, check digit: sixteen digits. */
function panOf(bin: string, purpose: string, number: number): string {
  const body = `${bin}${purpose}${number.toString().padStart(5, '0')}`;
  return body + luhnCheckDigit(body);
}

const testBank = 'yunzhou';
const testBin = '915600';

/** One card for each outcome, all of one person at one bank, so that one consent binds them. */
export const testCards: readonly TestCard[] = testCases.map(([outcome, , en, zh], index) => ({
  pan: panOf(testBin, '9000', index + 1),
  outcome,
  bank: testBank,
  holder: '测试员',
  description_en: en,
  description_zh: zh,
}));

/** An account that was closed: a transfer to it is refused. */
export const sandboxClosedAccount = { bank: testBank, number: '6217009999999999', holder: '测试员' } as const;

const keyOf = (bank: string, use: string, bytes: number): string =>
  createHash('sha256').update(`feiqian sandbox ${bank} ${use}`).digest().subarray(0, bytes).toString('hex');

/** The secret of a sandbox bank's notices, hexadecimal. */
export const sandboxNoticeSecret = (bank: string): string => keyOf(bank, 'notices', 32);

function settingsOf(
  number: number,
  id: string,
  name: string,
  nameEn: string,
  profile: MessageProfile,
): BankSettings {
  const key = (use: string, bytes: number) => keyOf(id, use, bytes);
  return {
    id,
    name,
    nameEn,
    bins: [`91560${number - 1}`],
    sandbox: true,
    isoHost: '127.0.0.1',
    isoPort: 8600 + number,
    apiHost: '127.0.0.1',
    apiPort: 8700 + number,
    apiKey: `sandbox_${key('api', 16)}`,
    profile,
    zoneKeyHex: key('zone', 16),
    macKeyHex: key('mac', 16),
    dataKeyHex: key('data', 32),
    timeZone: 'Asia/Shanghai',
    lateAnswerMs: lateAnswerMsDefault,
  };
}

const products: Record<string, { debit: [string, string]; credit: [string, string] }> = {
  yunzhou: { debit: ['云州借记卡', 'Yunzhou Debit'], credit: ['云州信用卡', 'Yunzhou Credit'] },
  yanhu: { debit: ['盐湖惠农卡', 'Yanhu Rural Debit'], credit: ['盐湖信用卡', 'Yanhu Credit'] },
  haigang: { debit: ['海港借记卡', 'Haigang Debit'], credit: ['海港信用卡', 'Haigang Credit'] },
};

function seedOf({ id, bins }: BankSettings): BankSeed {
  const bin = bins[0] as string;
  const customers: SeedCustomer[] = [];
  const accounts: SeedAccount[] = [];
  const cards: SeedCard[] = [];
  const add = (key: string, customer: string, kind: SeedAccount['kind'], deposit: bigint, card: string) => {
    const credit = kind === 'credit';
    const [product, productEn] = (products[id] as { debit: [string, string]; credit: [string, string] })[
      credit ? 'credit' : 'debit'
    ];
    accounts.push({
      key,
      customer,
      number: `62170${bin.slice(-1)}${(accounts.length + 1).toString().padStart(10, '0')}`,
      kind,
      currency: CNY,
      creditLimit: credit ? deposit : 0n,
      openingDeposit: credit ? 0n : deposit,
      product,
      productEn,
      ...(credit ? { statements: sandboxStatements(id) } : {}),
    });
    const seed: SeedCard = { key, account: key, pan: card, expiry, product, productEn };
    cards.push(seed);
    return seed;
  };
  for (const [index, who] of sandboxPeople.entries()) {
    if (!who.banks.includes(id)) continue;
    const number = index + 1;
    customers.push({
      key: who.mobile,
      name: who.name,
      nameLatin: who.nameLatin,
      identityNumber: who.identityNumber,
      mobile: who.mobile,
    });
    if (number === sandboxPeople.length) continue;
    add(`${who.mobile}/debit`, who.mobile, 'current', debitDeposit, panOf(bin, '1000', number));
    add(`${who.mobile}/credit`, who.mobile, 'credit', creditLimit, panOf(bin, '2000', number));
    (accounts.at(-1) as SeedAccount).history = sandboxHistory(number);
  }
  if (id === testBank) {
    const { mobile } = sandboxPeople.at(-1) as SandboxPerson;
    for (const [index, [outcome, kind]] of testCases.entries()) {
      const pan = (testCards[index] as TestCard).pan;
      const empty = outcome === 'insufficient_funds';
      const deposit = empty ? 1n : testDeposit;
      const card = add(`test/${index + 1}`, mobile, kind === 'credit' ? 'credit' : 'current', deposit, pan);
      if (!empty) card.outcome = outcome;
      if (index > 0 && kind === 'debit') (accounts.at(-1) as SeedAccount).grandfathered = true;
    }
    accounts.push({
      key: 'test/closed',
      customer: mobile,
      number: sandboxClosedAccount.number,
      kind: 'current',
      currency: CNY,
      creditLimit: 0n,
      openingDeposit: 0n,
      product: '云州活期',
      productEn: 'Yunzhou Current',
      status: 'closed',
      grandfathered: true,
    });
  }
  return { customers, accounts, cards, products: sandboxProducts(id) };
}

/** The three banks of the sandbox. The second speaks the packed profile, so that both are in daily use. */
export const sandboxBanks: readonly SandboxBank[] = [
  settingsOf(1, 'yunzhou', '云州银行', 'Bank of Yunzhou', feiqianAscii),
  settingsOf(2, 'yanhu', '盐湖农信', 'Yanhu Rural Credit', feiqianBcd),
  settingsOf(3, 'haigang', '海港商业银行', 'Haigang Commercial Bank', feiqianAscii),
].map((settings) => ({ settings, seed: seedOf(settings) }));
