/**
 * A card number as it may be shown or logged: first six and last four digits (PCI DSS 3.4.1), for example
 * `915600******1234`. Numbers of fewer than 13 digits show at most the last four.
 */
export function maskPan(digits: string): string {
  if (digits.length < 13) {
    const shown = Math.max(0, Math.min(4, digits.length - 4));
    return '*'.repeat(digits.length - shown) + digits.slice(digits.length - shown);
  }
  return digits.slice(0, 6) + '*'.repeat(digits.length - 10) + digits.slice(-4);
}
