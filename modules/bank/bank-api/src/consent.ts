/** How long a consent holds before it must be given again, in ms: 180 days. */
export const consentMsMax = 180 * 86_400_000;

/** A person's permission that the network sees his or her cards at this bank. */
export interface Consent {
  /** UUID. */
  id: string;
  customerId: string;
  createdAtMs: number;
  expiresAtMs: number;
  revokedAtMs: number | null;
}

/** True while the consent may be used. */
export function holds(consent: Consent, nowMs: number): boolean {
  return consent.revokedAtMs === null && nowMs < consent.expiresAtMs;
}
