import { isLuhnValid } from './luhn.ts';

/** ISO/IEC 7812-1. */
const digitsMin = 13;
const digitsMax = 19;
const shownFirst = 6;
const shownLast = 4;

/**
 * How card numbers begin that are in use: 2 of the industry's later ranges, travel and banking, and national ones. So
 * that neither dates nor times in milliseconds look like one.
 */
const plausible = /^(?:2[2-7]|[3-69])/;
/** Digits in groups with at most two separators between them; full-width ones as well, which input methods make. */
const runs = /[0-9\uff10-\uff19]+(?:[ \u00a0\u3000\u2010-\u2015-]{1,2}[0-9\uff10-\uff19]+)*/g;
const groupsOf = /[0-9\uff10-\uff19]+/g;
/** What follows the number on a track: field separator, then expiry, service code and the bank's own data (ISO/IEC 7813). */
const track1 = /^\^[^^]{1,26}\^[0-9A-Za-z ]{4,60}/;
const track2 = /^[=D][0-9]{4,24}/;

/**
 * Masks card numbers in a text that people write: runs of 13 to 19 digits with a right check digit, in groups or not,
 * show their first six and last four digits (PCI DSS 3.4.1); of a track after one nothing is left. The text keeps its
 * length.
 * @param isNumber what else must hold of the digits
 */
export function maskCardNumbers(
  text: string,
  isNumber: (digits: string) => boolean = (digits) => plausible.test(digits),
): string {
  if (text.length < digitsMin) return text;
  let out = '';
  let from = 0;
  for (const run of text.matchAll(runs)) {
    const at = run.index;
    if (run[0].length < digitsMin || at < from) continue;
    const masked = maskRun(run[0], isNumber);
    if (masked === run[0]) continue;
    const end = at + run[0].length;
    const rest = text.slice(end);
    // Only a run that ends with the number is the beginning of a track.
    const tail =
      masked.at(-shownLast - 1) === '*' ? (track1.exec(rest) ?? track2.exec(rest))?.[0] : undefined;
    out += text.slice(from, at) + masked + (tail === undefined ? '' : tail[0] + '*'.repeat(tail.length - 1));
    from = end + (tail?.length ?? 0);
  }
  return out === '' ? text : out + text.slice(from);
}

/** Masks whole groups of a run that make a card number together: from each group on, the longest that does. */
function maskRun(run: string, isNumber: (digits: string) => boolean): string {
  const groups = [...run.matchAll(groupsOf)].map((g) => ({ at: g.index, digits: plain(g[0]) }));
  let out = run;
  for (let first = 0; first < groups.length; first++) {
    let digits = '';
    let found: { last: number; end: number; count: number } | null = null;
    for (let last = first; last < groups.length && digits.length <= digitsMax; last++) {
      const group = groups[last] as (typeof groups)[0];
      digits += group.digits;
      if (digits.length < digitsMin || digits.length > digitsMax) continue;
      if (isNumber(digits) && isLuhnValid(digits))
        found = { last, end: group.at + group.digits.length, count: digits.length };
    }
    if (found === null) continue;
    const at = groups[first]?.at ?? 0;
    out = out.slice(0, at) + hidden(run.slice(at, found.end), found.count) + out.slice(found.end);
    first = found.last;
  }
  return out;
}

/** The digits as ASCII. */
function plain(group: string): string {
  return group.replace(/[\uff10-\uff19]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

function hidden(text: string, count: number): string {
  let seen = 0;
  return text.replace(/[0-9\uff10-\uff19]/g, (digit) => {
    seen += 1;
    return seen > shownFirst && seen <= count - shownLast ? '*' : digit;
  });
}
