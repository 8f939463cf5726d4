/** A bank issues cards, an acquirer brings merchants; one institution may do both. */
export type MemberRole = 'issuer' | 'acquirer';

/** A suspended member's cards are refused and nothing is sent to it. */
export type MemberStatus = 'active' | 'suspended';

/** How long the network waits for a bank: less than its own callers, more than the bank's own limit of 7 s. */
export const linkWaitMsDefault = 9_000;
/** The longest wait that may be set; the API in front waits 12 s. */
export const linkWaitMsMax = 10_000;
/** Messages that may be under way to one bank from one process, unless set otherwise. */
export const linkInFlightDefault = 5_000;
export const linkInFlightMax = 20_000;
/** Time between echo tests on an idle link, unless set otherwise. */
export const linkEchoMsDefault = 30_000;

/** Mutual TLS: whom we trust, whom we expect, who we are. The private key is the secret `tls_key`. */
export interface TlsSettings {
  /** Certificates of the authorities we accept, PEM. */
  caPem: string;
  /** Name that must be in the bank's certificate. */
  serverName: string;
  /** Our certificate, PEM; null where the bank asks for none. */
  certificatePem: string | null;
}

/** When a bank counts as failing, how it is tried again, and how much may be repeated to it. */
export interface BreakerSettings {
  /** What is looked at: the requests that ended in this time. */
  windowMs: number;
  /** Fewer requests than this in the window say nothing. */
  callsMin: number;
  /** Opens when at least this share of the requests had no answer to believe, or were answered 91 or 96. */
  failurePercent: number;
  /** An answer that takes this long is slow. */
  slowMs: number;
  /** Opens when at least this share of the requests failed or was slow. */
  slowPercent: number;
  /** The first pause after opening; doubles with each failed probe. */
  openMs: number;
  openMsMax: number;
  /** Requests that go out to see whether the bank has recovered, and that must all succeed. */
  probes: number;
  /** Stored messages that may be repeated each second in any case. */
  repeatsPerSecond: number;
  /** Stored messages that may be repeated besides, as a share of the requests that the bank answers. */
  repeatPercent: number;
}

/** What a breaker does unless set otherwise. */
export const breakerDefaults: BreakerSettings = {
  windowMs: 10_000,
  callsMin: 20,
  failurePercent: 50,
  slowMs: 4_000,
  slowPercent: 80,
  openMs: 3_000,
  openMsMax: 15_000,
  probes: 3,
  repeatsPerSecond: 20,
  repeatPercent: 20,
};

/** Where and how the bank's authorisation host is reached. */
export interface LinkSettings {
  host: string;
  port: number;
  /** Name of the message profile (see docs/iso8583.md). */
  profile: string;
  waitMs: number;
  inFlightMax: number;
  echoMs: number;
  tls: TlsSettings | null;
  breaker: BreakerSettings;
}

/** Where the bank's HTTP interface is reached. Its key is the secret `bank_api_key`. */
export interface BankApiSettings {
  baseUrl: string;
  timeoutMs: number;
  /** Certificates of the authorities we accept, PEM; null for those of the machine. */
  caPem: string | null;
  /** Our certificate, PEM, where the bank asks for one; its private key is the secret `tls_key`. */
  certificatePem: string | null;
}

/** A member of the network. `id` is a bare UUID; the API prefixes it with `mbr_`. */
export interface Member {
  id: string;
  /** Short name in addresses and messages, for example `yunzhou`. */
  code: string;
  /** Number of the institution in messages (DE32, DE100), 6 to 11 digits. */
  institution: string;
  name: string;
  nameEn: string;
  /** `#rrggbb`, for the card's face. */
  colour: string;
  roles: readonly MemberRole[];
  status: MemberStatus;
  link: LinkSettings | null;
  bankApi: BankApiSettings | null;
}

/** A link as it may be given: what is left out takes its default. */
export type LinkInput = Pick<LinkSettings, 'host' | 'port' | 'profile'> &
  Partial<Omit<LinkSettings, 'breaker'>> & { breaker?: Partial<BreakerSettings> };
export type BankApiInput = Pick<BankApiSettings, 'baseUrl'> & Partial<BankApiSettings>;

