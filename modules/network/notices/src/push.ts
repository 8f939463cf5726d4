import { isIP } from 'node:net';
import type { Bank, PushLanguage, PushMessage, WalletNotice } from '@feiqian/contract';
import { isLoopbackAddress, isPublicAddress } from '@feiqian/http';
import { fromUuid } from '@feiqian/ids';
import type { PushKeys } from '@feiqian/keys/node';
import { accountIdOf, isAccount, noticeView, type StoredNotice } from './notice.ts';
import { wordsOf } from './pushWords.ts';

/** What a person has chosen about messages to one device. */
export interface PushChoices {
  language: PushLanguage;
  /** Whether amounts and names are told, or only that there is news. */
  amounts: boolean;
}

/** Where a browser is reached, and how it is written to. */
export interface PushTarget {
  endpoint: string;
  keys: PushKeys;
}

/** How long a message is worth being told, in ms: after a day the person has looked. */
export const pushMsMax = 24 * 3600_000;
/** Messages that may wait for one device; what comes beyond them is seen in the wallet alone. */
export const waitingPushesMax = 50;
/** Tries to send one message at the most. */
export const pushTriesMax = 12;

const firstPauseMs = 1_000;
/** Longest pause between two tries, in ms; what a push service asks for (`Retry-After`) is kept up to here as well. */
export const pushPauseMsMax = 30 * 60_000;

/** The pause after so many tries in vain, in ms: doubles from a second. */
export const pushPauseMs = (tries: number): number =>
  Math.min(pushPauseMsMax, firstPauseMs * 2 ** Math.min(tries - 1, 20));

/** What a push service has said; `status` null: nothing, in the time it had. */
export interface PushAnswer {
  status: number | null;
  retryAfterMs: number | null;
}

/** `gone`: that browser takes no more. `refused`: this message will never be taken. */
export type PushOutcome = 'taken' | 'gone' | 'refused' | 'later';

/** What an answer means: RFC 8030, sections 5 and 7.3. */
export function outcomeOf({ status }: PushAnswer): PushOutcome {
  if (status === null || status === 408 || status === 429 || status >= 500) return 'later';
  if (status >= 200 && status < 300) return 'taken';
  return status === 404 || status === 410 ? 'gone' : 'refused';
}

/** The pause that a `Retry-After` asks for, in ms (RFC 9110, section 10.2.3); null for none that is understood. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const ms = /^[0-9]{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(pushPauseMsMax, Math.max(0, ms));
}

/**
 * The address of a push service as a URL; null for one that the network must not call: anything but HTTPS at its own
 * port, with credentials, of a machine without a public name, or of an address inside. Names are looked at again when
 * they are resolved.
 * @param loopback also takes this machine, over plain HTTP as well: the sandbox and tests
 */
export function endpointOf(text: string, loopback: boolean): URL | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (loopback && (host === 'localhost' || isLoopbackAddress(host)))
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
  if (url.protocol !== 'https:' || url.port !== '') return null;
  if (isIP(host) !== 0) return isPublicAddress(host) ? url : null;
  return /\.[a-z][a-z0-9-]*$/i.test(host) && !/\.(local|localhost|internal|home\.arpa)$/i.test(host)
    ? url
    : null;
}

/** The screen that tells more of a notice. */
function screenOf({ memberId, ref, type }: StoredNotice): string {
  if (type === 'application.changed') return '/wallet/credit/applications';
  const money = type === 'account.debited' || type === 'account.credited';
  if (money && isAccount(ref)) return `/wallet/accounts/${fromUuid(accountIdOf(memberId, ref), 'acc')}`;
  return '/wallet/notices';
}

/** True for news that a sleeping phone is to be woken for: money has moved (RFC 8030, section 5.3). */
export const isUrgent = (type: StoredNotice['type']): boolean =>
  type === 'account.debited' || type === 'account.credited';

/** The message about a notice, in the words that its person has chosen. */
export function pushMessage(
  notice: StoredNotice,
  bank: Bank,
  { language, amounts }: PushChoices,
): PushMessage {
  const words = wordsOf(language);
  const view: WalletNotice = noticeView(notice, bank);
  return {
    title: words.title[view.type](language === 'en' ? bank.name_en : bank.name),
    body: (amounts && words.body(view)) || words.look,
    tag: view.id,
    url: screenOf(notice),
    lang: language,
    at: notice.atMs,
  };
}
