import { type ConfigProblem, createReader } from '@feiqian/config';
import { vapidKeyOf } from '@feiqian/keys/node';

export const modes = ['sandbox', 'production'] as const;
export type Mode = (typeof modes)[number];

/** Everything that may be set from outside, parsed once. */
export interface Config {
  mode: Mode;
  host: string;
  port: number;
  /** Address at which browsers reach the network; links and codes are made with it. */
  publicUrl: string;
  databaseUrl: string | null;
  databasePool: number;
  dataDir: string;
  /** Lists and look-ups that one caller may ask for in a second. */
  readsPerSecond: number;
  /** Key-encryption keys, `number:hex` separated by commas. */
  keyRing: string;
  lookupKey: string;
  smsUrl: string | null;
  /** By which push services know this network, 32 bytes in hexadecimal; null: none configured. */
  pushKey: string | null;
  /** `mailto:` or `https:` for push services that want to reach whoever runs this. */
  pushContact: string | null;
  timeZone: string;
  currency: string;
  /** DE32 and DE33 of what the network sends. */
  institution: string;
  acquirer: string;
  logLevel: string;
  tls: { keyFile: string; certFile: string } | null;
  /** Sandbox: ports of the three reference banks (ISO 8583 from the first, HTTP from the second); 0 picks free ones. */
  bankIsoPort: number;
  bankApiPort: number;
  /** Sandbox: start the reference banks inside this process. */
  withBanks: boolean;
  /** Sandbox: give the city a past of some days at the first start. */
  history: boolean;
  /** How often the continuous audit looks at a sample of the books, in seconds; 0 is never. */
  auditSeconds: number;
  fresh: boolean;
}

/** Keys of the sandbox, published on purpose; a production start refuses them. */
export const sandboxKeys = {
  keyRing: `1:${'5a'.repeat(32)}`,
  lookupKey: 'a5'.repeat(32),
} as const;

export type ParsedConfig = { ok: true; config: Config } | { ok: false; problems: readonly ConfigProblem[] };

