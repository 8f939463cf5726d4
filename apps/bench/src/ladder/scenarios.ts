/** What a customer comes for. */
export const kinds = ['code', 'presented', 'later', 'void', 'refund', 'decline'] as const;
export type Kind = (typeof kinds)[number];

/** How each kind ends when all is well. Of these only `captured` counts as a purchase. */
export const meant: Record<Kind, 'captured' | 'voided' | 'refunded' | 'declined'> = {
  code: 'captured',
  presented: 'captured',
  later: 'captured',
  void: 'voided',
  refund: 'refunded',
  decline: 'declined',
};

/** How long a bank thinks before it answers: not at all, or log-normal with these percentiles in ms. */
export type Thinking = null | { p50: number; p99: number };

/** One kind of load, as data. */
export interface Scenario {
  name: string;
  /** One line for a reader of the results. */
  what: string;
  /** Of a hundred customers so many come for each; what is not named does not come. */
  weights: Partial<Record<Kind, number>>;
  /** Customers spread over all merchants, or all at one. */
  merchants: 'all' | 'one';
  /** Cards of all banks, or of one. */
  banks: 'all' | 'one';
  thinking: Thinking;
  /** A merchant cancels a payment that was declined, instead of leaving it to be paid with another card. */
  giveUp?: boolean;
}

const purchases = { code: 100 };
/** A bank as members know theirs: usually quick, now and then not. */
export const slowBank = { p50: 120, p99: 380 };

export const scenarios = {
  uniform: {
    name: 'uniform',
    what: 'the wallet scans the till; all merchants and banks alike; the bank answers at once',
    weights: purchases,
    merchants: 'all',
    banks: 'all',
    thinking: null,
  },
  slow_bank: {
    name: 'slow bank',
    what: `the same, and the bank thinks (p50 ${slowBank.p50} ms, p99 ${slowBank.p99} ms, log-normal)`,
    weights: purchases,
    merchants: 'all',
    banks: 'all',
    thinking: slowBank,
  },
  hot_merchant: {
    name: 'hot merchant',
    what: 'as uniform, all at one merchant',
    weights: purchases,
    merchants: 'one',
    banks: 'all',
    thinking: null,
  },
  hot_bank: {
    name: 'hot bank',
    what: 'as uniform, all with cards of one bank',
    weights: purchases,
    merchants: 'all',
    banks: 'one',
    thinking: null,
  },
  mixed: {
    name: 'mixed',
    what: 'scanned code 50 %, presented code 25 %, authorised and captured later 8 %, authorised and voided 3 %, refund 5 %, declined 9 %; the bank thinks as above',
    weights: { code: 50, presented: 25, later: 8, void: 3, refund: 5, decline: 9 },
    merchants: 'all',
    banks: 'all',
    thinking: slowBank,
  },
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
export const scenarioNames = Object.keys(scenarios) as ScenarioName[];
