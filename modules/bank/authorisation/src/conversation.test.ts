import type { Cards } from '@feiqian/bank-cards';
import { manualClock } from '@feiqian/clock';
import { decodeMessage, encodeMessage, feiqianAscii, type Message } from '@feiqian/iso8583';
import { expect, test } from 'vitest';
import type { Answer, Authorisations } from './authorisations.ts';
import { createConversation } from './conversation.ts';

const profile = { ...feiqianAscii, mac: null };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

function talk(decide: () => Promise<Answer>) {
  const conversation = createConversation({
    profile,
    clock: manualClock(Date.UTC(2026, 0, 5)),
    cards: { lookup: () => 'lookup' } as unknown as Cards,
    authorisations: { decide } as unknown as Authorisations,
    keys: null,
    logger: silent,
  });
  const send = async (message: Message) => {
    const reply = await conversation.handle(encodeMessage(profile, message));
    return reply.frames.map((frame) => {
      const decoded = decodeMessage(profile, frame.subarray(2));
      return decoded.ok ? decoded.message.fields[39] : 'unreadable';
    });
  };
  return { conversation, send };
}

const network = (code: string): Message => ({
  mti: '0800',
  fields: { 7: '0105000000', 11: '000001', 33: '99', 70: code },
});
const sale: Message = {
  mti: '0200',
  fields: {
    2: '9156000000000000',
    3: '000000',
    4: '000000000100',
    7: '0105000000',
    11: '000002',
    12: '080000',
    13: '0105',
    18: '5411',
    22: '030',
    25: '00',
    32: '99',
    33: '99',
    37: '0A1B2C3D4E5F',
    41: 'TILL0001',
    42: 'M00000000000001',
    43: 'NOODLE HOUSE',
    49: '156',
  },
};

test('a bank with too much to do says so, because nothing was done', async () => {
  const { send } = talk(async () => {
    throw Object.assign(new Error('full'), { name: 'PipelineFull' });
  });
  await send(network('001'));
  expect(await send(sale)).toEqual(['96']);
});

test('a bank that does not know whether it has paid says nothing', async () => {
  const { send } = talk(async () => {
    throw new Error('connection lost');
  });
  await send(network('001'));
  expect(await send(sale)).toEqual([]);
});

test('a link without message authentication has no keys to change', async () => {
  const { send } = talk(() => Promise.reject(new Error('not asked')));
  expect(await send(network('101'))).toEqual(['12']);
});

test('only what can neither be read nor answered ends the connection', async () => {
  const { conversation } = talk(() => Promise.reject(new Error('not asked')));
  const close = async (text: string) => (await conversation.handle(Buffer.from(text, 'latin1'))).close;
  expect(await close('')).toBe(true);
  expect(await close('0200')).toBe(true);
  expect(await close('9999ZZZZ')).toBe(true);
  const half = Buffer.from(encodeMessage(profile, sale)).toString('latin1').slice(0, -5);
  expect(await close(half)).toBe(false);
});
