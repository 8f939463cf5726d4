import type { LengthHeader, MessageProfile } from './profile.ts';

export type FramingErrorCode = 'bad_length' | 'zero_length' | 'oversize';

/** After this the byte stream has no known boundary any more: the connection must be closed. */
export interface FramingError {
  code: FramingErrorCode;
  reason: string;
}

export interface Pushed {
  /** Complete messages, without their length headers, in order of arrival; each has its own memory. */
  frames: Uint8Array[];
  error?: FramingError;
}

export interface Framer {
  /** Takes bytes as they come: a drip, a part, many messages at once. After an error it takes nothing more. */
  push(chunk: Uint8Array): Pushed;
  /** Bytes waiting for the rest of their message. */
  readonly pendingBytes: number;
}

/**
 * Cuts a byte stream into messages by the profile's length header.
 * @param options.frameBytesMax most bytes of one message; a longer announcement is an error before it is read,
 *   so no peer can make this side keep more than that.
 */
export function createFramer(profile: MessageProfile, options: { frameBytesMax: number }): Framer {
  const rule = profile.lengthHeader;
  let pending = new Uint8Array(0);
  let pendingLength = 0;
  let error: FramingError | undefined;

  function keep(bytes: Uint8Array): void {
    const needed = pendingLength + bytes.length;
    if (needed > pending.length) {
      const bigger = new Uint8Array(Math.max(needed, 2 * pending.length, 256));
      bigger.set(pending.subarray(0, pendingLength));
      pending = bigger;
    }
    pending.set(bytes, pendingLength);
    pendingLength = needed;
  }

  /** Bytes of the whole frame at `at`, header included; 0 while the header is incomplete. */
  function wholeLength(bytes: Uint8Array, at: number): number {
    if (bytes.length - at < rule.bytes) return 0;
    const length = readLength(rule, bytes, at);
    if (typeof length !== 'number') error = length;
    else if (length > options.frameBytesMax) {
      const reason = `a message of ${length} bytes is announced, at most ${options.frameBytesMax} are taken`;
      error = { code: 'oversize', reason };
    } else return rule.bytes + length;
    return 0;
  }

  return {
    get pendingBytes() {
      return pendingLength;
    },
    push(chunk) {
      const frames: Uint8Array[] = [];
      if (error === undefined) {
        let bytes = chunk;
        if (pendingLength > 0) {
          keep(chunk);
          bytes = pending.subarray(0, pendingLength);
        }
        let at = 0;
        for (;;) {
          const whole = wholeLength(bytes, at);
          if (whole === 0 || bytes.length - at < whole) break;
          frames.push(new Uint8Array(bytes.subarray(at + rule.bytes, at + whole)));
          at += whole;
        }
        const rest = bytes.subarray(at);
        if (pendingLength > 0) {
          pending.copyWithin(0, at, pendingLength);
          pendingLength = rest.length;
        } else if (rest.length > 0) keep(rest);
        if (error !== undefined) pendingLength = 0;
      }
      return error === undefined ? { frames } : { frames, error };
    },
  };
}

/** Puts the length header before an encoded message. A message too long for the header throws. */
export function frameMessage(profile: MessageProfile, message: Uint8Array): Uint8Array {
  const rule = profile.lengthHeader;
  const length = message.length + (rule.includesItself ? rule.bytes : 0);
  if (message.length === 0 || length > highest(rule)) {
    throw new RangeError(
      `a message of ${message.length} bytes does not fit the length header of ${profile.name}`,
    );
  }
  const out = new Uint8Array(rule.bytes + message.length);
  let rest = length;
  const base = rule.encoding === 'binary' ? 256 : rule.encoding === 'bcd' ? 100 : 10;
  for (let i = rule.bytes - 1; i >= 0; i--) {
    const part = rest % base;
    if (rule.encoding === 'binary') out[i] = part;
    else if (rule.encoding === 'bcd') out[i] = (Math.floor(part / 10) << 4) | (part % 10);
    else out[i] = 0x30 + part;
    rest = Math.floor(rest / base);
  }
  out.set(message, rule.bytes);
  return out;
}

function highest(rule: LengthHeader): number {
  if (rule.encoding === 'binary') return 256 ** rule.bytes - 1;
  return rule.encoding === 'bcd' ? 100 ** rule.bytes - 1 : 10 ** rule.bytes - 1;
}

/** The bytes that follow the header, or why the header is no length. */
function readLength(rule: LengthHeader, bytes: Uint8Array, at: number): number | FramingError {
  let length = 0;
  for (let i = 0; i < rule.bytes; i++) {
    const byte = bytes[at + i] ?? 0;
    if (rule.encoding === 'binary') length = length * 256 + byte;
    else {
      const high = rule.encoding === 'bcd' ? byte >> 4 : 0;
      const low = rule.encoding === 'bcd' ? byte & 15 : byte - 0x30;
      if (high > 9 || low < 0 || low > 9)
        return { code: 'bad_length', reason: 'the length header is not a number' };
      length = rule.encoding === 'bcd' ? length * 100 + high * 10 + low : length * 10 + low;
    }
  }
  const body = rule.includesItself ? length - rule.bytes : length;
  if (body < 0) return { code: 'bad_length', reason: 'the length header is shorter than itself' };
  if (body === 0) return { code: 'zero_length', reason: 'a message of no bytes is announced' };
  return body;
}
