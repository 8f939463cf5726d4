import { type MessageProfile, parseProfile, profiles } from '@feiqian/iso8583';
import { type Static, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { sandboxBanks } from './sandbox.ts';
import { type BankSettings, lateAnswerMsDefault } from './settings.ts';

/** Where key and certificates are, PEM files. With `caFile` the network must show a certificate of its authority. */
const TlsFiles = Type.Object(
  { keyFile: Type.String(), certFile: Type.String(), caFile: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
export type TlsFiles = Static<typeof TlsFiles>;

const Port = Type.Integer({ minimum: 0, maximum: 65_535 });
const AesKey = Type.String({ pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64})$' });

const BankConfigFile = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9]{0,19}$' }),
    name: Type.String({ minLength: 1 }),
    nameEn: Type.String({ minLength: 1 }),
    bins: Type.Array(Type.String({ pattern: '^[0-9]{6,9}$' }), { minItems: 1 }),
    iso: Type.Object(
      { host: Type.Optional(Type.String()), port: Port, tls: Type.Optional(TlsFiles) },
      { additionalProperties: false },
    ),
    api: Type.Object(
      {
        host: Type.Optional(Type.String()),
        port: Port,
        key: Type.String({ pattern: '^[!-~]{16,200}$' }),
        tls: Type.Optional(TlsFiles),
      },
      { additionalProperties: false },
    ),
    /** Name of a built-in profile, or a profile as `parseProfile` reads it. */
    profile: Type.Unknown(),
    zoneKey: AesKey,
    macKey: AesKey,
    dataKey: Type.String({ pattern: '^[0-9a-fA-F]{64}$' }),
    timeZone: Type.String(),
    lateAnswerMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
    /** A PostgreSQL URL, or the directory of an embedded database. */
    database: Type.Union([
      Type.String({ pattern: '^postgres(ql)?://' }),
      Type.Object({ directory: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
    ]),
    institution: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{3,7}$' })),
    /** Where the network is told of changes, and the secret that signs it. */
    notices: Type.Optional(
      Type.Object(
        {
          url: Type.String({ pattern: '^https?://' }),
          secret: Type.String({ pattern: '^([0-9a-fA-F]{2}){24,64}$' }),
        },
        { additionalProperties: false },
      ),
    ),
    /** Fill the bank with the sandbox's people and cards; only for a bank with the id of a sandbox bank. */
    sandbox: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What one bank process is started with. */
export interface BankProcessConfig {
  /** Complete but for TLS, whose files are read at the start. */
  settings: BankSettings;
  tlsFiles: { iso?: TlsFiles; api?: TlsFiles };
  database: { url: string } | { directory: string };
  sandbox: boolean;
}

export type ParsedBankConfig =
  | { ok: true; config: BankProcessConfig }
  /** Each problem with its place; none of them repeats a secret. */
  | { ok: false; problems: string[] };

/** Reads the configuration of a bank process. Pure: files are read later. All problems are reported at once. */
export function parseBankConfig(json: unknown): ParsedBankConfig {
  if (!Check(BankConfigFile, json)) return { ok: false, problems: shapeProblems(json) };
  const problems: string[] = [];
  const profile = profileOf(json.profile, problems);
  if (!isTimeZone(json.timeZone)) problems.push('timeZone: not an IANA time zone');
  for (const part of ['iso', 'api'] as const) {
    const { host, tls } = json[part];
    if (!isLoopback(host ?? '127.0.0.1') && !tls) {
      problems.push(`${part}: a host that others can reach needs tls`);
    }
  }
  const known = sandboxBanks.find((b) => b.settings.id === json.id);
  if (json.sandbox && !known) problems.push('sandbox: there is no sandbox bank of this id');
  if (!json.sandbox) problems.push(...publishedSecrets(json));
  if (problems.length > 0 || !profile) return { ok: false, problems };
  return {
    ok: true,
    config: {
      settings: {
        id: json.id,
        name: json.name,
        nameEn: json.nameEn,
        bins: json.bins,
        ...(json.institution ? { institution: json.institution } : {}),
        sandbox: json.sandbox ?? false,
        ...(json.notices ? { notices: { url: json.notices.url, secretHex: json.notices.secret } } : {}),
        isoHost: json.iso.host ?? '127.0.0.1',
        isoPort: json.iso.port,
        apiHost: json.api.host ?? '127.0.0.1',
        apiPort: json.api.port,
        apiKey: json.api.key,
        profile,
        zoneKeyHex: json.zoneKey,
        macKeyHex: json.macKey,
        dataKeyHex: json.dataKey,
        timeZone: json.timeZone,
        lateAnswerMs: json.lateAnswerMs ?? lateAnswerMsDefault,
      },
      tlsFiles: {
        ...(json.iso.tls ? { iso: json.iso.tls } : {}),
        ...(json.api.tls ? { api: json.api.tls } : {}),
      },
      database: typeof json.database === 'string' ? { url: json.database } : json.database,
      sandbox: json.sandbox ?? false,
    },
  };
}

function shapeProblems(json: unknown): string[] {
  const found = Errors(BankConfigFile, json)
    .filter((e) => e.keyword !== 'boolean')
    .map((e) => {
      const place = e.instancePath.slice(1).replaceAll('/', '.') || 'configuration';
      const unknown = (e.params as { additionalProperties?: string[] }).additionalProperties;
      return `${place}: ${unknown ? `unknown ${unknown.join(', ')}` : e.message}`;
    });
  return [...new Set(found)];
}

function profileOf(given: unknown, problems: string[]): MessageProfile | null {
  if (typeof given === 'string') {
    const named = Object.hasOwn(profiles, given) ? profiles[given] : undefined;
    if (!named) problems.push(`profile: there is no built-in profile ${given}`);
    return named ?? null;
  }
  const parsed = parseProfile(given);
  if (parsed.ok) return parsed.profile;
  problems.push(...parsed.problems.map((p) => `profile: ${p}`));
  return null;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** The sandbox's keys are published: outside it they protect nothing. */
function publishedSecrets(json: Static<typeof BankConfigFile>): string[] {
  const published = new Set(
    sandboxBanks.flatMap(({ settings: s }) => [s.zoneKeyHex, s.macKeyHex, s.dataKeyHex, s.apiKey]),
  );
  const places = {
    zoneKey: json.zoneKey,
    macKey: json.macKey,
    dataKey: json.dataKey,
    'api.key': json.api.key,
  };
  return Object.entries(places)
    .filter(([, value]) => published.has(value.toLowerCase()))
    .map(([place]) => `${place}: this is a published key of the sandbox`);
}
