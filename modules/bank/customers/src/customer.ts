/** A person who holds accounts at the bank. */
export interface Customer {
  /** UUID. */
  id: string;
  /** As on the identity document, for example 陈晓云. */
  name: string;
  /** In Latin letters, for example Chen Xiaoyun. */
  nameLatin: string;
  /** Mainland mobile number, eleven digits. */
  mobile: string;
  createdAtMs: number;
}

/** The three factors of a real-name check, as somebody gives them. */
export interface Identity {
  name: string;
  identityNumber: string;
  mobile: string;
}

/** A customer to register; the number of the identity document is kept as a keyed hash only. */
export interface NewCustomer {
  id: string;
  name: string;
  nameLatin: string;
  identityNumber: string;
  mobile: string;
}

/** The name as a bank shows it before it knows who asks: the family name, then a star for each character. */
export function maskedName(name: string): string {
  const [first = '', ...rest] = [...name.trim()];
  return first + '*'.repeat(Math.max(1, rest.length));
}

/** True when `given` is the customer's name, in either script; blanks and case do not count. */
export function isNameOf(customer: Customer, given: string): boolean {
  const plain = (text: string) => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();
  const name = plain(given);
  return name !== '' && (name === plain(customer.name) || name === plain(customer.nameLatin));
}
