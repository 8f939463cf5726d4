import {
  applyMac,
  decodeMessage,
  encodeMessage,
  frameMessage,
  type Message,
  type MessageProfile,
  verifyMac,
} from '@feiqian/iso8583';
import type { KeyRing } from './key-ring.ts';

/** What arrived on a connection. */
export type Received =
  /** `authentic`: the MAC is right, or the link has none. */
  { ok: true; message: Message; authentic: boolean } | { ok: false; reason: string };

/** Turns messages into bytes and back, with the MAC of the link's keys. */
export interface Wire {
  /** The bytes of a message with MAC and length header. Throws when the profile cannot carry it. */
  encode(message: Message): Uint8Array;
  /** Reads one frame (without its length header). Takes any bytes. */
  decode(frame: Uint8Array): Received;
}

export function createWire(profile: MessageProfile, keys: KeyRing): Wire {
  return {
    encode(message) {
      const key = keys.signing();
      const bytes =
        key === null || profile.mac === null
          ? encodeMessage(profile, message)
          : applyMac(profile, message, key);
      return frameMessage(profile, bytes);
    },
    decode(frame) {
      const decoded = decodeMessage(profile, frame);
      if (!decoded.ok) return { ok: false, reason: `${decoded.error.code}: ${decoded.error.reason}` };
      const authentic = profile.mac === null || keys.accepts((key) => verifyMac(profile, frame, key));
      return { ok: true, message: decoded.message, authentic };
    },
  };
}
