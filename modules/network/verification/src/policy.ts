/** What may have to be verified before it is done. */
export const operations = [
  'payment',
  'pay_code',
  'transfer',
  'own_transfer',
  'repay',
  'open_account',
  'apply_card',
  'bind',
  'add_device',
  'recover_device',
  'first_factor',
  'factor_change',
  'factor_reset',
  'limit_raise',
  'unfreeze',
  'delete_account',
  'export',
] as const;
export type Operation = (typeof operations)[number];

export const methods = ['pin', 'code', 'passkey', 'identity'] as const;
/** A PIN, a one-time code, a passkey, or the real-name check done anew. */
export type Method = (typeof methods)[number];
export type Risk = 'low' | 'elevated' | 'high';

/** Alternatives, each a list of methods that are all needed; none at all asks for nothing. */
export type Accepts = readonly (readonly Method[])[];

/** One row of the policy. Amounts in minor units; `amountAbove` -1 is for any amount and for none. */
export interface Rule {
  operation: string;
  risk: Risk;
  amountAbove: bigint;
  accepts: Accepts;
  validFromMs: number;
  validUntilMs: number | null;
}

export interface Question {
  operation: Operation;
  risk: Risk;
  /** Minor units; null for what has no amount. */
  amount: bigint | null;
  /** The largest amount that this person wants to go unverified; null when the policy's is good enough. */
  ownMax: bigint | null;
}

/** The rules of an operation that hold now, from the smallest amount up. */
function tiers(rules: readonly Rule[], q: Pick<Question, 'operation' | 'risk'>, nowMs: number): Rule[] {
  return rules
    .filter((r) => r.operation === q.operation && r.risk === q.risk)
    .filter((r) => r.validFromMs <= nowMs && (r.validUntilMs === null || nowMs < r.validUntilMs))
    .sort((a, b) => (a.amountAbove < b.amountAbove ? -1 : a.amountAbove > b.amountAbove ? 1 : 0));
}

/** What is asked. An operation that the policy does not know is refused by asking for everything. */
export function asked(rules: readonly Rule[], q: Question, nowMs: number): Accepts {
  const all = tiers(rules, q, nowMs);
  const amount = q.amount ?? 0n;
  const rule = all.findLast((r) => r.amountAbove < amount || r.amountAbove < 0n);
  if (rule === undefined) return [methods];
  if (rule.accepts.length > 0 || q.ownMax === null || amount <= q.ownMax) return rule.accepts;
  return all.find((r) => r.accepts.length > 0)?.accepts ?? [methods];
}

/** The largest amount for which nothing is asked; -1 when something always is. */
export function freeUpTo(rules: readonly Rule[], q: Omit<Question, 'amount'>, nowMs: number): bigint {
  const all = tiers(rules, q, nowMs);
  if (all[0] === undefined || all[0].accepts.length > 0) return -1n;
  const first = all.find((r) => r.accepts.length > 0);
  if (first === undefined) return q.ownMax ?? BigInt(Number.MAX_SAFE_INTEGER);
  return q.ownMax !== null && q.ownMax < first.amountAbove ? q.ownMax : first.amountAbove;
}

/** What needs the real-name check before it; amounts as in `Rule`. */
export interface IdentityRule {
  operation: string;
  amountAbove: bigint;
  validFromMs: number;
  validUntilMs: number | null;
}

/** True when a person has to have confirmed who he or she is before this. */
export function needsIdentity(
  rules: readonly IdentityRule[],
  what: { operation: Operation; amount?: bigint },
  nowMs: number,
): boolean {
  return rules.some(
    (r) =>
      r.operation === what.operation &&
      r.validFromMs <= nowMs &&
      (r.validUntilMs === null || nowMs < r.validUntilMs) &&
      (r.amountAbove < 0n || (what.amount ?? 0n) > r.amountAbove),
  );
}

/** True when the methods that were passed are all of one alternative. */
export function isSatisfied(accepts: Accepts, done: readonly Method[]): boolean {
  return accepts.some((all) => all.every((m) => done.includes(m)));
}

const pinDigits = 6;
/** A PIN that everybody tries first: one digit six times, or a run up or down. */
export function isTooSimple(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((d, i) => d - (digits[i] as number));
  if (digits.length !== pinDigits) return true;
  return [0, 1, -1].some((step) => steps.every((s) => s === step));
}
