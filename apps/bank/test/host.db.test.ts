import { setTimeout as sleep } from 'node:timers/promises';
import { createIds } from '@feiqian/ids';
import { feiqianBcd, keyChangeData, readKeyChangeData } from '@feiqian/iso8583';
import { kcvCmac, unwrapKey, wrapKey } from '@feiqian/keys/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBank, testCards } from '../src/index.ts';
import { type IsoClient, isoClient, networkMessage, payment, signedOnClient } from './iso-client.ts';
import { figures, lateAnswerMs, problems, startTestBank, type TestBank } from './test-bank.ts';

const card = (outcome: string) => testCards.find((c) => c.outcome === outcome)?.pan as string;
const pan = card('approve');
let counter = 0;
const fresh = () => {
  counter += 1;
  return { stan: counter.toString().padStart(6, '0'), rrn: `H${counter.toString().padStart(11, '0')}` };
};
const sale = (amount = 1) => payment({ pan, amount, ...fresh() });

let bank: TestBank;
let client: IsoClient;
beforeAll(async () => {
  bank = await startTestBank();
});
beforeEach(async () => {
  client = await signedOnClient(bank.settings, bank.bank.isoPort);
});
afterEach(() => client.end());
afterAll(async () => {
  await bank?.stop();
});

async function closes(c: IsoClient): Promise<boolean> {
  for (let i = 0; i < 100 && !c.closed; i++) await sleep(20);
  return c.closed;
}
async function stillServes(): Promise<void> {
  const other = await signedOnClient(bank.settings, bank.bank.isoPort);
  expect((await other.ask(sale())).fields[39]).toBe('00');
  other.end();
}

describe('bytes as a bad line brings them', () => {
  test('a message dripped byte by byte is read', async () => {
    const message = sale();
    const answer = client.next();
    for (const byte of client.bytesOf(message)) {
      client.write(Uint8Array.of(byte));
      await sleep(0);
    }
    expect((await answer).fields[11]).toBe(message.fields[11]);
  });

  test('twenty messages in one packet are all answered', async () => {
    const messages = Array.from({ length: 20 }, () => sale());
    client.write(Buffer.concat(messages.map((m) => client.bytesOf(m))));
    for (let i = 0; i < 100 && client.heard.length < 20; i++) await sleep(20);
    const stans = client.heard.map((h) => h.message.fields[11]);
    expect(new Set(stans)).toEqual(new Set(messages.map((m) => m.fields[11])));
  });

  test('an announced length beyond the limit closes the connection before it is read', async () => {
    client.write(Uint8Array.of(0xff, 0xff, 0x30));
    expect(await closes(client)).toBe(true);
    await stillServes();
  });

  test('a length of zero and plain noise close the connection', async () => {
    client.write(Uint8Array.of(0, 0));
    expect(await closes(client)).toBe(true);
    const other = await isoClient(bank.settings, bank.bank.isoPort);
    other.write(Uint8Array.of(0, 9, ...Buffer.from('GET / HTTP')));
    expect(await closes(other)).toBe(true);
    await stillServes();
  });

  test('a message cut short after its STAN is a format error, and the connection stays', async () => {
    const frame = client.bytesOf(sale()).slice(2);
    const cut = frame.slice(0, frame.length - 30);
    const answer = client.next();
    client.write(Uint8Array.of(cut.length >> 8, cut.length & 255, ...cut));
    const { fields, mti } = await answer;
    expect([mti, fields[39]]).toEqual(['0210', '30']);
    expect((await client.ask(sale())).fields[39]).toBe('00');
  });

  test('a message without a mandatory field is a format error, one of a strange type an invalid one', async () => {
    const { 41: _, ...fields } = sale().fields;
    expect((await client.ask({ mti: '0200', fields })).fields[39]).toBe('30');
    const strange = await client.ask({ ...sale(), mti: '0600' });
    expect([strange.mti, strange.fields[39]]).toEqual(['0610', '12']);
  });

  test('an answer to nothing is ignored', async () => {
    client.write(client.bytesOf({ ...sale(), mti: '0210' }));
    expect((await client.ask(sale())).fields[39]).toBe('00');
    expect(client.heard).toHaveLength(1);
  });

  test('a connection that is cut amid its messages leaves them decided once', async () => {
    const before = await figures(bank.db, bank.settings, pan);
    const messages = Array.from({ length: 30 }, () => sale(3));
    client.write(Buffer.concat(messages.map((m) => client.bytesOf(m))));
    await sleep(5);
    client.end();
    const other = await signedOnClient(bank.settings, bank.bank.isoPort);
    const codes = await Promise.all(messages.map(async (m) => (await other.ask(m)).fields[39]));
    other.end();
    expect(new Set(codes)).toEqual(new Set(['00']));
    expect((await figures(bank.db, bank.settings, pan)).balance).toBe(before.balance - 90n);
  });
});

