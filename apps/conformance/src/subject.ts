import { type MessageProfile, parseProfile, profiles } from '@feiqian/iso8583';
import { type Static, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';

const Key = Type.String({ pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64})$' });
const Digits = Type.String({ pattern: '^[0-9]{12,19}$' });
const Card = Type.Object(
  { pan: Digits, expiry: Type.String({ pattern: '^[0-9]{4}$' }) },
  { additionalProperties: false },
);
const Person = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    identity_number: Type.String({ pattern: '^[0-9]{17}[0-9X]$' }),
    mobile: Type.String({ pattern: '^1[3-9][0-9]{9}$' }),
    debit: Card,
    credit: Type.Optional(Card),
  },
  { additionalProperties: false },
);
const Tls = Type.Object(
  {
    caFile: Type.String(),
    certFile: Type.Optional(Type.String()),
    keyFile: Type.Optional(Type.String()),
    serverName: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** The bank under test and the people at it that the suite may act for. */
const SubjectFile = Type.Object(
  {
    institution: Type.String({ pattern: '^[1-9][0-9]{3,7}$' }),
    iso: Type.Object(
      {
        /** Name of a built-in profile, or a profile as `parseProfile` reads it. */
        profile: Type.Unknown(),
        macKey: Type.Union([Key, Type.Null()]),
        acquirer: Type.String({ pattern: '^[1-9][0-9]{3,10}$' }),
        tls: Type.Optional(Tls),
      },
      { additionalProperties: false },
    ),
    api: Type.Object(
      { key: Type.String({ minLength: 1 }), tls: Type.Optional(Tls) },
      { additionalProperties: false },
    ),
    /** Where this suite listens for notices, and the secret the bank signs them with. */
    notices: Type.Object(
      {
        port: Type.Integer({ minimum: 0, maximum: 65_535 }),
        secret: Type.String({ pattern: '^([0-9a-fA-F]{2}){24,64}$' }),
      },
      { additionalProperties: false },
    ),
    /** Has a Class I account with a debit card and at least 2,000.00 on it, and a credit card with something owed. */
    person: Person,
    /** Somebody else with a Class I account. */
    other: Person,
    closedAccount: Digits,
    /** A product one may apply for, and an income that is enough. */
    application: Type.Object(
      { product: Type.String(), monthly_income: Type.Integer({ minimum: 0 }) },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type SubjectFile = Static<typeof SubjectFile>;
export type SubjectPerson = SubjectFile['person'];
export type TlsFiles = Static<typeof Tls>;

export type Subject = Omit<SubjectFile, 'iso'> & {
  iso: Omit<SubjectFile['iso'], 'profile'> & { profile: MessageProfile; host: string; port: number };
  url: string;
};

export type ParsedSubject = { ok: true; subject: Subject } | { ok: false; problems: string[] };

/**
 * Reads what the suite must know of a bank. Pure; all problems are told at once, none repeats a secret.
 *
 * @param url of the bank API
 * @param iso `host:port` of the ISO 8583 host
 */
export function parseSubject(json: unknown, url: string, iso: string): ParsedSubject {
  const problems: string[] = [];
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    problems.push('--url: an http or https address');
  }
  const [, host = '', port = ''] = /^(.+):([0-9]{1,5})$/.exec(iso) ?? [];
  if (host === '') problems.push('--iso: host:port');
  if (!Check(SubjectFile, json)) {
    const found = Errors(SubjectFile, json).map(
      (e) => `${e.instancePath.slice(1).replaceAll('/', '.') || 'subject'}: ${e.message}`,
    );
    return { ok: false, problems: [...problems, ...new Set(found)] };
  }
  const profile = profileOf(json.iso.profile, problems);
  if (!profile || problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    subject: {
      ...json,
      iso: { ...json.iso, profile, host, port: Number(port) },
      url: url.replace(/\/$/, ''),
    },
  };
}

function profileOf(given: unknown, problems: string[]): MessageProfile | null {
  if (typeof given === 'string') {
    const named = Object.hasOwn(profiles, given) ? profiles[given] : undefined;
    if (!named) problems.push(`iso.profile: there is no built-in profile ${given}`);
    return named ?? null;
  }
  const parsed = parseProfile(given);
  if (parsed.ok) return parsed.profile;
  problems.push(...parsed.problems.map((p) => `iso.profile: ${p}`));
  return null;
}
