/** What this phone knows of the network's time. Times in ms since 1970. */
export interface KnownTime {
  /** The network's time minus the phone's. */
  skewMs: number;
  /** The network's time when it was last heard. */
  seenMs: number;
}

/** How exact the time of an answer's header is, the answer's own way included. */
const headerMs = 5_000;
/** How far back a phone's clock may go without being thought of as changed. */
const backMsMax = 60_000;
/** From here on a person is told that the clock is wrong. */
const wrongMs = 60_000;

/**
 * What is known after the network was heard saying its time. A header's time is whole seconds and late by the answer's
 * way: it corrects what is wrong, and leaves alone what is known better.
 */
export function learned(
  known: KnownTime,
  heard: { serverMs: number; deviceMs: number; exact: boolean },
): KnownTime {
  const skewMs = heard.serverMs - heard.deviceMs;
  const near = !heard.exact && Math.abs(skewMs - known.skewMs) <= headerMs;
  return { skewMs: near ? known.skewMs : skewMs, seenMs: heard.serverMs };
}

/**
 * True when the phone's clock was set back since the network was last heard: what it shows is earlier than what has
 * been. A clock that was set forward while the phone was offline looks like time that went by.
 */
export const isSetBack = (known: KnownTime, deviceMs: number): boolean =>
  deviceMs + known.skewMs < known.seenMs - backMsMax;

/** True when the phone's own clock is wrong by so much that it is worth a word. */
export const isWrong = (known: KnownTime): boolean => Math.abs(known.skewMs) > wrongMs;
