import { createHmac, timingSafeEqual } from 'node:crypto';

/** A secret shorter than this is refused, in bytes (Standard Webhooks asks for 24 to 64). */
export const webhookSecretBytesMin = 24;
const signaturesMax = 10;

/** One delivery as it is signed: its id, when it is sent (s since 1970), its body as bytes or text go out. */
export interface Webhook {
  id: string;
  timestampSeconds: number;
  body: string;
}

/** The three headers of a delivery as they came. */
export interface WebhookHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/**
 * The signature of a delivery by the Standard Webhooks specification: `v1,` and the base64 of HMAC-SHA-256 over
 * id, timestamp and body, joined by full stops.
 * @throws RangeError for a secret that is too short
 */
export function signWebhook(secret: Uint8Array, { id, timestampSeconds, body }: Webhook): string {
  if (secret.length < webhookSecretBytesMin) throw new RangeError('the secret of a webhook is too short');
  const mac = createHmac('sha256', secret).update(`${id}.${timestampSeconds}.${body}`).digest('base64');
  return `v1,${mac}`;
}

/**
 * True when one of the signatures in the header is right and the timestamp is near enough to now. Compared in
 * constant time. The header may hold several, separated by blanks, while a secret is being changed.
 */
export function verifyWebhook(
  secret: Uint8Array,
  headers: WebhookHeaders,
  body: string,
  nowMs: number,
  skewSecondsMax: number,
): boolean {
  const { id, timestamp, signature } = headers;
  if (!id || !signature || !/^[0-9]{1,12}$/.test(timestamp ?? '')) return false;
  const timestampSeconds = Number(timestamp);
  if (Math.abs(nowMs / 1000 - timestampSeconds) > skewSecondsMax) return false;
  const right = Buffer.from(signWebhook(secret, { id, timestampSeconds, body }));
  return signature
    .split(' ')
    .slice(0, signaturesMax)
    .some((one) => {
      const given = Buffer.from(one);
      return given.length === right.length && timingSafeEqual(given, right);
    });
}