/** What describes a member, without its identity and state. */
export interface MemberInput {
  code: string;
  institution: string;
  name: string;
  nameEn: string;
  colour: string;
  roles: readonly MemberRole[];
  link: LinkInput | null;
  bankApi: BankApiInput | null;
}

const bankApiTimeoutMsDefault = 5_000;

/** Fills in what a link leaves out. */
export function completeLink(input: LinkInput): LinkSettings {
  return {
    host: input.host,
    port: input.port,
    profile: input.profile,
    waitMs: input.waitMs ?? linkWaitMsDefault,
    inFlightMax: input.inFlightMax ?? linkInFlightDefault,
    echoMs: input.echoMs ?? linkEchoMsDefault,
    tls: input.tls ?? null,
    breaker: { ...breakerDefaults, ...input.breaker },
  };
}

/** Fills in what a bank API leaves out. */
export function completeBankApi(input: BankApiInput): BankApiSettings {
  return {
    baseUrl: input.baseUrl,
    timeoutMs: input.timeoutMs ?? bankApiTimeoutMsDefault,
    caPem: input.caPem ?? null,
    certificatePem: input.certificatePem ?? null,
  };
}

/** One thing that is wrong with an input. */
export interface Problem {
  path: string;
  message: string;
}

/** Everything that is wrong with a description of a member; empty when it can be stored. */
export function checkMember(input: MemberInput): Problem[] {
  const problems: Problem[] = [];
  const need = (ok: boolean, path: string, message: string) => {
    if (!ok) problems.push({ path, message });
  };
  need(/^[a-z][a-z0-9_-]{1,31}$/.test(input.code), 'code', 'a short name in lower-case letters and digits');
  need(/^[0-9]{6,11}$/.test(input.institution), 'institution', '6 to 11 digits');
  need(input.name.length >= 1 && input.name.length <= 60, 'name', '1 to 60 characters');
  need(input.nameEn.length >= 1 && input.nameEn.length <= 60, 'nameEn', '1 to 60 characters');
  need(/^#[0-9a-f]{6}$/.test(input.colour), 'colour', 'a colour as #rrggbb');
  need(input.roles.length > 0, 'roles', 'at least one role');
  if (input.link !== null) problems.push(...checkLink(completeLink(input.link)));
  if (input.bankApi !== null) problems.push(...checkBankApi(completeBankApi(input.bankApi)));
  return problems;
}

const breakerLimits: Record<keyof BreakerSettings, readonly [number, number]> = {
  windowMs: [1_000, 300_000],
  callsMin: [1, 100_000],
  failurePercent: [1, 100],
  slowMs: [10, linkWaitMsMax],
  slowPercent: [1, 100],
  openMs: [100, 300_000],
  openMsMax: [100, 600_000],
  probes: [1, 100],
  repeatsPerSecond: [1, 1_000],
  repeatPercent: [0, 100],
};

function checkLink(link: LinkSettings): Problem[] {
  const problems: Problem[] = [];
  const whole = (value: number, low: number, high: number, path: string) => {
    if (!Number.isInteger(value) || value < low || value > high)
      problems.push({ path: `link.${path}`, message: `a whole number from ${low} to ${high}` });
  };
  if (link.host.length === 0 || link.host.length > 253)
    problems.push({ path: 'link.host', message: 'a host name or address' });
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(link.profile))
    problems.push({ path: 'link.profile', message: 'the name of a message profile' });
  whole(link.port, 1, 65_535, 'port');
  whole(link.waitMs, 100, linkWaitMsMax, 'waitMs');
  whole(link.inFlightMax, 1, linkInFlightMax, 'inFlightMax');
  whole(link.echoMs, 1_000, 600_000, 'echoMs');
  for (const [name, [low, high]] of Object.entries(breakerLimits)) {
    whole(link.breaker[name as keyof BreakerSettings], low, high, `breaker.${name}`);
  }
  return problems;
}

function checkBankApi(api: BankApiSettings): Problem[] {
  const problems: Problem[] = [];
  const url = URL.canParse(api.baseUrl) ? new URL(api.baseUrl) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '')
    problems.push({ path: 'bankApi.baseUrl', message: 'an http or https address' });
  if (!Number.isInteger(api.timeoutMs) || api.timeoutMs < 100 || api.timeoutMs > 30_000)
    problems.push({ path: 'bankApi.timeoutMs', message: 'a whole number from 100 to 30000' });
  return problems;
}
