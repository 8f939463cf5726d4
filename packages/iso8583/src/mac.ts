import { type Cmac, createCmac } from '@feiqian/keys/node';
import { encodeAndFinish } from './codec.ts';
import { compiled } from './compiled.ts';
import type { MacRule, Message, MessageProfile } from './profile.ts';

/** A key as bytes, or prepared once with `createCmac` (faster when it is used for many messages). */
export type MacKey = Uint8Array | Cmac;

/**
 * Encodes a message with its message authentication code: the leftmost 8 bytes of the AES-CMAC (RFC 4493) over
 * all bytes from the message type to the last one before the code. The code stands in field 64, or in 128 if the
 * message has a field above 64. A code already in the message is replaced. Profiles without a MAC throw.
 */
export function applyMac(profile: MessageProfile, message: Message, key: MacKey): Uint8Array {
  const rule = macRule(profile);
  // Copied field by field: an object from which a key was deleted is slow ever after.
  const fields: Message['fields'] = {};
  let second = false;
  for (const key of Object.keys(message.fields)) {
    const field = Number(key);
    const value = message.fields[field];
    if (value === undefined || field === rule.fields[0] || field === rule.fields[1]) continue;
    fields[field] = value;
    if (field > 64) second = true;
  }
  fields[second ? rule.fields[1] : rule.fields[0]] = new Uint8Array(rule.bytes);
  return encodeAndFinish(profile, { ...message, fields }, (bytes) => {
    const codeAt = bytes.length - macWireBytes(profile, rule);
    const code = prepared(key)
      .mac(bytes.subarray(compiled(profile).header.length, codeAt))
      .subarray(0, rule.bytes);
    if (bytes.length - codeAt === rule.bytes) bytes.set(code, codeAt);
    else Buffer.from(bytes.buffer).write(Buffer.from(code).toString('hex').toUpperCase(), codeAt, 'latin1');
  });
}

/**
 * True when the encoded message carries the right code for the key. False when it has none, another one, or one in
 * the wrong field. Compared in constant time; takes any bytes.
 */
export function verifyMac(profile: MessageProfile, bytes: Uint8Array, key: MacKey): boolean {
  const rule = macRule(profile);
  const plan = compiled(profile);
  const wireBytes = macWireBytes(profile, rule);
  const codeAt = bytes.length - wireBytes;
  const bitmapAt = plan.header.length + plan.mti.bytesMax;
  if (codeAt < bitmapAt + (plan.bitmapHex ? 16 : 8)) return false;
  const second = bitmapBit(bytes, bitmapAt, plan.bitmapHex, 1);
  if (!bitmapBit(bytes, bitmapAt, plan.bitmapHex, second ? rule.fields[1] : rule.fields[0])) return false;
  const sent = bytes.subarray(codeAt);
  const code = wireBytes === rule.bytes ? sent : fromHex(sent);
  if (code === null) return false;
  return prepared(key).verify(bytes.subarray(plan.header.length, codeAt), code);
}

function macRule(profile: MessageProfile): MacRule {
  if (profile.mac === null) throw new Error(`profile ${profile.name} has no message authentication code`);
  return profile.mac;
}

function prepared(key: MacKey): Cmac {
  return key instanceof Uint8Array ? createCmac(key) : key;
}

/** The code is the last field of any message that has it, so its place is counted from the end. */
function macWireBytes(profile: MessageProfile, rule: MacRule): number {
  const codec = compiled(profile).fields[rule.fields[0]];
  if (codec === undefined) throw new Error(`profile ${profile.name} has no field ${rule.fields[0]}`);
  return codec.bytesMax;
}

function bitmapBit(bytes: Uint8Array, bitmapAt: number, hex: boolean, field: number): boolean {
  const bit = field - 1;
  if (!hex) return ((bytes[bitmapAt + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0;
  const digit = Number.parseInt(String.fromCharCode(bytes[bitmapAt + (bit >> 2)] ?? 0), 16);
  return (digit & (8 >> (bit & 3))) !== 0;
}

function fromHex(bytes: Uint8Array): Uint8Array | null {
  const digits = Buffer.from(bytes).toString('latin1');
  return /^([0-9A-F]{2})+$/.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : null;
}
