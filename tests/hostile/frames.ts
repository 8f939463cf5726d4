import {
  applyMac,
  decodeMessage,
  type FieldFormat,
  frameMessage,
  type Message,
  type MessageProfile,
} from '@feiqian/iso8583';
import { createCmac } from '@feiqian/keys/node';
import type { Chance } from '../support/chance.ts';

/** A message one mutation away from a good one, with a right MAC: what is wrong is in it, not around it. */
export interface OddMessage {
  what: string;
  /** The field that was touched; null for the type of the message. */
  field: number | null;
  frame: Uint8Array;
}

/** One way to be wrong, for any message with the same fields: nothing is drawn, encoded or sealed before it is asked for. */
export interface OddWay {
  what: string;
  field: number | null;
  /** Null when not even the loosened layout can carry it. */
  of(message: Message, key: Uint8Array, chance: Chance): Uint8Array | null;
}

/**
 * The same layout as a profile, but a field takes what its format forbids: letters among digits, half-bytes that are
 * no digit, values beyond their length.
 */
function loosened(profile: MessageProfile): MessageProfile {
  const fields = Object.entries(profile.fields).map(([key, format]): [string, FieldFormat] => {
    const number = Number(key);
    const isMac = profile.mac?.fields.includes(number as 64) ?? false;
    return [key, isMac ? format : loose(format)];
  });
  return { ...profile, name: `${profile.name} loose`, fields: Object.fromEntries(fields) };
}

function loose(format: FieldFormat): FieldFormat {
  const { length, encoding } = format;
  const wider = typeof length === 'object' ? { ...length, max: length.var === 'LL' ? 99 : 999 } : length;
  if (format.type === 'b') {
    if (encoding === 'binary') return { ...format, length: wider };
    // Hexadecimal characters, or others in their place.
    return { ...format, type: 'ans', length: typeof wider === 'object' ? wider : wider * 2 };
  }
  if (encoding === 'bcd') return { ...format, type: 'z', length: wider, filler: format.filler ?? 'left0' };
  return { ...format, type: 'ans', length: wider };
}

const looseProfiles = new Map<MessageProfile, MessageProfile>();
function looseOf(profile: MessageProfile): MessageProfile {
  const known = looseProfiles.get(profile) ?? loosened(profile);
  looseProfiles.set(profile, known);
  return known;
}

const digits = '0123456789';
const letters = 'ABCXYZabcxyz';
const marks = ' !"#%&\'()*+,-./:;<=>?@[]^_`{|}~';
const textOf = (chance: Chance, alphabet: string, length: number) =>
  Array.from({ length }, () => chance.pick([...alphabet])).join('');

/** A value that the format takes. */
export function fieldValue(format: FieldFormat, chance: Chance): string | Uint8Array {
  const { length, type } = format;
  const most = typeof length === 'object' ? length.max : length;
  const size =
    typeof length === 'object' ? chance.pick([0, 1, Math.min(most, 1 + chance.below(30)), most]) : most;
  if (type === 'b') return Uint8Array.from({ length: size }, () => chance.below(256));
  if (type === 'n' || type === 'z') return textOf(chance, digits, size);
  if (type === 'x+n') return chance.pick(['C', 'D']) + textOf(chance, digits, size);
  if (type === 'a') return textOf(chance, letters, size);
  return textOf(chance, type === 'an' ? digits + letters : digits + letters + marks, size);
}

type Draw = (chance: Chance) => string | Uint8Array;

/** Values that the format forbids or few expect, as the loosened profile takes them. */
function oddValues({ length, type, encoding }: FieldFormat): [string, Draw][] {
  const most = typeof length === 'object' ? length.max : length;
  const wire = type === 'b' && encoding !== 'binary' ? most * 2 : most;
  const odd: [string, Draw][] = [];
  if (type === 'b' && encoding === 'binary') {
    odd.push(['zeros', () => new Uint8Array(most)], ['ones', () => new Uint8Array(most).fill(0xff)]);
  } else if (encoding === 'bcd') {
    odd.push(
      ['half-bytes that are no digit', (chance) => textOf(chance, ':;<=>?', most)],
      ['zeros', () => '0'.repeat(most)],
    );
  } else {
    odd.push(
      ['zeros', () => '0'.repeat(wire)],
      ['nines', () => '9'.repeat(wire)],
      ['letters', (chance) => textOf(chance, letters, wire)],
      ['marks', (chance) => textOf(chance, marks, wire)],
      ['blanks', () => ' '.repeat(wire)],
      ['a statement', () => "'; drop table x; --".padEnd(wire).slice(0, wire)],
    );
  }
  if (typeof length === 'object' && !(type === 'b' && encoding === 'binary')) {
    odd.push(['nothing', () => ''], ['more than it takes', () => '1'.repeat(length.var === 'LL' ? 99 : 999)]);
  }
  return odd;
}

