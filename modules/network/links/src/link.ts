/** How a link stands with its bank. */
export type LinkPhase =
  | 'disconnected'
  | 'connecting'
  | 'signing_on'
  | 'signed_on'
  | 'signing_off'
  | 'signed_off'
  | 'draining'
  | 'stopped';

/** What a 0800 asks for (DE70). */
export type NetworkFunction = 'sign_on' | 'sign_off' | 'echo' | 'exchange_keys';

/** One link, without its connection. */
export interface Link {
  phase: LinkPhase;
  /** Connections tried since the link last held. */
  attempts: number;
  /** Echo tests in a row without an answer. */
  missedEchoes: number;
  /** Signed off by an operator: stays so over reconnections, until an operator signs on. */
  held: boolean;
}

/** What happens to a link. */
export type LinkEvent =
  | { type: 'start' }
  | { type: 'retry_due' }
  | { type: 'connected' }
  /** `heldMs`: how long the connection had lasted. */
  | { type: 'closed'; heldMs: number }
  | { type: 'echo_due' }
  | { type: 'answered'; function: NetworkFunction; approved: boolean }
  /** `heard`: something else came from the bank meanwhile, so it is alive. */
  | { type: 'unanswered'; function: NetworkFunction; heard: boolean }
  | { type: 'operator'; function: NetworkFunction }
  /** The bank sent a 0800 of its own. */
  | { type: 'bank'; function: NetworkFunction }
  | { type: 'stop' }
  /** After `stop`: nothing is in flight any more, or it has waited long enough. */
  | { type: 'drained' };

/** What the runtime is to do next. */
export type LinkCommand =
  | { do: 'dial' }
  | { do: 'close' }
  | { do: 'send'; function: NetworkFunction }
  | { do: 'retry_later'; attempt: number }
  | { do: 'echo_later' }
  | { do: 'drain' };

/** The next state and what to do; the same object when nothing changes. */
export interface LinkStep {
  link: Link;
  commands: readonly LinkCommand[];
}

/** Echo tests without an answer after which the connection is taken for half-open and closed. */
export const echoMissesMax = 2;
/** A connection that lasted this long makes the next attempt start without back-off. */
export const heldMsMin = 10_000;
const RETRY_BASE_MS = 200;
/** The longest pause between two attempts to connect. */
export const retryMsMax = 30_000;

/** A link that was never started. */
export const newLink: Link = { phase: 'disconnected', attempts: 0, missedEchoes: 0, held: false };

