import { createCipheriv, timingSafeEqual } from 'node:crypto';

const BLOCK_BYTES = 16;
const ZERO_IV = new Uint8Array(BLOCK_BYTES);

/** AES-CMAC under one key; the two subkeys are derived once, so keep it for as long as the key lives. */
export interface Cmac {
  /** The 16-byte CMAC of `data` (any length, also zero). */
  mac(data: Uint8Array): Uint8Array;
  /** True when `expected` (4 to 16 bytes) is the leftmost part of the CMAC; compared in constant time. */
  verify(data: Uint8Array, expected: Uint8Array): boolean;
}

/**
 * AES-CMAC (NIST SP 800-38B, RFC 4493).
 * @param key 16, 24 or 32 bytes; any other length throws.
 */
export function createCmac(key: Uint8Array): Cmac {
  const [whole, padded] = subkeys(aesBlock(key, ZERO_IV));
  const cipher = createCipheriv(aesName(key, 'cbc'), key, ZERO_IV);
  cipher.setAutoPadding(false);
  // Making a cipher costs more than a MAC does, so one is kept. It chains on from its last output, which is
  // therefore XORed into the next first block: the chain begins at zero again, as CMAC needs.
  let chain: Uint8Array = ZERO_IV;

  function mac(data: Uint8Array): Uint8Array {
    const blocks = Math.max(1, Math.ceil(data.length / BLOCK_BYTES));
    const input = new Uint8Array(blocks * BLOCK_BYTES);
    const lastAt = input.length - BLOCK_BYTES;
    input.set(data);
    const complete = data.length === input.length;
    if (!complete) input[data.length] = 0x80;
    const mask = complete ? whole : padded;
    for (let i = 0; i < BLOCK_BYTES; i++) {
      input[lastAt + i] = at(input, lastAt + i) ^ at(mask, i);
      input[i] = at(input, i) ^ at(chain, i);
    }
    const output = cipher.update(input);
    chain = new Uint8Array(output.subarray(lastAt));
    return chain.slice();
  }

  return {
    mac,
    verify(data, expected) {
      if (expected.length < 4 || expected.length > BLOCK_BYTES) return false;
      return timingSafeEqual(mac(data).subarray(0, expected.length), expected);
    },
  };
}

/** One AES block in ECB mode, the primitive behind the subkeys and the classic key check value. */
export function aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv(aesName(key, 'ecb'), key, null);
  cipher.setAutoPadding(false);
  return new Uint8Array(cipher.update(block));
}

function aesName(key: Uint8Array, mode: 'cbc' | 'ecb'): string {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`an AES key has 16, 24 or 32 bytes, not ${key.length}`);
  }
  return `aes-${key.length * 8}-${mode}`;
}

/** K1 and K2 of SP 800-38B section 6.1: doubling in GF(2^128) with the constant 0x87. */
function subkeys(zeroBlock: Uint8Array): [Uint8Array, Uint8Array] {
  const first = double(zeroBlock);
  return [first, double(first)];
}

function double(block: Uint8Array): Uint8Array {
  const out = new Uint8Array(BLOCK_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i++) out[i] = ((at(block, i) << 1) | (at(block, i + 1) >> 7)) & 0xff;
  if (at(block, 0) & 0x80) out[BLOCK_BYTES - 1] = at(out, BLOCK_BYTES - 1) ^ 0x87;
  return out;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
