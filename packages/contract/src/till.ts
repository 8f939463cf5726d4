import { type Static, Type } from 'typebox';
import { Id, Prose, Strict } from './shapes.ts';

export const TillSignIn = Strict({
  staff_number: Type.String({ pattern: '^[0-9]{4,10}$', examples: ['100101'] }),
  pin: Type.String({ pattern: '^[0-9]{6}$' }),
  device_name: Prose(60),
});
export type TillSignIn = Static<typeof TillSignIn>;

export const staffRoles = ['cashier', 'supervisor'] as const;
export type StaffRole = (typeof staffRoles)[number];

export const TillMe = Strict({
  staff: Strict({
    id: Id('stf'),
    name: Type.String(),
    role: Type.Enum(staffRoles),
  }),
  merchant: Strict({ id: Id('mer'), name: Type.String() }),
  store: Strict({ id: Id('sto'), name: Type.String() }),
  terminal: Type.String({ description: '8 characters, field 41 of the bank message' }),
  currency: Type.String(),
  may_refund: Type.Boolean(),
});
export type TillMe = Static<typeof TillMe>;
export const TillSession = Strict({ token: Type.String(), me: TillMe });
export type TillSession = Static<typeof TillSession>;

/** A store's static code, to be printed. */
export const Poster = Strict({
  merchant: Strict({ id: Id('mer'), name: Type.String() }),
  store: Strict({ id: Id('sto'), name: Type.String() }),
  code: Type.String({ description: 'EMVCo merchant-presented payload, static' }),
});
export type Poster = Static<typeof Poster>;
