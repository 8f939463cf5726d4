const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    out += digit(a >> 2) + digit(((a & 3) << 4) | ((b ?? 0) >> 4));
    out += b === undefined ? '=' : digit(((b & 15) << 2) | ((c ?? 0) >> 6));
    out += c === undefined ? '=' : digit(c & 63);
  }
  return out;
}

function digit(value: number): string {
  return ALPHABET.charAt(value);
}

/**
 * The bytes of canonical base64, or the place of the first character that is wrong: so that what was read is written
 * again the same (the `atob` of browsers takes more than that).
 */
export function fromBase64(text: string): { ok: true; bytes: Uint8Array } | { ok: false; offset: number } {
  const body = text.replace(/={1,2}$/, '');
  for (let i = 0; i < body.length; i++)
    if (!ALPHABET.includes(body.charAt(i))) return { ok: false, offset: i };
  if (text.length % 4 !== 0 || body.length % 4 === 1) return { ok: false, offset: text.length };
  const out = new Uint8Array(Math.floor((body.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of body) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? { ok: true, bytes: out } : { ok: false, offset: body.length - 1 };
}
