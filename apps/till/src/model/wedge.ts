/*
 * A hand scanner plugs in as a keyboard ("keyboard wedge") and types what it read, much faster than a
 * person, ending with Enter. There is no other mark by which to know it.
 */

/** Longest pause between two characters of one scan. Slow Bluetooth scanners need about 50 ms. */
export const wedgeGapMsMax = 90;
/** Fewest characters that count as a scan: one more than the longest amount, so that a quick hand on a keypad is never taken for one. */
export const wedgeCharactersMin = 11;
/** Most characters kept: a consumer-presented code has at most 512 bytes, 684 in base64. */
export const wedgeCharactersMax = 700;

export interface Wedge {
  readonly text: string;
  readonly lastAtMs: number;
}

export const idleWedge: Wedge = { text: '', lastAtMs: Number.NEGATIVE_INFINITY };

export interface WedgeRead {
  readonly wedge: Wedge;
  /** `first`: may begin a scan · `burst`: certainly a scanner · `scan`: complete · `none`: a person's key. */
  readonly kind: 'first' | 'going' | 'burst' | 'scan' | 'none';
  /** The whole text when `kind` is `scan`. */
  readonly scanned: string | null;
}

/**
 * Feeds one key press.
 * @param key `KeyboardEvent.key`
 * @param atMs the event's time in milliseconds, of any origin
 */
export function readKey(wedge: Wedge, key: string, atMs: number): WedgeRead {
  const inTime = atMs - wedge.lastAtMs <= wedgeGapMsMax;
  if (key === 'Shift')
    return { wedge: { ...wedge, lastAtMs: inTime ? atMs : wedge.lastAtMs }, kind: 'none', scanned: null };
  if (key === 'Enter' || key === 'Tab') {
    const complete = inTime && wedge.text.length >= wedgeCharactersMin;
    return complete
      ? { wedge: idleWedge, kind: 'scan', scanned: wedge.text }
      : { wedge: idleWedge, kind: 'none', scanned: null };
  }
  if ([...key].length !== 1) return { wedge: idleWedge, kind: 'none', scanned: null };
  if (!inTime) return { wedge: { text: key, lastAtMs: atMs }, kind: 'first', scanned: null };
  const text = (wedge.text + key).slice(-wedgeCharactersMax);
  return {
    wedge: { text, lastAtMs: atMs },
    kind: text.length >= wedgeCharactersMin ? 'burst' : 'going',
    scanned: null,
  };
}

/** Some scanners send no Enter: after a silence, what came fast enough and long enough was a scan. */
export function readSilence(wedge: Wedge): string | null {
  return wedge.text.length >= wedgeCharactersMin ? wedge.text : null;
}
