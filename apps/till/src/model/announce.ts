import type { Phase } from './sale.ts';

/** A tone of the result: hertz, start and length in milliseconds. */
export interface Note {
  readonly hertz: number;
  readonly startMs: number;
  readonly lengthMs: number;
}

/** Three sounds that nobody confuses across a counter: rising for paid, falling for not, level for "look". */
export const tunes: Readonly<Record<'paid' | 'not_paid' | 'look', readonly Note[]>> = {
  paid: [
    { hertz: 659.25, startMs: 0, lengthMs: 140 },
    { hertz: 987.77, startMs: 130, lengthMs: 320 },
  ],
  not_paid: [
    { hertz: 311.13, startMs: 0, lengthMs: 200 },
    { hertz: 233.08, startMs: 210, lengthMs: 380 },
  ],
  look: [{ hertz: 523.25, startMs: 0, lengthMs: 160 }],
};

export type Tune = keyof typeof tunes;

/** The sound of a phase, or null where silence is right. */
export function tuneOf(phase: Phase): Tune | null {
  if (phase === 'paid') return 'paid';
  if (phase === 'declined' || phase === 'reversed' || phase === 'refused') return 'not_paid';
  if (phase === 'unsent') return 'look';
  return null;
}

/** An amount as it is said: no trailing noughts, no grouping, no symbol. 1850 of CNY → `18.5`. */
export function spokenNumber(minor: number, exponent: number): string {
  const digits = String(minor).padStart(exponent + 1, '0');
  const whole = exponent === 0 ? digits : digits.slice(0, -exponent);
  const fraction = exponent === 0 ? '' : digits.slice(-exponent).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

const unitZh: Readonly<Record<string, string>> = {
  CNY: '元',
  HKD: '港元',
  USD: '美元',
  EUR: '欧元',
  JPY: '日元',
};
const unitEn: Readonly<Record<string, string>> = {
  CNY: 'yuan',
  HKD: 'Hong Kong dollars',
  USD: 'dollars',
  EUR: 'euros',
  JPY: 'yen',
};

/** The sentence to speak for a result, or null where nothing is said. */
export function sentenceOf(
  phase: Phase,
  amount: { readonly minor: number; readonly currency: string; readonly exponent: number },
  language: 'zh-CN' | 'en',
): string | null {
  const number = spokenNumber(amount.minor, amount.exponent);
  const units = language === 'zh-CN' ? unitZh : unitEn;
  const unit = units[amount.currency] ?? amount.currency;
  if (phase === 'paid') return language === 'zh-CN' ? `到账 ${number} ${unit}` : `Received ${number} ${unit}`;
  if (phase === 'declined' || phase === 'refused') {
    return language === 'zh-CN' ? '付款未成功' : 'Payment did not go through';
  }
  if (phase === 'reversed') {
    return language === 'zh-CN' ? '这笔没有收到，已撤销' : 'Not received. The payment was reversed';
  }
  return null;
}
