import type { AccountClassRules, AccountClassTables, BankLimit } from '@feiqian/contract';

/** A row of the table of rules. Amounts in minor units; `effectiveFrom` is a calendar day. */
export interface ClassRule {
  effectiveFrom: string;
  class: AccountClassRules['class'];
  opening: AccountClassRules['opening'];
  accountsMax: number;
  plastic: boolean;
  cash: boolean;
  limits: Partial<Record<BankLimit['code'], number>>;
}

/** The rule of a class that holds on a day; null before the first. */
export function ruleOn(rules: readonly ClassRule[], of: ClassRule['class'], day: string): ClassRule | null {
  const held = rules.filter((r) => r.class === of && r.effectiveFrom <= day);
  return held.reduce<ClassRule | null>((a, b) => (a && a.effectiveFrom > b.effectiveFrom ? a : b), null);
}

/**
 * Why one more account of a class cannot be opened without a branch: the class is not for it, or there are as many as
 * one person may have at one bank. Null when nothing stands against it.
 * @param held accounts of that class that the person has at that bank
 */
export function breachOf(rule: ClassRule | null, held: number): 'class_not_permitted' | BankLimit | null {
  if (rule === null || rule.opening !== 'remote') return 'class_not_permitted';
  if (held < rule.accountsMax) return null;
  return { code: 'accounts', max: rule.accountsMax, used: held, left: 0, until: null };
}

/** The tables by their days, oldest first, and the one in force. */
export function tablesOf(rules: readonly ClassRule[], day: string): AccountClassTables {
  const days = [...new Set(rules.map((r) => r.effectiveFrom))].sort();
  return {
    in_force: days.findLast((d) => d <= day) ?? day,
    data: days.map((effective_from) => ({
      effective_from,
      classes: rules
        .filter((r) => r.effectiveFrom === effective_from)
        .sort((a, b) => (a.class < b.class ? -1 : 1))
        .map((r) => ({
          class: r.class,
          opening: r.opening,
          accounts_max: r.accountsMax,
          plastic: r.plastic,
          cash: r.cash,
          limits: Object.entries(r.limits).map(([code, max]) => ({ code: code as BankLimit['code'], max })),
        })),
    })),
  };
}