const oddTypes = '0000 0110 0210 0300 0320 0500 0600 0620 0810 0900 1200 9999'.split(' ');

/** Every way to be one mutation away from messages with the fields of this one: each field of the profile, and the type. */
export function oddWays(profile: MessageProfile, sample: Message): OddWay[] {
  const wide = looseOf(profile);
  const ways: OddWay[] = [];
  const add = (what: string, field: number | null, change: (message: Message, chance: Chance) => Message) =>
    ways.push({
      what,
      field,
      of(message, key, chance) {
        const changed = change({ ...message, fields: widened(wide, message.fields) }, chance);
        try {
          return applyMac(wide, changed, createCmac(key));
        } catch {
          return null;
        }
      },
    });
  for (const [name, format] of Object.entries(profile.fields)) {
    const field = Number(name);
    if (profile.mac?.fields.includes(field as 64)) continue;
    const put = (what: string, draw: Draw) =>
      add(what, field, (message, chance) => ({
        ...message,
        fields: { ...message.fields, [field]: draw(chance) },
      }));
    if (sample.fields[field] !== undefined)
      add(`field ${field} missing`, field, ({ fields: { [field]: _, ...rest }, ...message }) => ({
        ...message,
        fields: rest,
      }));
    put(`field ${field} with another value`, (chance) => asWide(wide, field, fieldValue(format, chance)));
    for (const [what, draw] of oddValues(format)) put(`field ${field}: ${what}`, draw);
  }
  for (const mti of oddTypes) add(`type ${mti}`, null, (message) => ({ ...message, mti }));
  return ways;
}

/** Everything one mutation away from a message. */
export function oddMessages(
  profile: MessageProfile,
  message: Message,
  key: Uint8Array,
  chance: Chance,
): OddMessage[] {
  return oddWays(profile, message).flatMap(({ what, field, of }) => {
    const frame = of(message, key, chance);
    return frame === null ? [] : [{ what, field, frame }];
  });
}

/** Binary values in the form the loosened profile takes: hexadecimal characters where those go over the wire. */
function widened(wide: MessageProfile, fields: Message['fields']): Message['fields'] {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, asWide(wide, Number(key), value)]),
  );
}
function asWide(wide: MessageProfile, field: number, value: string | Uint8Array): string | Uint8Array {
  const isText = wide.fields[field]?.type !== 'b';
  return isText && typeof value !== 'string' ? Buffer.from(value).toString('hex').toUpperCase() : value;
}

/** A frame that a bad line or a bad program has damaged: its MAC is no longer that of what it says. */
export interface Damaged {
  what: string;
  bytes: Uint8Array;
}

/** One way to damage the bytes of a message, by chance. */
export function damaged(frame: Uint8Array, chance: Chance): Damaged {
  const at = chance.below(frame.length);
  const noise = Uint8Array.from({ length: 1 + chance.below(12) }, () => chance.below(256));
  const copy = Uint8Array.from(frame);
  switch (chance.below(7)) {
    case 0:
      copy[at] = (copy[at] as number) ^ (1 << chance.below(8));
      return { what: `a bit of byte ${at} flipped`, bytes: copy };
    case 1:
      copy[at] = chance.below(256);
      return { what: `byte ${at} changed`, bytes: copy };
    case 2:
      return { what: `cut at ${at}`, bytes: frame.slice(0, Math.max(1, at)) };
    case 3:
      return { what: `noise at ${at}`, bytes: Buffer.concat([frame.slice(0, at), noise, frame.slice(at)]) };
    case 4:
      return {
        what: `a gap at ${at}`,
        bytes: Buffer.concat([frame.slice(0, at), frame.slice(at + noise.length + 1)]),
      };
    case 5:
      return { what: 'twice in one frame', bytes: Buffer.concat([frame, frame]) };
    default:
      copy.set(noise.slice(0, frame.length - at), at);
      return { what: `overwritten at ${at}`, bytes: copy };
  }
}

/** Bytes with their length in front, as the profile frames them. */
export const framed = (profile: MessageProfile, bytes: Uint8Array): Uint8Array =>
  frameMessage(profile, bytes.length === 0 ? Uint8Array.of(0) : bytes);

/** Whether bytes still say the same: a changed case of hexadecimal letters does, and so does another TPDU. */
export function saysTheSame(profile: MessageProfile, a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [decodeMessage(profile, a), decodeMessage(profile, b)];
  if (!one.ok || !other.ok) return false;
  const text = ({ mti, fields }: Message) =>
    JSON.stringify([
      mti,
      Object.entries(fields).map(([k, v]) => [k, Buffer.from(v as string).toString('hex')]),
    ]);
  return text(one.message) === text(other.message);
}
