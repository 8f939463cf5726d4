import type { SecuritySettings, Verification, VerificationMethod } from '@feiqian/contract';

/** What the person does next. */
export type Step = 'pin' | 'code' | 'passkey' | 'identity' | 'locked' | 'nothing' | 'done';

type Has = Pick<SecuritySettings, 'pin' | 'passkeys'>;

const able = (method: VerificationMethod, has: Has, passkeysWork: boolean): boolean =>
  method === 'pin'
    ? has.pin.set && !has.pin.locked
    : method === 'passkey'
      ? passkeysWork && has.passkeys.length > 0
      : true;

/** The alternatives that this person can go all the way on this device. */
export function openWays(v: Verification, has: Has, passkeysWork: boolean): VerificationMethod[][] {
  return v.accepts.filter((way) => way.every((m) => v.done.includes(m) || able(m, has, passkeysWork)));
}

/** The next step: along the way that begins with what the person prefers, else the first that is open. */
export function nextStep(
  v: Verification,
  has: Has,
  passkeysWork: boolean,
  preferred: VerificationMethod | null,
): Step {
  if (v.satisfied) return 'done';
  const ways = openWays(v, has, passkeysWork);
  const way = ways.find((one) => preferred !== null && one.includes(preferred)) ?? ways[0];
  const next = way?.find((m) => !v.done.includes(m));
  if (next !== undefined) return next;
  return v.accepts.flat().includes('pin') && has.pin.locked ? 'locked' : 'nothing';
}
