import { randomBytes } from 'node:crypto';
import type { Card, Payment } from '@feiqian/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences } from '../support/books.ts';
import { done } from '../support/caller.ts';
import { changeLink, startTestNetwork, type TestNetwork } from '../support/network.ts';
import { buy, look, type Wallet, wallet } from '../support/people.ts';
import { until } from '../support/until.ts';
import { type Damage, layWire, type Wire } from '../support/wire.ts';

const linkWaitMs = 2_500;
const bank = 'yunzhou';
/** Bytes of the length in front of each message. */
const lengthBytes = 2;

let net: TestNetwork;
let wire: Wire;
let payer: Wallet;
let bankId: string;
beforeAll(async () => {
  net = await startTestNetwork({ linkWaitMs });
  payer = await wallet(net, '13800000001');
  const { members } = net.network;
  const member = members.byCode(bank);
  if (!member?.link) throw new Error('the bank has no link');
  bankId = member.id;
  wire = await layWire(member.link.port);
  await changeLink(net.network, member.id, { port: wire.port });
});
afterAll(async () => {
  await net?.stop();
  await wire?.close();
});

const cardOf = (code: string, kind: Card['kind'] = 'debit') =>
  payer.cards.find((c) => c.bank.id === code && c.kind === kind);
const spendable = async () =>
  (await done(payer.get<{ available: number }>(`/v1/wallet/cards/${cardOf(bank)?.id}/balance`))).available;

const bytewise = (bytes: Buffer) => Array.from(bytes, (b) => Uint8Array.of(b));
const half = (bytes: Buffer) => [bytes.subarray(0, bytes.length / 2)];

/** Damages of the line, and what becomes of a payment whose answer comes over it. */
const damages: [string, Damage, 'captured' | 'reversed'][] = [
  ['drips byte by byte', (bytes) => ({ pieces: bytewise(bytes) }), 'captured'],
  ['says everything twice', (bytes) => ({ pieces: [bytes, bytes] }), 'captured'],
  ['swallows answers', () => ({ pieces: [] }), 'reversed'],
  ['breaks in the middle of an answer', (bytes) => ({ pieces: half(bytes), breaks: true }), 'reversed'],
  ['breaks before an answer', () => ({ pieces: [], breaks: true }), 'reversed'],
  ['turns answers into noise', (bytes) => ({ pieces: [noise(bytes)] }), 'reversed'],
  ['announces more than anybody sends', () => ({ pieces: [Buffer.alloc(64, 0xff)] }), 'reversed'],
  ['flips a bit', (bytes) => ({ pieces: [flipped(bytes)] }), 'reversed'],
  ['sends zeros', (bytes) => ({ pieces: [Buffer.alloc(bytes.length)] }), 'reversed'],
];

/** As long as it was and announced as such, so that what follows can be read again. */
function noise(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, lengthBytes), randomBytes(bytes.length - lengthBytes)]);
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const last = copy.length - 1;
  copy[last] = (copy[last] as number) ^ 1;
  return copy;
}

test.each(damages)('a line that %s: each payment is paid or reversed', async (_, damage, end) => {
  await until(() => net.network.links.isUp(bankId), 10_000, 'the link');
  const before = await spendable();
  wire.damage = damage;
  let paid: Payment;
  let other: Payment;
  try {
    [paid, other] = await Promise.all([
      buy(net, payer, cardOf(bank), 1_700),
      buy(net, payer, cardOf('haigang'), 1_800),
    ]);
  } finally {
    wire.damage = null;
  }
  expect(other.state).toBe('captured');
  expect(paid.state).toBe(end === 'captured' ? 'captured' : 'unknown');
  await until(async () => (await look(net, paid.id)).state === end, 20_000, end);
  expect(await spendable()).toBe(before - (end === 'captured' ? 1_700 : 0));
});

test('a line that is cut in traffic comes back, and everything under way is paid or reversed', async () => {
  const before = await spendable();
  const under = Array.from({ length: 30 }, (_, i) => buy(net, payer, cardOf(bank), 1_000 + i));
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    wire.cut();
  }
  const ends = await Promise.all(under);
  await until(async () => {
    const states = await Promise.all(ends.map(async (p) => (await look(net, p.id)).state));
    return states.every((s) => s === 'captured' || s === 'declined' || s === 'reversed');
  }, 30_000);
  const last = await Promise.all(ends.map((p) => look(net, p.id)));
  const taken = last.reduce((sum, p) => sum + p.captured_amount, 0);
  expect(await spendable()).toBe(before - taken);
});

test('no request failed for it, and the books are right in the end', async () => {
  expect(net.heard.filter((h) => h.answer.status >= 500)).toEqual([]);
  expect(await differences(net.network.db)).toEqual([]);
});
