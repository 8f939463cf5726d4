import type { CreditProduct } from '@feiqian/bank-credit';
import type { SeedMovement } from './seed.ts';

/* Credit cards of the sandbox: what one may apply for, and what its people have spent. All of it is fictional. */

const yuan = (amount: number) => BigInt(amount) * 100n;
const common = { currency: 'CNY', ageMin: 18, ageMax: 65, dueDays: 20 } as const;

interface Offer {
  code: string;
  name: string;
  nameEn: string;
  summary: string;
  summaryEn: string;
  annualFee: number;
  limits: [number, number];
  incomeMin: number;
  benefits: readonly [string, string][];
}

const offers: Record<string, { statementDay: number; offers: readonly Offer[] }> = {
  yunzhou: {
    statementDay: 5,
    offers: [
      {
        code: 'yunzhou_standard',
        name: '云州标准信用卡',
        nameEn: 'Yunzhou Standard',
        summary: '日常消费，免年费',
        summaryEn: 'For every day, no annual fee',
        annualFee: 0,
        limits: [5_000, 50_000],
        incomeMin: 3_000,
        benefits: [
          ['每月首笔公交免费', 'The first bus ride of a month is free'],
          ['消费积分', 'Points on purchases'],
        ],
      },
      {
        code: 'yunzhou_platinum',
        name: '云州白金信用卡',
        nameEn: 'Yunzhou Platinum',
        summary: '高额度，机场贵宾厅',
        summaryEn: 'High limits and airport lounges',
        annualFee: 680,
        limits: [50_000, 300_000],
        incomeMin: 20_000,
        benefits: [['每年六次贵宾厅', 'Six visits to a lounge a year']],
      },
    ],
  },
  yanhu: {
    statementDay: 12,
    offers: [
      {
        code: 'yanhu_farmer',
        name: '惠农信用卡',
        nameEn: 'Rural Credit Card',
        summary: '农资消费优惠',
        summaryEn: 'Lower prices for farm supplies',
        annualFee: 0,
        limits: [2_000, 30_000],
        incomeMin: 1_500,
        benefits: [['农资九五折', 'Five per cent off farm supplies']],
      },
    ],
  },
  haigang: {
    statementDay: 20,
    offers: [
      {
        code: 'haigang_travel',
        name: '海港旅行信用卡',
        nameEn: 'Haigang Travel',
        summary: '轮渡与酒店双倍积分',
        summaryEn: 'Double points on ferries and hotels',
        annualFee: 180,
        limits: [10_000, 80_000],
        incomeMin: 6_000,
        benefits: [
          ['轮渡双倍积分', 'Double points on ferries'],
          ['旅行意外保险', 'Travel accident insurance'],
        ],
      },
      {
        code: 'haigang_young',
        name: '海港青年卡',
        nameEn: 'Haigang Young',
        summary: '首张信用卡',
        summaryEn: 'A first credit card',
        annualFee: 0,
        limits: [1_000, 10_000],
        incomeMin: 1_000,
        benefits: [['咖啡买一送一', 'Two coffees for one']],
      },
    ],
  },
};

/** The products of a sandbox bank. */
export function sandboxProducts(bank: string): CreditProduct[] {
  const { statementDay, offers: own } = offers[bank] ?? { statementDay: 1, offers: [] };
  return own.map(({ annualFee, limits, incomeMin, benefits, ...named }) => ({
    ...named,
    ...common,
    annualFee: yuan(annualFee),
    limitMin: yuan(limits[0]),
    limitMax: yuan(limits[1]),
    incomeMin: yuan(incomeMin),
    statementDay,
    benefits: benefits.map(([text, textEn]) => ({ text, textEn })),
  }));
}

/** When a sandbox bank makes statements. */
export function sandboxStatements(bank: string): { day: number; dueDays: number } {
  return { day: offers[bank]?.statementDay ?? 1, dueDays: common.dueDays };
}

/** What the credit card of a person has seen: two months of purchases, and a repayment in between. */
export function sandboxHistory(person: number): SeedMovement[] {
  const amount = (base: number) => BigInt(base + person * 100);
  return [
    { kind: 'purchase', daysAgo: 56, amount: amount(32_800), description: '云州超市' },
    { kind: 'purchase', daysAgo: 48, amount: amount(129_900), description: '海港百货' },
    { kind: 'repayment', daysAgo: 26, amount: amount(32_800) + amount(129_900), description: '信用卡还款' },
    { kind: 'purchase', daysAgo: 24, amount: amount(5_650), description: '云州面馆' },
    { kind: 'purchase', daysAgo: 4, amount: amount(21_400), description: '盐湖书店' },
  ];
}
