import { type Static, Type } from 'typebox';
import { Strict } from './shapes.ts';

/* The keys of a wallet's device; docs/device-key.md says what is signed with them. */

/** How long a nonce may be used after it was handed out, in ms. */
export const nonceMsMax = 120_000;
/** Nonces that are handed out at once. */
export const noncesAtOnce = 8;

/** A point of P-256, uncompressed (SEC 1, section 2.3.3): 65 bytes, base64url. */
const Point = Type.String({
  pattern: '^B[A-Za-z0-9_-]{86}$',
  description: 'P-256 point, 65 bytes, base64url',
});

/**
 * The keys of a device, made on it and never leaving it. `signing` verifies what the device signs with ECDSA;
 * from `agreement` and a point of the network both derive the key that requests are signed with. `signature` is of the
 * signing key over `textToEnrol` (packages/keys): who sends the keys has them.
 */
export const DeviceKey = Strict({
  signing: Point,
  agreement: Point,
  signature: Type.String({
    pattern: '^[A-Za-z0-9_-]{86}$',
    description: 'ECDSA P-256 with SHA-256, r and s, 64 bytes, base64url',
  }),
});
export type DeviceKey = Static<typeof DeviceKey>;

/** The network's point of the key agreement of a new session. */
export const RequestKey = Strict({ agreement: Point });

export const NonceList = Strict({ data: Type.Array(Type.String()) });
export type NonceList = Static<typeof NonceList>;
