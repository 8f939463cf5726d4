import { type Static, Type } from 'typebox';
import { AmountOrZero, Id, Instant, Nullable, Prose, Strict } from './shapes.ts';

/* What is asked before an operation, and how it is answered. docs/verification.md tells it to people. */

/** Header of a repeated request: the verification that the refusal named. */
export const verificationHeader = 'verification';
export const pinDigits = 6;

export const VerificationMethod = Type.Enum(['pin', 'code', 'passkey', 'identity']);
export type VerificationMethod = Static<typeof VerificationMethod>;

/** A request that was refused with `verification_required`; in that problem as `verification`. */
export const Verification = Strict({
  id: Id('vch'),
  operation: Type.String({ examples: ['payment'] }),
  amount: Nullable(Type.Integer({ description: 'Minor units' })),
  accepts: Type.Array(Type.Array(VerificationMethod), {
    description: 'Alternatives; of one of them every method is needed',
  }),
  done: Type.Array(VerificationMethod),
  satisfied: Type.Boolean(),
  expires_at: Instant,
});
export type Verification = Static<typeof Verification>;

const Pin = Type.String({ pattern: `^[0-9]{${pinDigits}}$` });
export const EnterPin = Strict({ pin: Pin });
export const EnterCode = Strict({ code: Type.String({ pattern: '^[0-9]{6}$' }) });
/** A credential's id in base64url, 16 bytes at least; of platform authenticators and keys it has 150 at the most. */
export const PasskeyId = Type.String({ pattern: '^[A-Za-z0-9_-]{20,200}$' });
/** Options and answers of WebAuthn Level 3 in their JSON form; the library that checks them knows their fields. */
export const PasskeyOptions = Strict({ options: Type.Object({}, { additionalProperties: true }) });
export const PasskeyAnswer = Strict({
  response: Type.Object(
    { id: PasskeyId, response: Type.Object({}, { additionalProperties: true }) },
    { additionalProperties: true },
  ),
});
export const AddPasskey = Strict({ ...PasskeyAnswer.properties, name: Prose(60) });

/** `forgotten` asks for the verification of somebody who no longer knows the PIN there is. */
export const SetPin = Strict({ pin: Pin, forgotten: Type.Optional(Type.Boolean()) });
export const SetFreeLimit = Strict({ amount: AmountOrZero });

export const PinSet = Strict({ set: Type.Literal(true) });
export const FreeLimit = Strict({ free_limit: AmountOrZero });
export const PasskeyAdded = Strict({ id: PasskeyId, name: Type.String() });
export const PasskeyRemoved = Strict({ id: PasskeyId });

export const Passkey = Strict({
  id: Type.String(),
  name: Type.String(),
  created_at: Instant,
  last_used_at: Nullable(Instant),
});
export const SecuritySettings = Strict({
  pin: Strict({ set: Type.Boolean(), locked: Type.Boolean() }),
  passkeys: Type.Array(Passkey),
  free_limit: AmountOrZero,
  free_limit_max: AmountOrZero,
});
export type SecuritySettings = Static<typeof SecuritySettings>;
