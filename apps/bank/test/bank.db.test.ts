import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCards } from '../src/index.ts';
import { type IsoClient, isoClient, networkMessage, payment, signedOnClient } from './iso-client.ts';
import { figures, problems, startTestBank, type TestBank } from './test-bank.ts';

const card = (outcome: string) => testCards.find((c) => c.outcome === outcome)?.pan as string;
let numbers = 0;
const rrn = () => `R${(++numbers).toString().padStart(11, '0')}`;
const stan = () => (++numbers).toString().padStart(6, '0');

let bank: TestBank;
let client: IsoClient;
beforeAll(async () => {
  bank = await startTestBank();
  client = await signedOnClient(bank.settings, bank.bank.isoPort);
});
afterAll(async () => {
  client?.end();
  await bank?.stop();
});

describe('an ordinary day', () => {
  test('a purchase is approved, taken from the account and seen on the statement', async () => {
    const pan = card('approve');
    const before = await figures(bank.db, bank.settings, pan);
    const answer = await client.ask(payment({ pan, amount: 1280, stan: stan(), rrn: rrn() }));
    expect(answer.mti).toBe('0210');
    expect(answer.fields[39]).toBe('00');
    expect(answer.fields[38]).toMatch(/^[0-9]{6}$/);
    expect(answer.fields[4]).toBe('000000001280');
    const after = await figures(bank.db, bank.settings, pan);
    expect(before.balance - after.balance).toBe(1280n);
    expect(client.heard.every((h) => h.authentic)).toBe(true);
    expect(await problems(bank.db, bank.settings)).toEqual([]);
  });

  test('network management needs no sign-on, business does', async () => {
    const other = await isoClient(bank.settings, bank.bank.isoPort);
    expect((await other.ask(networkMessage('301', '000009'))).fields[39]).toBe('00');
    const refused = await other.ask(payment({ pan: card('approve'), amount: 1, stan: stan(), rrn: rrn() }));
    expect(refused.fields[39]).toBe('91');
    other.end();
  });
});
