import type { Clock } from '@feiqian/clock';
import type { Ids, RandomBytes } from '@feiqian/ids';
import { profiles as builtInProfiles, type MessageProfile } from '@feiqian/iso8583';
import type { Member, Members } from '@feiqian/members';
import { BankLink, type LinkNotice, type LinkState } from './bank-link.ts';
import { type Dial, type DialTarget, tcpDial } from './dial.ts';
import { adoptOfferedKey, exchangeKeys, type KeyExchangeOutcome } from './key-exchange.ts';
import { createKeyRing, type KeyRing, unpackMacKeys } from './key-ring.ts';
import type { LinkPhase, NetworkFunction } from './link.ts';
import type { MessageContext } from './message.ts';
import type { References } from './references.ts';
import type { RepeatBudget } from './repeat-budget.ts';
import type { IssuerAnswer, IssuerRequest, IssuerRequestKind, LateAnswer } from './request.ts';
import { systemTimers, type Timers } from './timers.ts';
import { createMessageTimes } from './times.ts';

export interface LinksDeps {
  clock: Clock;
  ids: Ids;
  randomBytes: RandomBytes;
  references: References;
  members: Pick<Members, 'list' | 'get' | 'onReload' | 'openSecret' | 'replaceSecret'>;
  /** DE33 of everything we send: the network's own institution number, up to 11 digits. */
  institution: string;
  /** IANA name of the network's time zone, for DE12 and DE13. */
  timeZone: string;
  /** Profiles beside the built-in ones, by name. */
  profiles?: Readonly<Record<string, MessageProfile>>;
  timers?: Timers;
  dial?: Dial;
  /** An answer nobody waits for: to be recorded, never posted. */
  onLateAnswer?(late: LateAnswer): void;
  onNotice?(notice: LinkNotice): void;
  /** A request ended with a response code (and its latency) or with the reason there is no answer. */
  onEnd?(memberId: string, code: string, latencyMs: number | null): void;
  /** A link that could not be set up, for example for want of a profile. */
  onError?(memberId: string, error: unknown): void;
}

/** What came of an operator's action. */
export type OperateOutcome =
  | { ok: true; phase: LinkPhase }
  | { ok: false; code: 'unknown_member' | 'unanswered' | 'refused' | 'no_keys' | 'busy' };

/** The links to all banks of one process. */
export interface Links {
  /**
   * Sends one request to a member's bank and waits for its answer, at the most the member's wait (9 s unless
   * set otherwise). Never throws for anything a bank or a network does; throws for a request that cannot be a
   * message.
   */
  send(memberId: string, request: IssuerRequest): Promise<IssuerAnswer>;
  /** Connects to every bank and follows the register from then on. */
  start(): Promise<void>;
  /** Signs off everywhere, after the answers under way. */
  stop(): Promise<void>;
  /** How each link stands. */
  states(): LinkState[];
  /** True when requests to this member would be sent now. */
  isUp(memberId: string): boolean;
  /** What may be repeated to this member's bank now; null without a link. */
  repeats(memberId: string): RepeatBudget | null;
  signOn(memberId: string): Promise<OperateOutcome>;
  /** Stays signed off, over reconnections, until `signOn`. */
  signOff(memberId: string): Promise<OperateOutcome>;
  echo(memberId: string): Promise<OperateOutcome>;
  exchangeKeys(memberId: string): Promise<OperateOutcome>;
}

/** A suspended member gets no new payments; what is owed to it and its cardholders still goes out. */
const refusedWhenSuspended: ReadonlySet<IssuerRequestKind> = new Set([
  'authorisation',
  'financial',
  'refund',
  'transfer_debit',
  'transfer_credit',
] satisfies IssuerRequestKind[]);

const linkDown: IssuerAnswer = { kind: 'not_sent', reason: 'link_down' };
const suspended: IssuerAnswer = { kind: 'not_sent', reason: 'member_suspended' };

