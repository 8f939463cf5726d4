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
/** 13 to 19 digits, possibly grouped: masked in every text that is logged. */
const cardNumber = /(?<![0-9])([0-9]{6})[0-9 -]{3,11}([0-9]{4})(?![0-9])/g;

/** Masks what looks like a card number in a text. */
export function maskText(text: string): string {
  return text.replace(cardNumber, '$1******$2');
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
