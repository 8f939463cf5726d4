/** Digits of the numeric form of a payer's one-time code. */
export const payCodeDigits = 19;
/** Longest text the network takes as a pay code. */
export const payCodeTextMax = 600;

export type ReadCode =
  | { readonly kind: 'pay_code'; readonly text: string }
  /** A merchant's collection code: the two sides have swapped phones. */
  | { readonly kind: 'merchant_code' }
  /** Some digits of a code, for instance when the scanner read only part of the bars. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'foreign' };

/**
 * Says what a scanned or typed text is, so that a wrong code is refused at the counter, with words, and not
 * by the network. Consumer-presented codes are base64 of a TLV that begins with template 85 "CPV01"
 * (EMVCo QR CPM 1.1, section 4.1), so the text begins `hQVDUFYwMW`; merchant-presented ones begin `000201`
 * (EMVCo QR MPM 1.1, section 4.2).
 */
export function readCode(scanned: string): ReadCode {
  const text = scanned.trim();
  const bare = text.replace(/[\s-]/g, '');
  if (/^\d+$/.test(bare)) {
    if (bare.length === payCodeDigits) return { kind: 'pay_code', text: bare };
    // Twelve to fourteen digits are what stands on goods (GTIN), not a part of a pay code.
    const goods = bare.length >= 12 && bare.length <= 14;
    return bare.length > 5 && bare.length < payCodeDigits && !goods
      ? { kind: 'incomplete' }
      : { kind: 'foreign' };
  }
  if (text.startsWith('hQVDUFYwMW') && text.length <= payCodeTextMax) return { kind: 'pay_code', text };
  if (/^000201/.test(text)) return { kind: 'merchant_code' };
  return { kind: 'foreign' };
}
