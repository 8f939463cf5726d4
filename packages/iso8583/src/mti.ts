/** What a message is about: the second digit of its type (ISO 8583:1987 section 3). */
export type MessageClass =
  | 'authorisation'
  | 'financial'
  | 'file_action'
  | 'reversal'
  | 'reconciliation'
  | 'administrative'
  | 'network';

const CLASSES: Readonly<Record<string, MessageClass>> = {
  1: 'authorisation',
  2: 'financial',
  3: 'file_action',
  4: 'reversal',
  5: 'reconciliation',
  6: 'administrative',
  8: 'network',
};

/** The message types the network and its banks exchange. */
export const MTI = {
  authorisationRequest: '0100',
  authorisationResponse: '0110',
  financialRequest: '0200',
  financialResponse: '0210',
  financialAdvice: '0220',
  financialAdviceRepeat: '0221',
  financialAdviceResponse: '0230',
  reversalRequest: '0400',
  reversalResponse: '0410',
  reversalAdvice: '0420',
  reversalAdviceRepeat: '0421',
  reversalAdviceResponse: '0430',
  networkRequest: '0800',
  networkResponse: '0810',
} as const;

/** The class of a message type, or null for a type outside the 1987 edition. */
export function messageClass(mti: string): MessageClass | null {
  return /^0[0-9]{3}$/.test(mti) ? (CLASSES[mti.charAt(1)] ?? null) : null;
}

/** True for types that ask for an answer: requests and advices, repeats included. */
export function isRequest(mti: string): boolean {
  return messageClass(mti) !== null && (mti[2] === '0' || mti[2] === '2');
}

/** The answer's type: 0200 → 0210, 0420 and 0421 → 0430. Null for what is not a request or advice. */
export function responseMti(mti: string): string | null {
  if (!isRequest(mti)) return null;
  const origin = Math.floor(Number(mti[3]) / 2) * 2;
  return `${mti.slice(0, 2)}${Number(mti[2]) + 1}${origin}`;
}

/** The type of a repeat: 0220 → 0221, 0420 → 0421; a repeat stays what it is. */
export function repeatMti(mti: string): string {
  return `${mti.slice(0, 3)}${Number(mti[3]) | 1}`;
}

/** True for a repeated request or advice (odd last digit). */
export function isRepeat(mti: string): boolean {
  return /^[0-9]{3}[13579]$/.test(mti);
}