/** Creates the links of a process. Nothing is connected before `start`. */
export function createLinks(deps: LinksDeps): Links {
  const manager = new LinkManager(deps);
  const operate = (memberId: string, asked: Exclude<NetworkFunction, 'exchange_keys'>) =>
    manager.operate(memberId, asked);
  return {
    send(memberId, request) {
      const held = manager.links.get(memberId);
      if (held === undefined) return Promise.resolve(linkDown);
      const member = deps.members.get(memberId);
      if (member?.status !== 'active' && refusedWhenSuspended.has(request.kind)) {
        return Promise.resolve(suspended);
      }
      return held.link.send(request);
    },
    start: () => manager.start(),
    stop: () => manager.stop(),
    states: () => [...manager.links.values()].map((held) => held.link.state()),
    isUp: (memberId) => manager.links.get(memberId)?.link.takes ?? false,
    repeats: (memberId) => manager.links.get(memberId)?.link.repeats ?? null,
    signOn: (memberId) => operate(memberId, 'sign_on'),
    signOff: (memberId) => operate(memberId, 'sign_off'),
    echo: (memberId) => operate(memberId, 'echo'),
    exchangeKeys: (memberId) => manager.exchangeKeys(memberId),
  };
}

interface HeldLink {
  link: BankLink;
  keys: KeyRing;
  /** The settings it was made from, as text, to see a change. */
  settings: string;
  /** When its keys were last read because the bank refused them. */
  refusedAt: number;
}

/** A link that could not be set up, or whose keys could not be read (the database was away), is tried again so soon. */
const setUpRetryMs = 5_000;
/** Keys that a bank refuses are read again at most this often. */
const keyReloadMsMin = 1_000;

