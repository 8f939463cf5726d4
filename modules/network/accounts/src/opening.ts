import { instant } from '@feiqian/clock';
import type { Opening } from '@feiqian/contract';
import { fromUuid } from '@feiqian/ids';
import { accountIdOf } from '@feiqian/notices';
import type { Faces } from './account.ts';

/** An account that is being opened. Ids are UUIDs; references and `verificationId` are the banks' own. */
export interface StoredOpening {
  id: string;
  userId: string;
  deviceId: string;
  memberId: string;
  class: Opening['class'];
  viaMemberId: string;
  tokenId: string;
  viaLast4: string;
  /** Sealed; null once it is over. */
  identity: Uint8Array | null;
  verificationId: string;
  state: Opening['state'];
  verifiedAt: string | null;
  expiresAtMs: number;
  accountRef: string | null;
  cardId: string | null;
}

export function openingView(o: StoredOpening, faces: Faces): Opening {
  return {
    id: fromUuid(o.id, 'opn'),
    state: o.state,
    bank: faces.ofMember(o.memberId),
    class: o.class,
    verified_by: { bank: faces.ofMember(o.viaMemberId), last4: o.viaLast4 },
    expires_at: instant(o.expiresAtMs),
    account_id: o.accountRef === null ? null : fromUuid(accountIdOf(o.memberId, o.accountRef), 'acc'),
    card_id: o.cardId === null ? null : fromUuid(o.cardId, 'tok'),
  };
}
