import { maskPan } from '@feiqian/keys';
import type { FieldFormat, Message, MessageProfile } from './profile.ts';

/** A message that may be logged: bytes in hexadecimal, card numbers masked, tracks, PIN and CVV taken out. */
export interface MaskedMessage {
  mti: string;
  fields: Record<number, string>;
}

export const REMOVED = '[removed]';

/** The loggable form of a message: card numbers as six and four digits, secrets replaced by `[removed]`. */
export function maskMessage(profile: MessageProfile, message: Message): MaskedMessage {
  const fields: Record<number, string> = {};
  for (const [key, value] of Object.entries(message.fields)) {
    fields[Number(key)] = maskedValue(profile.fields[Number(key)], value);
  }
  return { mti: message.mti, fields };
}

export interface DescribedField {
  field: number;
  name: string;
  value: string;
}

/** One line a field, in order, with its name; masked like {@link maskMessage}. */
export function describe(profile: MessageProfile, message: Message): DescribedField[] {
  return Object.entries(message.fields).map(([key, value]) => {
    const format = profile.fields[Number(key)];
    return {
      field: Number(key),
      name: format?.name ?? 'not in the profile',
      value: maskedValue(format, value),
    };
  });
}

/** A field that the profile does not know is removed too: nobody has said that it may be shown. */
function maskedValue(format: FieldFormat | undefined, value: string | Uint8Array): string {
  if (format === undefined) return REMOVED;
  if (format.sensitive === 'pan' && typeof value === 'string') return maskPan(value);
  if (format.sensitive !== undefined) return REMOVED;
  return typeof value === 'string' ? value : Buffer.from(value).toString('hex').toUpperCase();
}