class LinkManager {
  readonly links = new Map<string, HeldLink>();
  readonly #deps: LinksDeps;
  readonly #timers: Timers;
  readonly #context: MessageContext;
  #unsubscribe: () => void = () => undefined;
  #cancelRetry: () => void = () => undefined;
  /** Changes run one after another. */
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(deps: LinksDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? systemTimers;
    this.#context = {
      times: createMessageTimes(deps.timeZone),
      forwarder: deps.institution,
    };
  }

  start(): Promise<void> {
    this.#unsubscribe = this.#deps.members.onReload(() => void this.#reconcile());
    return this.#reconcile();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    this.#cancelRetry();
    const stopAll = () => Promise.all([...this.links.values()].map((held) => held.link.stop()));
    await stopAll();
    // A link that was being made meanwhile.
    await this.#turn;
    await stopAll();
    this.links.clear();
  }

  async operate(memberId: string, asked: Exclude<NetworkFunction, 'exchange_keys'>): Promise<OperateOutcome> {
    const link = this.links.get(memberId)?.link;
    if (link === undefined) return { ok: false, code: 'unknown_member' };
    const answer = await link.operate(asked);
    if (answer === null) {
      // Nothing to ask: an echo needs a connection, signing on or off is remembered for the next one.
      return asked === 'echo' ? { ok: false, code: 'unanswered' } : { ok: true, phase: link.phase };
    }
    if (answer.kind === 'unanswered') return { ok: false, code: 'unanswered' };
    if (answer.responseCode !== '00') return { ok: false, code: 'refused' };
    return { ok: true, phase: link.phase };
  }

  async exchangeKeys(memberId: string): Promise<OperateOutcome> {
    const held = this.links.get(memberId);
    if (held === undefined) return { ok: false, code: 'unknown_member' };
    const { members, randomBytes } = this.#deps;
    const outcome: KeyExchangeOutcome = await exchangeKeys(
      {
        members,
        randomBytes,
        timers: this.#timers,
        reload: (id) => this.#loadKeys(id, held.keys),
        send: (_id, data) => held.link.changeKey(data),
      },
      memberId,
    );
    return outcome.ok ? { ok: true, phase: held.link.phase } : outcome;
  }

  #reconcile(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#stopped) return;
      const members = this.#deps.members.list();
      const kept = new Set(members.filter((m) => m.link !== null).map((m) => m.id));
      for (const [id, held] of this.links) if (!kept.has(id)) this.#retire(id, held);
      let failed = false;
      for (const member of members) {
        try {
          await this.#follow(member);
        } catch (error) {
          failed = true;
          this.#deps.onError?.(member.id, error);
        }
      }
      this.#cancelRetry();
      if (failed) this.#cancelRetry = this.#timers.after(setUpRetryMs, () => void this.#reconcile());
    });
    return this.#turn;
  }

  /** Makes the link of a member what its settings say. */
  async #follow(member: Member): Promise<void> {
    if (member.link === null) return;
    const settings = JSON.stringify(member.link);
    const held = this.links.get(member.id);
    if (held?.settings === settings) return await this.#loadKeys(member.id, held.keys);
    const next = await this.#create(member, settings);
    if (held) this.#retire(member.id, held);
    this.links.set(member.id, next);
    next.link.start();
  }

  /** The old link finishes what it has under way while its successor takes over. */
  #retire(memberId: string, held: HeldLink): void {
    this.links.delete(memberId);
    void held.link.stop();
  }

  async #create(member: Member, settings: string): Promise<HeldLink> {
    const { deps, link } = { deps: this.#deps, link: member.link };
    if (link === null) throw new Error('the member has no link');
    const profile = { ...builtInProfiles, ...deps.profiles }[link.profile];
    if (profile === undefined) throw new Error(`there is no message profile ${link.profile}`);
    const keys = createKeyRing(this.#timers.now, () => this.#nextSeen(member.id));
    await this.#loadKeys(member.id, keys);
    const bankLink = new BankLink({
      memberId: member.id,
      target: await this.#target(member),
      profile,
      waitMs: link.waitMs,
      inFlightMax: link.inFlightMax,
      echoMs: link.echoMs,
      breaker: link.breaker,
      keys,
      clock: deps.clock,
      timers: this.#timers,
      ids: deps.ids,
      references: deps.references,
      context: this.#context,
      random: () => (deps.randomBytes(new Uint8Array(1))[0] ?? 0) / 255,
      dial: deps.dial ?? tcpDial,
      onLateAnswer: deps.onLateAnswer ?? (() => undefined),
      onNotice: (notice) => {
        if (notice.type === 'mac_refused') this.#keysRefused(member.id);
        deps.onNotice?.(notice);
      },
      onEnd: deps.onEnd ?? (() => undefined),
    });
    return { link: bankLink, keys, settings, refusedAt: Number.NEGATIVE_INFINITY };
  }

  async #target(member: Member): Promise<DialTarget> {
    const { link } = member;
    if (link === null) throw new Error('the member has no link');
    if (link.tls === null) return { host: link.host, port: link.port, tls: null };
    const key = await this.#deps.members.openSecret(member.id, 'tls_key');
    return {
      host: link.host,
      port: link.port,
      tls: {
        ca: link.tls.caPem,
        serverName: link.tls.serverName,
        certificate: link.tls.certificatePem,
        key: key && Buffer.from(key.bytes).toString('utf8'),
      },
    };
  }

  async #loadKeys(memberId: string, keys: KeyRing): Promise<void> {
    const stored = await this.#deps.members.openSecret(memberId, 'mac_key');
    keys.load(stored === null ? { current: null, next: null } : unpackMacKeys(stored.bytes));
  }

  /** The bank does not take our key: perhaps another process has changed it. */
  #keysRefused(memberId: string): void {
    const held = this.links.get(memberId);
    const now = this.#timers.now();
    if (held === undefined || now - held.refusedAt < keyReloadMsMin) return;
    held.refusedAt = now;
    this.#loadKeys(memberId, held.keys).catch((error) => this.#deps.onError?.(memberId, error));
  }

  #nextSeen(memberId: string): void {
    const held = this.links.get(memberId);
    this.#turn = this.#turn
      .then(() => adoptOfferedKey(this.#deps.members, memberId))
      .then(() => (held ? this.#loadKeys(memberId, held.keys) : undefined))
      .catch((error) => this.#deps.onError?.(memberId, error));
  }
}
