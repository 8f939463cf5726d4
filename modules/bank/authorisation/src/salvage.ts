import { type DecodeError, decodeMessage, type Message, type MessageProfile } from '@feiqian/iso8583';

/**
 * What can be read of a frame that cannot be read whole: the fields before the one that fails. It is enough to
 * answer with a format error (30) that the sender can match, and is trusted for nothing else.
 *
 * @returns null when not even message type and STAN are readable
 */
export function salvage(profile: MessageProfile, frame: Uint8Array, error: DecodeError): Message | null {
  if (error.code === 'trailing_bytes') return readable(profile, frame.subarray(0, error.offset));
  if (error.field === undefined || error.field < 12) return null;
  const cut = withoutFieldsFrom(profile, frame, error.field);
  if (cut === null) return null;
  const decoded = decodeMessage(profile, cut);
  if (decoded.ok) return withStan(decoded.message);
  return decoded.error.code === 'trailing_bytes'
    ? readable(profile, cut.subarray(0, decoded.error.offset))
    : null;
}

function readable(profile: MessageProfile, bytes: Uint8Array): Message | null {
  const decoded = decodeMessage(profile, bytes);
  return decoded.ok ? withStan(decoded.message) : null;
}

function withStan(message: Message): Message | null {
  return typeof message.fields[11] === 'string' ? message : null;
}

/** The frame with a bitmap that announces only the fields before `field`; the second bitmap goes with them. */
function withoutFieldsFrom(profile: MessageProfile, frame: Uint8Array, field: number): Uint8Array | null {
  const hex = profile.bitmap === 'hex';
  const mapBytes = hex ? 16 : 8;
  const mapAt = (profile.header?.hex.length ?? 0) / 2 + (profile.mti === 'ascii' ? 4 : 2);
  const first = readMap(frame, mapAt, hex);
  const second = (first[0] ?? 0) & 0x80 ? readMap(frame, mapAt + mapBytes, hex) : null;
  const restAt = mapAt + mapBytes + (second ? mapBytes : 0);
  if (frame.length < restAt) return null;
  const keep = Math.min(field, 65);
  for (let f = 2; f <= 64; f++) if (f >= keep) clear(first, f);
  first[0] = (first[0] ?? 0) & 0x7f;
  const map = hex
    ? Buffer.from(Buffer.from(first).toString('hex').toUpperCase(), 'latin1')
    : Buffer.from(first);
  return Buffer.concat([frame.subarray(0, mapAt), map, frame.subarray(restAt)]);
}

function readMap(frame: Uint8Array, at: number, hex: boolean): Uint8Array {
  if (!hex) return Uint8Array.from(frame.subarray(at, at + 8));
  return Uint8Array.from(Buffer.from(Buffer.from(frame.subarray(at, at + 16)).toString('latin1'), 'hex'));
}

function clear(map: Uint8Array, field: number): void {
  const at = (field - 1) >> 3;
  map[at] = (map[at] ?? 0) & ~(0x80 >> ((field - 1) & 7));
}
