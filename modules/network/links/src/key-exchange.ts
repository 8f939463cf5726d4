import type { RandomBytes } from '@feiqian/ids';
import { keyChangeData } from '@feiqian/iso8583';
import { kcvCmac, wrapKey } from '@feiqian/keys/node';
import type { Members } from '@feiqian/members';
import { packMacKeys, unpackMacKeys } from './key-ring.ts';
import type { ManagementAnswer } from './management.ts';
import type { Timers } from './timers.ts';

/**
 * Between storing a new key and offering it to the bank: by then every process has read it, so that none meets
 * an answer under a key that it does not know.
 */
export const keySpreadMs = 2_500;
const macKeyBytes = 16;

/** How a key exchange ended. `unanswered`: both keys stay accepted; asking again offers the same key. */
export type KeyExchangeOutcome =
  | { ok: true; kcv: string }
  | { ok: false; code: 'no_keys' | 'busy' | 'unanswered' | 'refused' };

export interface KeyExchangeDeps {
  members: Pick<Members, 'openSecret' | 'replaceSecret'>;
  randomBytes: RandomBytes;
  timers: Timers;
  /** Reads the stored keys into this process's links. */
  reload(memberId: string): Promise<void>;
  send(memberId: string, data: string): Promise<ManagementAnswer>;
}

/**
 * Gives a bank a new MAC key: stored as offered, sent under the zone key (AES key wrap, RFC 3394, with its check
 * value), put to use when the bank says so. At every point each side accepts what the other may be signing with.
 */
export async function exchangeKeys(deps: KeyExchangeDeps, memberId: string): Promise<KeyExchangeOutcome> {
  const { members } = deps;
  const zone = await members.openSecret(memberId, 'zone_key');
  const stored = await members.openSecret(memberId, 'mac_key');
  if (zone === null || stored === null) return { ok: false, code: 'no_keys' };
  const { current, next: offered } = unpackMacKeys(stored.bytes);
  const next = offered ?? deps.randomBytes(new Uint8Array(macKeyBytes));
  let { version } = stored;
  if (offered === null) {
    if (!(await members.replaceSecret(memberId, 'mac_key', packMacKeys(current, next), version))) {
      return { ok: false, code: 'busy' };
    }
    version += 1;
    await deps.reload(memberId);
    await new Promise<void>((resolve) => deps.timers.after(keySpreadMs, resolve));
  }
  const kcv = kcvCmac(next);
  const answer = await deps.send(memberId, keyChangeData({ wrapped: wrapKey(zone.bytes, next), kcv }));
  if (answer.kind === 'unanswered') return { ok: false, code: 'unanswered' };
  const agreed = answer.responseCode === '00';
  await members.replaceSecret(memberId, 'mac_key', agreed ? next : current, version);
  await deps.reload(memberId);
  return agreed ? { ok: true, kcv } : { ok: false, code: 'refused' };
}

/** The bank has used the offered key: it is the one in use from now on. */
export async function adoptOfferedKey(
  members: Pick<Members, 'openSecret' | 'replaceSecret'>,
  memberId: string,
): Promise<void> {
  const stored = await members.openSecret(memberId, 'mac_key');
  if (stored === null) return;
  const { next } = unpackMacKeys(stored.bytes);
  if (next !== null) await members.replaceSecret(memberId, 'mac_key', next, stored.version);
}
