import { createHash } from 'node:crypto';

/**
 * A UUID of version 8 (RFC 9562 section 5.8) that follows from a text: things that are set up at every start get
 * the same id each time, so that setting them up again changes nothing.
 */
export function namedUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
