import pino, { type Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';

export type { Logger } from 'pino';
export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Names whose values never reach a log, wherever they stand in an object. */
const secretNames = [
  'pan',
  'pin',
  'pin_block',
  'track2',
  'cvv',
  'secret',
  'token',
  'password',
  'code',
  'authorization',
  'cookie',
  'mobile',
];
/** 13 to 19 digits, possibly grouped, as in an address too: masked in every text that is logged, with a track after them. */
const cardNumber =
  /(?<![0-9])[0-9](?:(?:[ +-]|%20)?[0-9]){12,18}(?![0-9])([=D][0-9]{4,}|\^[^^"]{1,26}\^[0-9A-Za-z ]{4,})?/g;
const shownFirst = 6;
const shownLast = 4;

/** Masks what looks like a card number in a text. */
export function maskText(text: string): string {
  return text.replace(cardNumber, (found: string, track: string | undefined) => {
    const number = found.slice(0, found.length - (track?.length ?? 0)).replace(/%20|[^0-9]/g, '');
    return `${number.slice(0, shownFirst)}******${number.slice(-shownLast)}${track === undefined ? '' : '******'}`;
  });
}

/** A logger that writes JSON lines and masks secrets by name and card numbers by shape. */
export function createLogger(options: { level: string; write?: (line: string) => void }): Logger {
  const paths = secretNames.flatMap((n) => [n, `*.${n}`, `*.*.${n}`]);
  const write = options.write ?? ((line: string) => process.stderr.write(line));
  return pino(
    {
      level: options.level,
      base: null,
      redact: { paths, censor: '[masked]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (line: string) => write(maskText(line)) },
  );
}

/** The metrics of a process. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