describe('message authentication', () => {
  test.each([
    ['a changed amount', (b: Uint8Array) => b.fill(0x39, 60, 61)],
    ['another code', (b: Uint8Array) => b.fill(0x30, b.length - 16)],
  ])('a message with %s is answered A0 and not executed', async (_, spoil) => {
    const before = await figures(bank.db, bank.settings, pan);
    const answer = client.next();
    client.write(spoil(client.bytesOf(sale(500))));
    expect((await answer).fields[39]).toBe('A0');
    expect(await figures(bank.db, bank.settings, pan)).toEqual(before);
  });

  test('a sign-on under a wrong key is refused', async () => {
    const other = await isoClient(bank.settings, bank.bank.isoPort);
    other.key = new Uint8Array(16);
    expect((await other.ask(networkMessage('001', fresh().stan))).fields[39]).toBe('A0');
    expect((await other.ask(sale())).fields[39]).toBe('A0');
    other.end();
  });

  test('a new key from the network is used at once; the old one is taken for a minute and no longer', async () => {
    const own = await startTestBank();
    const old = await signedOnClient(own.settings, own.bank.isoPort);
    const zone = Buffer.from(own.settings.zoneKeyHex, 'hex');
    const key = new Uint8Array(16).fill(0x5a);
    const offer = (data: string) => old.ask(networkMessage('101', fresh().stan, { 48: data }));
    const wrapped = wrapKey(zone, key);
    expect((await offer(keyChangeData({ wrapped, kcv: '000000' }))).fields[39]).toBe('A0');
    expect((await offer('MAK00')).fields[39]).toBe('30');
    for (let again = 0; again < 2; again++) {
      expect((await offer(keyChangeData({ wrapped, kcv: kcvCmac(key) }))).fields[39]).toBe('00');
    }
    const renewed = await signedOnClient(own.settings, own.bank.isoPort);
    expect((await old.ask(sale())).fields[39]).toBe('00');
    renewed.key = key;
    expect((await renewed.ask(sale())).fields[39]).toBe('00');
    expect((await old.ask(sale())).fields[39]).toBe('00');
    expect(old.heard.every((h) => h.authentic)).toBe(true);
    own.clock.advance(61_000);
    expect((await old.ask(sale())).fields[39]).toBe('A0');
    expect((await renewed.ask(sale())).fields[39]).toBe('00');
    await restartKeepsKey(own, key);
    old.end();
    renewed.end();
    await own.stop();
  });

  async function restartKeepsKey(own: TestBank, key: Uint8Array): Promise<void> {
    const { settings, db, clock } = own;
    const again = await startBank({ settings, db, clock, ids: createIds(clock.now) });
    const late = await isoClient(settings, again.isoPort);
    late.key = key;
    expect((await late.ask(networkMessage('001', fresh().stan))).fields[39]).toBe('00');
    late.end();
    await again.stop();
  }

  test('asked without a key the bank makes one', async () => {
    const own = await startTestBank();
    const other = await signedOnClient(own.settings, own.bank.isoPort);
    const answer = await other.ask(networkMessage('101', fresh().stan));
    const change = readKeyChangeData(answer.fields[48] as string);
    const zone = Buffer.from(own.settings.zoneKeyHex, 'hex');
    other.key = unwrapKey(zone, change?.wrapped as Uint8Array) as Uint8Array;
    expect(kcvCmac(other.key)).toBe(change?.kcv);
    expect((await other.ask(sale())).fields[39]).toBe('00');
    expect(other.heard.at(-1)?.authentic).toBe(true);
    other.end();
    await own.stop();
  });
});

describe('test cards disturb the answer and nothing else', () => {
  const taken = async (outcome: string, message: ReturnType<typeof payment>, wait: number) => {
    const before = await figures(bank.db, bank.settings, card(outcome));
    client.heard.length = 0;
    client.write(client.bytesOf(message));
    await sleep(wait);
    const after = await figures(bank.db, bank.settings, card(outcome));
    return before.balance - after.balance;
  };

  test('time-out: paid, never answered, and a repeat is not answered either; the reversal is', async () => {
    const numbers = fresh();
    const message = payment({ pan: card('time_out'), amount: 70, ...numbers });
    expect(await taken('time_out', message, lateAnswerMs)).toBe(70n);
    expect(await taken('time_out', message, lateAnswerMs * 2)).toBe(0n);
    expect(client.heard).toHaveLength(0);
    const original = { mti: '0200', stan: numbers.stan };
    const reversal = payment({
      mti: '0420',
      pan: card('time_out'),
      amount: 70,
      stan: fresh().stan,
      rrn: numbers.rrn,
      original,
    });
    expect((await client.ask(reversal)).fields[39]).toBe('00');
  });

  test('late answer: paid, answered after the wait', async () => {
    const message = payment({ pan: card('late_answer'), amount: 70, ...fresh() });
    expect(await taken('late_answer', message, lateAnswerMs / 3)).toBe(70n);
    expect(client.heard).toHaveLength(0);
    await sleep(lateAnswerMs);
    expect(client.heard.map((h) => h.message.fields[39])).toEqual(['00']);
  });

  test('duplicate answer: paid once, answered twice', async () => {
    const message = payment({ pan: card('duplicate_answer'), amount: 70, ...fresh() });
    expect(await taken('duplicate_answer', message, lateAnswerMs)).toBe(70n);
    expect(client.heard).toHaveLength(2);
    expect(client.heard[0]).toEqual(client.heard[1]);
  });

  test('wrong amount and bad MAC: an answer that nobody may believe', async () => {
    await taken('wrong_amount', payment({ pan: card('wrong_amount'), amount: 70, ...fresh() }), lateAnswerMs);
    expect(client.heard[0]?.message.fields[4]).toBe('000000000071');
    expect(client.heard[0]?.authentic).toBe(true);
    await taken('bad_mac', payment({ pan: card('bad_mac'), amount: 70, ...fresh() }), lateAnswerMs);
    expect(client.heard[0]?.authentic).toBe(false);
  });
});

test('a bank with packed fields is another profile, not other code', async () => {
  const packed = await startTestBank({ profile: feiqianBcd });
  const other = await signedOnClient(packed.settings, packed.bank.isoPort);
  expect((await other.ask(sale(9))).fields[39]).toBe('00');
  other.end();
  await packed.stop();
});

test('the books are right after all of it', async () => {
  expect(await problems(bank.db, bank.settings)).toEqual([]);
});
