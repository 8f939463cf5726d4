const UTF8 = new TextEncoder();
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  return crc;
});

const next = (crc: number, byte: number): number =>
  ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] as number);

/**
 * CRC-16 with polynomial 1021 and initial value FFFF, without reflection (ISO/IEC 13239 as EMVCo MPM section 4.7.3 uses
 * it; known as CCITT-FALSE), over the UTF-8 bytes of the text: four upper-case hexadecimal digits.
 */
export function crc16(text: string): string {
  let crc = 0xffff;
  let i = 0;
  // A character below 128 is its own byte; from the first other one on the text is written out as bytes.
  for (; i < text.length && text.charCodeAt(i) < 0x80; i++) crc = next(crc, text.charCodeAt(i));
  if (i < text.length) for (const byte of UTF8.encode(text.slice(i))) crc = next(crc, byte);
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
