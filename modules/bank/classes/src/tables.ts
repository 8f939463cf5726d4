import type { ClassRules, ClassTable } from './classRules.ts';

const yuan = (amount: number) => BigInt(amount) * 100n;

const class1: ClassRules = {
  class: 'class_1',
  opening: 'branch',
  accountsMax: 1,
  plastic: true,
  cash: true,
  limits: {},
};
const class2: ClassRules = {
  class: 'class_2',
  opening: 'remote',
  accountsMax: 5,
  plastic: true,
  cash: true,
  limits: { out_day: yuan(10_000), out_year: yuan(200_000), in_day: yuan(10_000), in_year: yuan(200_000) },
};
const class3: ClassRules = {
  class: 'class_3',
  opening: 'remote',
  accountsMax: 5,
  plastic: false,
  cash: false,
  limits: {
    balance: yuan(1_000),
    out_day: yuan(5_000),
    out_year: yuan(100_000),
    in_day: yuan(5_000),
    in_year: yuan(100_000),
  },
};

/**
 * The tables every bank begins with, after the People's Bank of China's rules on classes of accounts: that of
 * December 2016, and the one of January 2018 that doubled the ceiling of Class III and lowered its sums. A later
 * rule is a further table; these are never changed.
 */
export const firstTables: readonly ClassTable[] = [
  { effectiveFrom: '2016-12-01', currency: 'CNY', classes: [class1, class2, class3] },
  {
    effectiveFrom: '2018-01-19',
    currency: 'CNY',
    classes: [
      class1,
      class2,
      {
        ...class3,
        limits: {
          balance: yuan(2_000),
          out_day: yuan(2_000),
          out_year: yuan(50_000),
          in_day: yuan(2_000),
          in_year: yuan(50_000),
        },
      },
    ],
  },
];
