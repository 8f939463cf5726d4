import type { Message } from './profile.ts';

/** Mandatory; conditional (docs/iso8583.md says when); optional. */
export type Presence = 'M' | 'C' | 'O';
export type PresenceRules = Readonly<Record<number, Presence>>;

const authorisation: PresenceRules = {
  ...all('M', 2, 3, 4, 7, 11, 12, 13, 18, 22, 25, 32, 33, 37, 41, 42, 43, 49),
  ...all('C', 14, 52, 53, 64),
  ...all('O', 15, 48, 60, 62, 63),
};
const financial: PresenceRules = { ...authorisation, ...all('C', 38, 90, 102, 103, 128) };
const advice: PresenceRules = { ...financial, ...all('M', 39) };
const authorisationAnswer: PresenceRules = {
  ...all('M', 2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 39, 41, 42, 49),
  ...all('C', 38, 64),
  ...all('O', 15, 44, 48, 54, 60, 63),
};
const financialAnswer: PresenceRules = { ...authorisationAnswer, ...all('C', 90, 128) };
const reversal: PresenceRules = {
  ...all('M', 2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 41, 42, 49, 90),
  ...all('C', 14, 38, 39, 95, 128),
  ...all('O', 15, 18, 22, 25, 43, 60, 63),
};
const reversalAnswer: PresenceRules = {
  ...all('M', 2, 3, 4, 7, 11, 12, 13, 32, 33, 37, 39, 41, 42, 49, 90),
  ...all('C', 95, 128),
  ...all('O', 15, 60, 63),
};
const network: PresenceRules = {
  ...all('M', 7, 11, 33, 70),
  ...all('C', 48, 128),
  ...all('O', 32, 41, 53, 63),
};
const networkAnswer: PresenceRules = { ...network, ...all('M', 39) };

/** Which fields are in which message. Field 64 or 128 is mandatory on every link that has a MAC key. */
export const MESSAGE_RULES: Readonly<Record<string, PresenceRules>> = {
  '0100': authorisation,
  '0110': authorisationAnswer,
  '0200': financial,
  '0210': financialAnswer,
  '0220': advice,
  '0230': financialAnswer,
  '0400': reversal,
  '0410': reversalAnswer,
  '0420': reversal,
  '0430': reversalAnswer,
  '0800': network,
  '0810': networkAnswer,
};

/**
 * The mandatory fields that a message lacks, in order: an answer with response code 30 is due if there are any.
 * A repeat (0201, 0221, 0421 …) follows the rules of what it repeats. Null for a type the network does not exchange.
 */
export function missingFields(message: Message): number[] | null {
  const type = /^0[124][0-9]1$/.test(message.mti) ? `${message.mti.slice(0, 3)}0` : message.mti;
  const rules = Object.hasOwn(MESSAGE_RULES, type) ? MESSAGE_RULES[type] : undefined;
  if (rules === undefined) return null;
  return Object.keys(rules)
    .map(Number)
    .filter((field) => rules[field] === 'M' && message.fields[field] === undefined);
}

function all(presence: Presence, ...fields: number[]): Record<number, Presence> {
  return Object.fromEntries(fields.map((field) => [field, presence]));
}
