import { aesBlock, createCmac } from './cmac.ts';

const ZERO_BLOCK = new Uint8Array(16);

/**
 * Key check value of an AES key by CMAC: the leftmost bytes of the CMAC of sixteen zero bytes, upper-case
 * hexadecimal (ANSI X9.24-1, AES keys). Both ends of a key exchange compare it; it reveals nothing useful.
 */
export function kcvCmac(key: Uint8Array, bytes = 3): string {
  return hex(createCmac(key).mac(ZERO_BLOCK).subarray(0, bytes));
}

/** The older check value: the leftmost bytes of the zero block encrypted under the key, upper-case hexadecimal. */
export function kcvZeroBlock(key: Uint8Array, bytes = 3): string {
  return hex(aesBlock(key, ZERO_BLOCK).subarray(0, bytes));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
