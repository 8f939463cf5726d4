import { systemClock } from '@feiqian/clock';
import { consoleRoles } from '@feiqian/contract';
import { migrate } from '@feiqian/db';
import { toUuid } from '@feiqian/ids';
import { type BreakerSettings, breakerDefaults, type MemberInput, type SecretName } from '@feiqian/members';
import { createLogger } from '@feiqian/telemetry';
import { type Static, Type } from 'typebox';
import { Errors } from 'typebox/value';
import { compose, networkMigrations } from './compose.ts';
import type { Config } from './config.ts';
import { openEngine } from './engine.ts';

const strict = { additionalProperties: false } as const;
const Hex = Type.String({ pattern: '^([0-9a-fA-F]{32}|[0-9a-fA-F]{48}|[0-9a-fA-F]{64})$' });

const breakerFields = Object.fromEntries(
  Object.keys(breakerDefaults).map((name) => [name, Type.Optional(Type.Integer())]),
) as Record<keyof BreakerSettings, ReturnType<typeof Type.Optional<ReturnType<typeof Type.Integer>>>>;

/** A member as a file describes it; docs/guides/bank.md has an example. */
export const MemberFile = Type.Object(
  {
    code: Type.String(),
    institution: Type.String(),
    name: Type.String(),
    nameEn: Type.String(),
    colour: Type.String(),
    roles: Type.Array(Type.Enum(['issuer', 'acquirer'])),
    link: Type.Optional(
      Type.Object(
        {
          host: Type.String(),
          port: Type.Integer(),
          profile: Type.String(),
          waitMs: Type.Optional(Type.Integer()),
          inFlightMax: Type.Optional(Type.Integer()),
          echoMs: Type.Optional(Type.Integer()),
          breaker: Type.Optional(Type.Object(breakerFields, strict)),
          tls: Type.Optional(
            Type.Object(
              {
                caPem: Type.String(),
                serverName: Type.String(),
                certificatePem: Type.Union([Type.String(), Type.Null()]),
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
    bankApi: Type.Optional(
      Type.Object(
        {
          baseUrl: Type.String(),
          timeoutMs: Type.Optional(Type.Integer()),
          caPem: Type.Optional(Type.String()),
        },
        strict,
      ),
    ),
    /** First digits of the card numbers it issues. */
    bins: Type.Array(Type.String({ pattern: '^[0-9]{4,12}$' })),
    secrets: Type.Object(
      {
        zoneKeyHex: Type.Optional(Hex),
        macKeyHex: Type.Optional(Hex),
        bankApiKey: Type.Optional(Type.String()),
        tlsKeyPem: Type.Optional(Type.String()),
        /** Signs the bank's notices, 24 to 64 bytes. */
        noticeSecretHex: Type.Optional(Type.String({ pattern: '^([0-9a-fA-F]{2}){24,64}$' })),
      },
      strict,
    ),
  },
  strict,
);
export type MemberFile = Static<typeof MemberFile>;

/** Checks the form of a member file and tells all problems at once. */
export function parseMemberFile(
  json: unknown,
): { ok: true; value: MemberFile } | { ok: false; problems: string[] } {
  const problems = [...Errors(MemberFile, json)].map((e) => `${e.instancePath || 'the file'} ${e.message}`);
  return problems.length === 0 ? { ok: true, value: json as MemberFile } : { ok: false, problems };
}

export type Applied = { ok: true; made: boolean } | { ok: false; reason: string };

/** The register of members and console users, for an operator's command line. */
export async function openRegister(config: Config) {
  const engine = await openEngine(config);
  const { db } = engine;
  await migrate(db, networkMigrations, systemClock.now());
  const logger = createLogger({ level: config.logLevel });
  const network = await compose({
    config,
    db,
    clock: systemClock,
    logger,
    sendCode: async () => undefined,
    fixedCode: null,
  });
  const { members } = network;

  async function applyMember(file: MemberFile): Promise<Applied> {
    const { bins, secrets, link, bankApi, ...rest } = file;
    const input: MemberInput = { ...rest, link: link ?? null, bankApi: bankApi ?? null };
    const known = members.byCode(file.code);
    const outcome = known ? await members.update(known.id, input) : await members.create(input);
    if (!outcome.ok) {
      const detail =
        outcome.code === 'invalid' ? outcome.problems.map((p) => `${p.path}: ${p.message}`).join('; ') : '';
      return { ok: false, reason: detail || outcome.code };
    }
    const { id } = outcome.member;
    const held = new Set(members.ranges(id).map((r) => r.low));
    for (const bin of bins.filter((b) => !held.has(b))) {
      const added = await members.addRange({ memberId: id, low: bin, high: bin, product: 'mixed' });
      if (!added.ok) return { ok: false, reason: `card range ${bin}: ${added.code}` };
    }
    const bytes: [SecretName, Uint8Array | undefined][] = [
      ['zone_key', secrets.zoneKeyHex === undefined ? undefined : Buffer.from(secrets.zoneKeyHex, 'hex')],
      ['mac_key', secrets.macKeyHex === undefined ? undefined : Buffer.from(secrets.macKeyHex, 'hex')],
      ['bank_api_key', secrets.bankApiKey === undefined ? undefined : Buffer.from(secrets.bankApiKey)],
      ['tls_key', secrets.tlsKeyPem === undefined ? undefined : Buffer.from(secrets.tlsKeyPem)],
      [
        'notice_secret',
        secrets.noticeSecretHex === undefined ? undefined : Buffer.from(secrets.noticeSecretHex, 'hex'),
      ],
    ];
    for (const [name, value] of bytes) if (value) await members.setSecret(id, name, value);
    if (file.roles.includes('issuer')) await members.openPosition(id, config.currency);
    return { ok: true, made: !known };
  }

  async function addOperator(o: {
    username: string;
    name: string;
    role: string;
    tenant?: string;
    password: string;
  }): Promise<Applied> {
    const role = consoleRoles.find((r) => r === o.role);
    if (!role) return { ok: false, reason: `the role is one of ${consoleRoles.join(', ')}` };
    const tenant = await tenantOf(role, o.tenant);
    if (typeof tenant === 'string') return { ok: false, reason: tenant };
    try {
      await network.access.addOperator(db, {
        username: o.username,
        name: o.name,
        role,
        tenant,
        password: o.password,
      });
      return { ok: true, made: true };
    } catch (error) {
      if ((error as { code?: string }).code === '23505')
        return { ok: false, reason: 'there is such a user already' };
      throw error;
    }
  }

  async function tenantOf(role: string, tenant: string | undefined) {
    if (role === 'bank') {
      const member = tenant === undefined ? undefined : members.byCode(tenant);
      return member
        ? { kind: 'bank' as const, id: member.id, name: member.name }
        : 'name the bank with --tenant <code>';
    }
    if (role === 'merchant') {
      const id = /^mer_[0-9a-f]{32}$/.test(tenant ?? '') ? toUuid(tenant as string, 'mer') : null;
      const merchant = id === null ? undefined : await network.merchants.merchant(id);
      return merchant
        ? { kind: 'merchant' as const, id: merchant.id, name: merchant.name }
        : 'name the merchant with --tenant mer_…';
    }
    return null;
  }

  return {
    applyMember,
    addOperator,
    close: async () => {
      await network.references.release();
      await engine.close();
    },
  };
}
