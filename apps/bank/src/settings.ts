import type { MessageProfile } from '@feiqian/iso8583';

/** Key and certificates in PEM. With `ca` the network must show a certificate of that authority. */
export interface TlsSettings {
  key: string;
  cert: string;
  ca?: string;
}

/** One reference bank. Keys are hexadecimal. */
export interface BankSettings {
  /** Short name, for example `yunzhou`: lower-case letters and digits; part of the names of its schemas. */
  id: string;
  name: string;
  nameEn: string;
  /** The first digits of its card numbers. */
  bins: readonly string[];
  /** Its identification code as a member of the network (fields 32, 102 and 103); the first BIN when left out. */
  institution?: string;
  /** Open for tests: people may read what was sent to their phones. Never at a bank with customers. */
  sandbox: boolean;
  /** Where the network is told of changes, and the secret that signs it; without it nothing is sent. */
  notices?: NoticeSettings;
  isoHost: string;
  /** 0: any free one. */
  isoPort: number;
  apiHost: string;
  /** 0: any free one. */
  apiPort: number;
  /** What the network sends as its bearer token. */
  apiKey: string;
  profile: MessageProfile;
  /** Shared with the network: wraps keys of message authentication on their way (RFC 3394). 16, 24 or 32 bytes. */
  zoneKeyHex: string;
  /** Shared with the network: the key of message authentication until the first key exchange. 16, 24 or 32 bytes. */
  macKeyHex: string;
  /** The bank's own: card numbers and identity documents are kept under keys that follow from it. 32 bytes. */
  dataKeyHex: string;
  /** IANA name of the zone in whose months cards expire. */
  timeZone: string;
  /** When the test cards with late answers get theirs, in ms. */
  lateAnswerMs: number;
  /** Without it the ports speak plainly, which only the machine itself may hear. */
  tls?: { iso?: TlsSettings; api?: TlsSettings };
}

/** Where notices go. */
export interface NoticeSettings {
  /** A function where it is not known yet; null: nowhere at present. */
  url: string | (() => string | null);
  /** Hexadecimal, 24 to 64 bytes, shared with the network. */
  secretHex: string;
}

/** Longer than the network waits (9 s) and its callers (12 s). */
export const lateAnswerMsDefault = 13_000;

/** The schemas of one bank, each owned by one module. */
export interface BankSchemas {
  ledger: string;
  customers: string;
  notices: string;
  accounts: string;
  cards: string;
  classes: string;
  identity: string;
  credit: string;
  authorisation: string;
  api: string;
}

/** @throws RangeError for an id that cannot be part of a schema's name */
export function bankSchemas(id: string): BankSchemas {
  if (!/^[a-z][a-z0-9]{0,19}$/.test(id)) throw new RangeError(`not a bank id: ${id}`);
  const named = (part: string) => `bank_${id}_${part}`;
  return {
    ledger: named('ledger'),
    customers: named('customers'),
    notices: named('notices'),
    accounts: named('accounts'),
    cards: named('cards'),
    classes: named('classes'),
    identity: named('identity'),
    credit: named('credit'),
    authorisation: named('authorisation'),
    api: named('api'),
  };
}