/**
 * Parses the environment and the command line. Reports all problems at once. In production it refuses the
 * sandbox's keys, an engine without fsync and a missing way to send one-time codes.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  options: { fresh?: boolean } = {},
): ParsedConfig {
  const r = createReader(env);
  const mode = r.oneOf('FEIQIAN_MODE', modes, 'sandbox');
  const sandbox = mode === 'sandbox';
  const port = r.integer('PORT', 8080, 0, 65_535);
  const host = r.text('FEIQIAN_HOST', '127.0.0.1');
  const tlsKey = r.optional('FEIQIAN_TLS_KEY_FILE');
  const tlsCert = r.optional('FEIQIAN_TLS_CERT_FILE');
  if ((tlsKey === null) !== (tlsCert === null)) {
    r.refuse('FEIQIAN_TLS_KEY_FILE', 'goes together with FEIQIAN_TLS_CERT_FILE');
  }
  const config: Config = {
    mode,
    host,
    port,
    publicUrl: r.text('FEIQIAN_PUBLIC_URL', `http://localhost:${port}`).replace(/\/+$/, ''),
    databaseUrl: r.optional('DATABASE_URL'),
    databasePool: r.integer('FEIQIAN_DATABASE_POOL', 12, 2, 200),
    dataDir: r.text('FEIQIAN_DATA_DIR', './data'),
    readsPerSecond: r.integer('FEIQIAN_READS_PER_SECOND', 200, 1, 1_000_000),
    keyRing: r.text('FEIQIAN_KEYS', sandbox ? sandboxKeys.keyRing : ''),
    lookupKey: r.hex('FEIQIAN_LOOKUP_KEY', 32, sandbox ? sandboxKeys.lookupKey : null),
    smsUrl: r.optional('FEIQIAN_SMS_URL'),
    pushKey: r.optional('FEIQIAN_PUSH_KEY'),
    pushContact: r.optional('FEIQIAN_PUSH_CONTACT'),
    timeZone: r.text('FEIQIAN_TIME_ZONE', 'Asia/Shanghai'),
    currency: r.text('FEIQIAN_CURRENCY', 'CNY'),
    institution: r.text('FEIQIAN_INSTITUTION', '91560099'),
    acquirer: r.text('FEIQIAN_ACQUIRER', '91560090'),
    logLevel: r.oneOf('FEIQIAN_LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'warn'),
    tls: tlsKey !== null && tlsCert !== null ? { keyFile: tlsKey, certFile: tlsCert } : null,
    bankIsoPort: r.integer('FEIQIAN_BANK_ISO_PORT', 8601, 0, 65_000),
    bankApiPort: r.integer('FEIQIAN_BANK_API_PORT', 8701, 0, 65_000),
    withBanks: sandbox && r.flag('FEIQIAN_WITH_BANKS', true),
    history: sandbox && r.flag('FEIQIAN_HISTORY', true),
    auditSeconds: r.integer('FEIQIAN_AUDIT_SECONDS', 30, 0, 3_600),
    fresh: options.fresh ?? false,
  };
  for (const [name, value] of [
    ['FEIQIAN_INSTITUTION', config.institution],
    ['FEIQIAN_ACQUIRER', config.acquirer],
  ] as const) {
    if (!/^[0-9]{6,11}$/.test(value)) r.refuse(name, 'must be 6 to 11 digits');
  }
  refusePushThings(config, r.refuse);
  if (!sandbox) refuseSandboxThings(config, r.refuse);
  return r.problems.length > 0 ? { ok: false, problems: r.problems } : { ok: true, config };
}

function refusePushThings(c: Config, refuse: (name: string, message: string) => void): void {
  if ((c.pushKey === null) !== (c.pushContact === null))
    refuse('FEIQIAN_PUSH_KEY', 'goes together with FEIQIAN_PUSH_CONTACT');
  if (c.pushKey !== null && !isPushKey(c.pushKey))
    refuse('FEIQIAN_PUSH_KEY', 'must be a private key on P-256: 64 hexadecimal digits, made at random');
  if (c.pushContact !== null && !/^(mailto:[^@\s]+@[^@\s]+|https:\/\/\S+)$/.test(c.pushContact))
    refuse('FEIQIAN_PUSH_CONTACT', 'must be a mailto: or https: address');
}

function isPushKey(text: string): boolean {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) return false;
  try {
    vapidKeyOf(Buffer.from(text, 'hex'));
    return true;
  } catch {
    return false;
  }
}

function refuseSandboxThings(c: Config, refuse: (name: string, message: string) => void): void {
  if (c.databaseUrl === null) {
    refuse('DATABASE_URL', 'is required in production: the embedded engine does not survive a power loss');
  }
  if (c.keyRing === '')
    refuse('FEIQIAN_KEYS', 'is required: number:64 hexadecimal digits, separated by commas');
  if (c.keyRing === sandboxKeys.keyRing) refuse('FEIQIAN_KEYS', "is the sandbox's published key");
  if (c.lookupKey === sandboxKeys.lookupKey) refuse('FEIQIAN_LOOKUP_KEY', "is the sandbox's published key");
  if (c.smsUrl === null)
    refuse('FEIQIAN_SMS_URL', 'is required: where one-time codes are posted for sending');
  if (!c.publicUrl.startsWith('https://')) refuse('FEIQIAN_PUBLIC_URL', 'must be an https address');
  if (c.fresh) refuse('--fresh', 'starts over with an empty sandbox: not in production');
}

/** The configuration as it may be shown: secrets say only that they are there. */
export function redacted(c: Config): Record<string, unknown> {
  const url = c.databaseUrl === null ? null : c.databaseUrl.replace(/\/\/[^@/]*@/, '//***@');
  return { ...c, databaseUrl: url, keyRing: '***', lookupKey: '***', pushKey: c.pushKey && '***' };
}
