import { type Static, Type } from 'typebox';
import { IdentityNumber } from './bank-api-shapes.ts';
import { Id, Instant, Mobile, Nullable, Prose, Strict } from './shapes.ts';

/* Who a person is, a phone that is lost, leaving. docs/identity.md tells it to people. */

/** Checked against the banks' records together with the account's own mobile number. */
export const CheckIdentity = Strict({ name: Prose(60), identity_number: IdentityNumber });
export type CheckIdentity = Static<typeof CheckIdentity>;
export const WalletIdentity = Strict({
  verified: Type.Boolean(),
  name: Nullable(Type.String({ description: 'Masked' })),
  identity_number: Nullable(Type.String({ description: 'Masked' })),
  checked_at: Nullable(Instant),
});
export type WalletIdentity = Static<typeof WalletIdentity>;

/** Devices that are gone for good; the others only hold still. */
export const FreezeWallet = Strict({
  lost_device_ids: Type.Optional(Type.Array(Id('dev'), { maxItems: 50, uniqueItems: true })),
});
export type FreezeWallet = Static<typeof FreezeWallet>;
export const WalletFreeze = Strict({
  frozen_at: Nullable(Instant),
  banks: Type.Array(
    Strict({
      bank_id: Type.String(),
      state: Type.Enum(['frozen', 'freezing', 'free', 'thawing', 'expired'], {
        description: 'freezing, thawing: the bank has not acknowledged it yet; expired: verify anew',
      }),
    }),
  ),
});
export type WalletFreeze = Static<typeof WalletFreeze>;

/** Somebody at the telephone, as the call centre sees him or her. */
export const PersonQuery = Strict({ mobile: Mobile });
export const PersonView = Strict({
  id: Id('usr'),
  mobile: Type.String({ description: 'Masked' }),
  name: Nullable(Type.String({ description: 'Masked' })),
  devices: Type.Array(
    Strict({
      id: Id('dev'),
      name: Type.String(),
      state: Type.Enum(['active', 'pending', 'frozen']),
      created_at: Instant,
      last_used_at: Instant,
    }),
  ),
  freeze: WalletFreeze,
});
export type PersonView = Static<typeof PersonView>;

export const DeleteAccount = Strict({ confirm: Type.Literal(true) });
export const AccountDeleted = Strict({ deleted: Type.Literal(true) });
/** Everything about a person, by the names of the API. */
export const PersonalData = Type.Object(
  { exported_at: Instant, person: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);

/** What would have been sent to phones, newest first; sandbox only. */
export const MessageQuery = Strict({ mobile: Type.Optional(Mobile) });
export const MessageList = Strict({
  data: Type.Array(
    Strict({
      id: Id('msg'),
      to: Type.String(),
      purpose: Type.Enum(['sign_in', 'verification']),
      code: Type.String(),
      sent_at: Instant,
    }),
  ),
});
export type MessageList = Static<typeof MessageList>;