/**
 * The pause before the next attempt: doubling from 0.2 s to 30 s, of which the second half is random, so that
 * many processes do not come back at the same instant.
 * @param attempt 1 for the first
 * @param random from 0 to 1
 */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(retryMsMax, RETRY_BASE_MS * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/** What a link does when something happens. Pure; events that do not fit the phase change nothing. */
export function stepLink(link: Link, event: LinkEvent): LinkStep {
  switch (event.type) {
    case 'start':
    case 'retry_due':
      return link.phase === 'disconnected' ? dial(link) : stay(link);
    case 'connected':
      return connected(link);
    case 'closed':
      return closed(link, event.heldMs);
    case 'echo_due':
      return isConnected(link.phase) ? step(link, {}, { do: 'send', function: 'echo' }) : stay(link);
    case 'answered':
      return answered(link, event.function, event.approved);
    case 'unanswered':
      return unanswered(link, event.function, event.heard);
    case 'operator':
      return operator(link, event.function);
    case 'bank':
      return bank(link, event.function);
    case 'stop':
      return stopped(link);
    case 'drained':
      return link.phase === 'draining' ? step(link, {}, { do: 'send', function: 'sign_off' }) : stay(link);
  }
}

function stay(link: Link): LinkStep {
  return { link, commands: [] };
}

function step(link: Link, change: Partial<Link>, ...commands: LinkCommand[]): LinkStep {
  return { link: { ...link, ...change }, commands };
}

function dial(link: Link): LinkStep {
  return step(link, { phase: 'connecting', attempts: link.attempts + 1, missedEchoes: 0 }, { do: 'dial' });
}

function connected(link: Link): LinkStep {
  if (link.phase !== 'connecting') return step(link, {}, { do: 'close' });
  if (link.held) return step(link, { phase: 'signed_off' }, { do: 'echo_later' });
  return step(link, { phase: 'signing_on' }, { do: 'send', function: 'sign_on' });
}

function closed(link: Link, heldMs: number): LinkStep {
  if (link.phase === 'stopped' || link.phase === 'disconnected') return stay(link);
  if (link.phase === 'draining') return step(link, { phase: 'stopped' });
  const attempts = heldMs >= heldMsMin ? 0 : link.attempts;
  const attempt = Math.max(1, attempts);
  return step(link, { phase: 'disconnected', attempts, missedEchoes: 0 }, { do: 'retry_later', attempt });
}

function answered(link: Link, asked: NetworkFunction, approved: boolean): LinkStep {
  if (asked === 'sign_on' && link.phase === 'signing_on') {
    return approved
      ? step(link, { phase: 'signed_on' }, { do: 'echo_later' })
      : step(link, {}, { do: 'close' });
  }
  if (asked === 'sign_off') return signedOff(link);
  if (asked === 'echo' && isConnected(link.phase)) {
    return step(link, { missedEchoes: 0 }, { do: 'echo_later' });
  }
  return stay(link);
}

/** The bank's word on a sign-off does not matter: we send nothing more. */
function signedOff(link: Link): LinkStep {
  if (link.phase === 'draining') return step(link, { phase: 'stopped' }, { do: 'close' });
  if (link.phase === 'signing_off') return step(link, { phase: 'signed_off' });
  return stay(link);
}

function unanswered(link: Link, asked: NetworkFunction, heard: boolean): LinkStep {
  if (asked === 'sign_on' && link.phase === 'signing_on') return step(link, {}, { do: 'close' });
  if (asked === 'sign_off') return signedOff(link);
  if (asked !== 'echo' || !isConnected(link.phase)) return stay(link);
  const missedEchoes = heard ? 0 : link.missedEchoes + 1;
  if (missedEchoes >= echoMissesMax) return step(link, { missedEchoes }, { do: 'close' });
  return step(link, { missedEchoes }, { do: 'send', function: 'echo' });
}

function operator(link: Link, asked: NetworkFunction): LinkStep {
  switch (asked) {
    case 'sign_on':
      if (link.phase === 'disconnected') return dial({ ...link, held: false, attempts: 0 });
      if (link.phase !== 'signed_off' && link.phase !== 'signing_off') return step(link, { held: false });
      return step(link, { phase: 'signing_on', held: false }, { do: 'send', function: 'sign_on' });
    case 'sign_off':
      if (link.phase !== 'signed_on' && link.phase !== 'signing_on') return step(link, { held: true });
      return step(link, { phase: 'signing_off', held: true }, { do: 'send', function: 'sign_off' });
    default:
      return isConnected(link.phase) ? step(link, {}, { do: 'send', function: asked }) : stay(link);
  }
}

/** A bank may sign itself off for maintenance and on again; an operator's hold is stronger. */
function bank(link: Link, asked: NetworkFunction): LinkStep {
  if (asked === 'sign_off' && link.phase === 'signed_on') return step(link, { phase: 'signed_off' });
  if (asked === 'sign_on' && link.phase === 'signed_off' && !link.held) {
    return step(link, { phase: 'signed_on' });
  }
  return stay(link);
}

function stopped(link: Link): LinkStep {
  switch (link.phase) {
    case 'stopped':
    case 'draining':
      return stay(link);
    case 'signed_on':
      return step(link, { phase: 'draining' }, { do: 'drain' });
    default:
      return step(link, { phase: 'stopped' }, { do: 'close' });
  }
}

/** Phases in which the bank answers echo tests. */
function isConnected(phase: LinkPhase): boolean {
  return phase === 'signed_on' || phase === 'signed_off' || phase === 'signing_off';
}
