/** What a scanned, pictured or pasted text is, as far as the phone alone can tell. */
export type Scanned =
  | { kind: 'payment'; paymentId: string }
  | { kind: 'receive'; code: string }
  | { kind: 'pay_code' }
  | { kind: 'code'; text: string };

const textMax = 1000;
const link = /^https?:\/\/[^\s/]+\/wallet\/pay\/(pay_[0-9a-f]{32})\/?(?:[?#].*)?$/;

const receiveLink = /^https?:\/\/[^\s/]+\/wallet\/send\?code=(rcv_[0-9a-f]{32})$/;

/**
 * Sorts a text: a payment link of any Feiqian wallet (its id is what counts, not its host: we never
 * open a scanned address), a payer's own code, or something the network is to read.
 */
export function sortScanned(text: string): Scanned {
  const trimmed = text.trim().slice(0, textMax);
  const found = link.exec(trimmed);
  if (found?.[1]) return { kind: 'payment', paymentId: found[1] };
  const received = receiveLink.exec(trimmed);
  if (received?.[1]) return { kind: 'receive', code: received[1] };
  if (/^91\d{17}$/.test(trimmed.replace(/\s/g, '')) || trimmed.startsWith('hQVDUFY'))
    return { kind: 'pay_code' };
  return { kind: 'code', text: trimmed };
}
