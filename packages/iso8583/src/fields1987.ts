import type { FieldFormat, FieldType, VariableLength } from './profile.ts';

/** A field of the standard, before a profile says how it is encoded. */
export interface StandardField {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number | VariableLength;
  readonly sensitive?: FieldFormat['sensitive'];
}

const ll = (max: number): VariableLength => ({ var: 'LL', max });
const lll = (max: number): VariableLength => ({ var: 'LLL', max });
const f = (
  name: string,
  type: FieldType,
  length: number | VariableLength,
  sensitive?: FieldFormat['sensitive'],
): StandardField => (sensitive ? { name, type, length, sensitive } : { name, type, length });

const reserved = (who: string): StandardField => f(`Reserved for ${who} use`, 'ans', lll(999));

/**
 * Data elements 2 to 128 of ISO 8583:1987 section 4. Currency codes are numeric here, and 55 holds chip data
 * (as all networks use it); 65 is left out, because no network uses a third bitmap.
 */
export const FIELDS_1987: Readonly<Record<number, StandardField>> = {
  2: f('Primary account number', 'n', ll(19), 'pan'),
  3: f('Processing code', 'n', 6),
  4: f('Amount, transaction', 'n', 12),
  5: f('Amount, settlement', 'n', 12),
  6: f('Amount, cardholder billing', 'n', 12),
  7: f('Transmission date and time', 'n', 10),
  8: f('Amount, cardholder billing fee', 'n', 8),
  9: f('Conversion rate, settlement', 'n', 8),
  10: f('Conversion rate, cardholder billing', 'n', 8),
  11: f('System trace audit number', 'n', 6),
  12: f('Time, local transaction', 'n', 6),
  13: f('Date, local transaction', 'n', 4),
  14: f('Date, expiration', 'n', 4),
  15: f('Date, settlement', 'n', 4),
  16: f('Date, conversion', 'n', 4),
  17: f('Date, capture', 'n', 4),
  18: f('Merchant category code', 'n', 4),
  19: f('Acquiring institution country code', 'n', 3),
  20: f('PAN extended, country code', 'n', 3),
  21: f('Forwarding institution country code', 'n', 3),
  22: f('Point of service entry mode', 'n', 3),
  23: f('Card sequence number', 'n', 3),
  24: f('Network international identifier', 'n', 3),
  25: f('Point of service condition code', 'n', 2),
  26: f('Point of service PIN capture code', 'n', 2),
  27: f('Authorisation identification response length', 'n', 1),
  28: f('Amount, transaction fee', 'x+n', 8),
  29: f('Amount, settlement fee', 'x+n', 8),
  30: f('Amount, transaction processing fee', 'x+n', 8),
  31: f('Amount, settlement processing fee', 'x+n', 8),
  32: f('Acquiring institution identification', 'n', ll(11)),
  33: f('Forwarding institution identification', 'n', ll(11)),
  34: f('PAN, extended', 'ans', ll(28), 'pan'),
  35: f('Track 2 data', 'z', ll(37), 'track'),
  36: f('Track 3 data', 'z', lll(104), 'track'),
  37: f('Retrieval reference number', 'an', 12),
  38: f('Authorisation identification response', 'an', 6),
  39: f('Response code', 'an', 2),
  40: f('Service restriction code', 'an', 3),
  41: f('Card acceptor terminal identification', 'ans', 8),
  42: f('Card acceptor identification', 'ans', 15),
  43: f('Card acceptor name and location', 'ans', 40),
  44: f('Additional response data', 'ans', ll(25)),
  45: f('Track 1 data', 'ans', ll(76), 'track'),
  46: f('Additional data, ISO', 'ans', lll(999)),
  47: f('Additional data, national', 'ans', lll(999)),
  48: f('Additional data, private', 'ans', lll(999)),
  49: f('Currency code, transaction', 'n', 3),
  50: f('Currency code, settlement', 'n', 3),
  51: f('Currency code, cardholder billing', 'n', 3),
  52: f('PIN data', 'b', 8, 'pin'),
  53: f('Security related control information', 'n', 16),
  54: f('Additional amounts', 'an', lll(120)),
  55: f('Chip data (EMV)', 'b', lll(255), 'track'),
  56: reserved('ISO'),
  57: reserved('national'),
  58: reserved('national'),
  59: reserved('national'),
  60: f('Payment reference (private)', 'ans', lll(999)),
  61: f('Card security code (private)', 'ans', lll(999), 'cvv'),
  62: f('Merchant name as shown (private)', 'ans', lll(999)),
  63: f('Network data (private)', 'ans', lll(999)),
  64: f('Message authentication code', 'b', 8),
  66: f('Settlement code', 'n', 1),
  67: f('Extended payment code', 'n', 2),
  68: f('Receiving institution country code', 'n', 3),
  69: f('Settlement institution country code', 'n', 3),
  70: f('Network management information code', 'n', 3),
  71: f('Message number', 'n', 4),
  72: f('Message number, last', 'n', 4),
  73: f('Date, action', 'n', 6),
  74: f('Credits, number', 'n', 10),
  75: f('Credits, reversal number', 'n', 10),
  76: f('Debits, number', 'n', 10),
  77: f('Debits, reversal number', 'n', 10),
  78: f('Transfer, number', 'n', 10),
  79: f('Transfer, reversal number', 'n', 10),
  80: f('Inquiries, number', 'n', 10),
  81: f('Authorisations, number', 'n', 10),
  82: f('Credits, processing fee amount', 'n', 12),
  83: f('Credits, transaction fee amount', 'n', 12),
  84: f('Debits, processing fee amount', 'n', 12),
  85: f('Debits, transaction fee amount', 'n', 12),
  86: f('Credits, amount', 'n', 16),
  87: f('Credits, reversal amount', 'n', 16),
  88: f('Debits, amount', 'n', 16),
  89: f('Debits, reversal amount', 'n', 16),
  90: f('Original data elements', 'n', 42),
  91: f('File update code', 'an', 1),
  92: f('File security code', 'an', 2),
  93: f('Response indicator', 'an', 5),
  94: f('Service indicator', 'an', 7),
  95: f('Replacement amounts', 'an', 42),
  96: f('Message security code', 'b', 8),
  97: f('Amount, net settlement', 'x+n', 16),
  98: f('Payee', 'ans', 25),
  99: f('Settlement institution identification', 'n', ll(11)),
  100: f('Receiving institution identification', 'n', ll(11)),
  101: f('File name', 'ans', ll(17)),
  102: f('Account identification 1', 'ans', ll(28), 'pan'),
  103: f('Account identification 2', 'ans', ll(28), 'pan'),
  104: f('Transaction description', 'ans', lll(100)),
  ...range(105, 111, reserved('ISO')),
  ...range(112, 119, reserved('national')),
  ...range(120, 127, reserved('private')),
  128: f('Message authentication code', 'b', 8),
};

function range(from: number, to: number, field: StandardField): Record<number, StandardField> {
  const out: Record<number, StandardField> = {};
  for (let number = from; number <= to; number++) out[number] = field;
  return out;
}
