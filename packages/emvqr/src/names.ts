const TOP: Readonly<Record<string, string>> = {
  '00': 'Payload format indicator',
  '01': 'Point of initiation method',
  '52': 'Merchant category code',
  '53': 'Transaction currency',
  '54': 'Transaction amount',
  '55': 'Tip or convenience indicator',
  '56': 'Value of convenience fee, fixed',
  '57': 'Value of convenience fee, percentage',
  '58': 'Country code',
  '59': 'Merchant name',
  '60': 'Merchant city',
  '61': 'Postal code',
  '62': 'Additional data field template',
  '63': 'CRC',
  '64': 'Merchant information, language template',
};
const INNER: Readonly<Record<string, string>> = {
  '62.01': 'Bill number',
  '62.02': 'Mobile number',
  '62.03': 'Store label',
  '62.04': 'Loyalty number',
  '62.05': 'Reference label',
  '62.06': 'Customer label',
  '62.07': 'Terminal label',
  '62.08': 'Purpose of transaction',
  '62.09': 'Additional consumer data request',
  '62.10': 'Merchant tax identifier',
  '62.11': 'Merchant channel',
  '64.00': 'Language preference',
  '64.01': 'Merchant name, alternate language',
  '64.02': 'Merchant city, alternate language',
};

/** The name of a data object by its path, such as `59` or `62.07` (EMVCo MPM tables 3.1, 3.7 and 3.8). */
export function mpmName(path: string): string {
  const known = TOP[path] ?? INNER[path];
  if (known !== undefined) return known;
  const inner = path.split('.')[1];
  if (inner === '00') return 'Globally unique identifier';
  if (inner !== undefined)
    return /^62\.[5-9][0-9]$/.test(path) ? 'Payment system specific template' : 'Context specific data';
  const number = Number(path);
  if (number >= 2 && number <= 51) return 'Merchant account information';
  return number >= 80 ? 'Unreserved template' : 'Reserved for EMVCo';
}
