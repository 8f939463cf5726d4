import { type Static, Type } from 'typebox';
import { Amount, Id, Instant, Nullable, Strict } from './shapes.ts';

/* Repaying a credit card of any bank from a debit card of any bank. There is no fee. */

export const RepayCard = Strict({
  from_card_id: Id('tok'),
  amount: Amount,
});
export type RepayCard = Static<typeof RepayCard>;

export const AutoRepayMode = Type.Enum(['full', 'minimum']);
/** What a bill asks for is paid on the day it is due: all of it, or the minimum. */
export const SetAutoRepay = Strict({ from_card_id: Id('tok'), mode: AutoRepayMode });
export type SetAutoRepay = Static<typeof SetAutoRepay>;

/**
 * `waiting`: for a bill to fall due. `paid`: the last one. `retrying`: it did not succeed and is tried again.
 * `failed`: it was tried as often as it is: pay by hand.
 */
export const AutoRepay = Strict({
  card_id: Id('tok'),
  from_card_id: Id('tok'),
  mode: AutoRepayMode,
  state: Type.Enum(['waiting', 'paid', 'retrying', 'failed']),
  tries: Type.Integer({ minimum: 0 }),
  failed_because: Nullable(Type.String({ description: 'Code of the decline, or of the problem' })),
  transfer_id: Nullable(Id('trf')),
  acted_at: Nullable(Instant),
});
export type AutoRepay = Static<typeof AutoRepay>;
export const AutoRepaySetting = Strict({ auto_repay: Nullable(AutoRepay) });
export type AutoRepaySetting = Static<typeof AutoRepaySetting>;
