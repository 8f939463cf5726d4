import type { BankSettings } from '@feiqian/app-bank';
import { applyMac, type FieldFormat, type Message } from '@feiqian/iso8583';
import { createCmac } from '@feiqian/keys/node';
import { framed } from '../hostile/frames.ts';
import type { Line } from '../support/line.ts';
import { forms, type Strays } from '../support/strays.ts';
import { pause } from '../support/until.ts';

/*
 * Card data in every field of messages that can carry it, in both directions of the line between the network and a
 * bank: with answers that are believed, and with all that are not; in types that nobody expects; in bytes that are no
 * message.
 */

export interface Talk {
  line: Line;
  settings: BankSettings;
  strays: Strays;
  /** Makes the network ask the bank something. */
  ask(): Promise<unknown>;
  /** How long the network waits for an answer. */
  linkWaitMs: number;
}

/** The fields that decide what a message is taken for: they are left as they are. */
const telling = new Set([3, 4, 7, 11, 12, 13, 32, 33, 37, 38, 39, 41, 42, 49, 64, 70, 90, 128]);
const panDigits = 16;

export async function everyMessage(talk: Talk): Promise<void> {
  const { line, ask } = talk;
  for (const [where, change] of answers) {
    line.fault = ({ to, message }) => {
      if (to !== 'network' || message?.mti === '0810' || message === null) return null;
      const full = { ...message, fields: { ...message.fields, ...cardData(talk, where) } };
      // Advices are answered in a way that is believed, or the network would repeat them for minutes.
      return message.mti === '0210' ? change(talk, full, where) : one()(talk, full, where);
    };
    await ask();
    line.fault = null;
  }
  // The late one.
  await pause(talk.linkWaitMs);
  for (const mti of types) line.say(sealed(talk, unasked(talk, mti, `${mti} to the network`)));
  for (const form of forms)
    line.say(framed(talk.settings.profile, Buffer.from(talk.strays.text('no message', form))));
  await towardsTheBank(talk);
}

const types = '0100 0110 0130 0200 0210 0220 0230 0300 0400 0410 0420 0430 0600 0800 0810 9999'.split(' ');

type Change = (talk: Talk, message: Message, where: string) => { pieces: Uint8Array[]; afterMs?: number };
const one =
  (fields: Message['fields'] = {}): Change =>
  (talk, message) => ({ pieces: [sealed(talk, { ...message, fields: { ...message.fields, ...fields } })] });

const answers: [string, Change][] = [
  ['in an approval', one()],
  ['in a refusal', one({ 39: '05' })],
  ['in an answer about another amount', one({ 4: '000000000001' })],
  ['in an answer without a code', one({ 39: '  ' })],
  [
    'under a wrong MAC',
    (talk, message) => {
      const { settings } = talk;
      const wrong = applyMac(settings.profile, message, createCmac(Buffer.alloc(16)));
      return { pieces: [framed(settings.profile, wrong)] };
    },
  ],
  [
    'in an answer that comes too late',
    (talk, message) => ({ ...one()(talk, message, ''), afterMs: talk.linkWaitMs * 1.5 }),
  ],
  [
    'in an answer that comes twice',
    (talk, message) => ({ pieces: [sealed(talk, message), sealed(talk, message)] }),
  ],
];

async function towardsTheBank(talk: Talk): Promise<void> {
  const { line, ask } = talk;
  line.fault = ({ to, message }) => {
    if (to !== 'bank' || message === null) return null;
    // The customer's own card, and other people's in every other field.
    const { 2: _, ...fields } = cardData(talk, `to the bank in ${message.mti}`);
    return { pieces: [sealed(talk, { ...message, fields: { ...message.fields, ...fields } })] };
  };
  await ask();
  let asked: Message | null = null;
  line.fault = ({ to, message }) => {
    if (to !== 'bank' || message === null || asked !== null) return null;
    asked = message;
    const odd = types.map((mti) => {
      const told = unasked(talk, mti, `${mti} to the bank`);
      return sealed(talk, { ...told, fields: { ...message.fields, ...told.fields } });
    });
    const noise = forms.map((form) =>
      framed(talk.settings.profile, Buffer.from(talk.strays.text('no message to the bank', form))),
    );
    return { pieces: [sealed(talk, message), ...odd, ...noise] };
  };
  await ask();
  line.fault = null;
  await pause(talk.linkWaitMs);
}

let stan = 800_000;
function unasked(talk: Talk, mti: string, where: string): Message {
  stan += 1;
  const fields = { ...cardData(talk, where), 7: '1122083000', 11: String(stan), 37: `CANARY${stan}` };
  return { mti, fields: mti === '0800' ? { ...fields, 70: '301' } : fields };
}

function sealed({ settings }: Talk, message: Message): Uint8Array {
  const key = createCmac(Buffer.from(settings.macKeyHex, 'hex'));
  return framed(settings.profile, applyMac(settings.profile, message, key));
}

/** Card data for each field that can carry it, of numbers of its own. */
function cardData({ settings, strays }: Talk, where: string): Message['fields'] {
  const fields: Record<number, string | Uint8Array> = { 14: '3112' };
  for (const [name, format] of Object.entries(settings.profile.fields)) {
    const number = Number(name);
    if (telling.has(number)) continue;
    const value = valueFor(format, `${settings.id}: field ${number} ${where}`, strays);
    if (value !== null) fields[number] = value;
  }
  return fields;
}

function valueFor(format: FieldFormat, where: string, strays: Strays): string | Uint8Array | null {
  const { length, type, sensitive, name } = format;
  const most = typeof length === 'object' ? length.max : length;
  const fixed = (text: string) => (typeof length === 'object' ? text : text.padEnd(most));
  if (sensitive === 'pin') return strays.pinBlock(where);
  if (type === 'b') return most === 8 ? strays.pinBlock(where) : strays.chip(where);
  if (type === 'z') return strays.track2(where);
  if (most < panDigits) return null;
  if (type === 'n') return strays.pan(where).padStart(typeof length === 'object' ? 0 : most, '0');
  if (type === 'x+n') return `C${strays.pan(where)}`;
  if (sensitive === 'track') return strays.track1(where);
  if (type === 'an')
    return typeof length === 'object' ? strays.pan(where) : strays.pan(where).padEnd(most, 'X');
  if (sensitive === 'pan') return strays.pan(where);
  if (most >= 60) return fixed(`${name.slice(0, 8)} ${strays.text(where, 'track 2')}`);
  return fixed(most >= 19 ? `NO ${strays.pan(where)}` : strays.pan(where));
}
