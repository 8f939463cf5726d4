import {
  type BankSettings,
  bankMigrations,
  bankSchemas,
  type RunningBank,
  sandboxBanks,
  seedBank,
  startBank,
} from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import {
  decodeMessage,
  isRequest,
  type Message,
  messageClass,
  RESPONSE_CODES,
  responseMti,
} from '@feiqian/iso8583';
import { createLedger } from '@feiqian/ledger';
import { type TestDatabase, testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Chance, chanceOf, often, seed } from '../support/chance.ts';
import { damaged, framed, oddMessages, saysTheSame } from './frames.ts';
import { IsoPeer, type Reaction } from './isoPeer.ts';

/*
 * Frames made from the message profile, towards the bank: every field in every wrong way under a right MAC, and bytes
 * that a bad line damaged. Each is answered with a documented code, or the connection is closed; nothing that was
 * damaged moves money; the bank goes on serving and its books are right.
 */

const banks = sandboxBanks.slice(0, 2).map(({ settings, seed: city }) => ({
  settings: { ...settings, isoPort: 0, apiPort: 0 },
  city,
}));
const lanes = 6;
const failuresShown = 20;
const documented = new Set<string>(Object.keys(RESPONSE_CODES));
const logged: unknown[] = [];
const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (...said: unknown[]) => logged.push(said),
};

let db: TestDatabase;
const running: RunningBank[] = [];
beforeAll(async () => {
  db = await testDatabase(banks.flatMap((b) => bankMigrations(b.settings)));
  for (const { settings, city } of banks) {
    await seedBank(db, settings, city, systemClock);
    running.push(
      await startBank({ settings, db, clock: systemClock, ids: createIds(systemClock.now), logger } as never),
    );
  }
});
afterAll(async () => {
  for (const bank of running) await bank.stop();
  await db?.close();
});

let counter = 0;
/** A message that the bank takes: of each kind in turn, under a number of its own. */
function goodMessage(settings: BankSettings, pan: string, chance: Chance): Message {
  counter += 1;
  const stan = String(counter % 1_000_000).padStart(6, '0');
  const at = new Date(systemClock.now()).toISOString().replaceAll(/[-:T]/g, '').slice(4, 14);
  const mti = chance.pick(['0100', '0101', '0200', '0200', '0201', '0220', '0221', '0400', '0420', '0421']);
  const fields: Message['fields'] = {
    2: pan,
    3: mti.startsWith('02') && chance.percent(20) ? '200000' : '000000',
    4: String(1 + chance.below(50)).padStart(12, '0'),
    7: at,
    11: stan,
    12: at.slice(4),
    13: at.slice(0, 4),
    18: '5411',
    22: '030',
    25: '00',
    32: '90000002',
    33: '90000001',
    37: `H${stan}${settings.id.slice(0, 2).toUpperCase()}`.padEnd(12, '0').slice(0, 12),
    41: 'TILL0001',
    42: 'M00000000000001',
    43: 'NOODLE HOUSE             YUNZHOU      CN',
    49: '156',
    62: '云州面馆',
  };
  if (mti[1] !== '4') fields[14] = '3112';
  if (mti.startsWith('022')) fields[39] = '00';
  if (mti.startsWith('022') || mti[1] === '4')
    fields[90] = `0200${stan}${at}${'90000002'.padStart(11, '0')}${'90000001'.padStart(11, '0')}`;
  return { mti, fields };
}

/** What is wrong with a reaction to a frame; null when it is as documented. */
function judge(profile: BankSettings['profile'], frame: Uint8Array, reaction: Reaction): string | null {
  const decoded = decodeMessage(profile, frame);
  if (reaction.kind === 'noise') return `what came is no message: ${reaction.reason}`;
  if (decoded.ok && !isRequest(decoded.message.mti)) {
    const mayBeSilent = messageClass(decoded.message.mti) !== null;
    return reaction.kind === (mayBeSilent ? 'silence' : 'closed') ? null : `${reaction.kind} to no request`;
  }
  if (reaction.kind === 'closed') return decoded.ok ? 'closed on a message that can be read' : null;
  if (reaction.kind === 'silence') return 'no answer, and the connection stays';
  const { message, authentic } = reaction;
  const code = String(message.fields[39] ?? '');
  if (!authentic) return 'the answer has a wrong MAC';
  if (!documented.has(code)) return `an undocumented code ${code}`;
  if (!decoded.ok) return code === '30' ? null : `${code} to what cannot be read`;
  if (message.mti !== responseMti(decoded.message.mti)) return `answered as ${message.mti}`;
  const echoed = [3, 4, 7, 11, 32, 37, 41, 49].find(
    (f) => message.fields[f] !== undefined && message.fields[f] !== decoded.message.fields[f],
  );
  return echoed === undefined ? null : `field ${echoed} is not what was sent`;
}

/** Runs through a list, some beside each other, each lane on a connection of its own. */
async function runThrough<T>(
  bank: number,
  items: readonly T[],
  work: (peer: IsoPeer, item: T) => Promise<string | null>,
): Promise<string[]> {
  const { settings } = banks[bank] as (typeof banks)[0];
  const wrong: string[] = [];
  let next = 0;
  const lane = async () => {
    const peer = new IsoPeer(
      settings.profile,
      Buffer.from(settings.macKeyHex, 'hex'),
      running[bank]?.isoPort ?? 0,
    );
    for (let i = next++; i < items.length; i = next++) {
      const problem = await work(peer, items[i] as T);
      if (problem !== null) wrong.push(problem);
    }
    peer.close();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return wrong.slice(0, failuresShown);
}

/** Every entry of the bank's ledger, as one text. */
async function ledgerOf(settings: BankSettings): Promise<string> {
  const { ledger } = bankSchemas(settings.id);
  const { rows } = await db.query<{ text: string }>(
    `select id || ' ' || amount as text from ${ledger}.transfers order by 1`,
  );
  return rows.map((r) => r.text).join('\n');
}

const booksOf = (of: Db, settings: BankSettings) => createLedger(bankSchemas(settings.id).ledger).audit(of);
const panOf = (bank: number) => banks[bank]?.city.cards[0]?.pan as string;
const sleepless = { timeout: 600_000 };

describe.each([0, 1])(`frames drawn with seed ${seed}, bank %i`, (bank) => {
  const { settings } = banks[bank] as (typeof banks)[0];
  const { profile } = settings;
  const key = Buffer.from(settings.macKeyHex, 'hex');

  test(
    'every field in every wrong way is answered with a documented code, or hung up on',
    sleepless,
    async () => {
      const odd = Array.from({ length: often(1) }, (_, round) => {
        const chance = chanceOf(`odd ${bank} ${round}`);
        return oddMessages(profile, goodMessage(settings, panOf(bank), chance), key, chance);
      }).flat();
      expect(odd.length).toBeGreaterThan(500);
      const wrong = await runThrough(bank, odd, async (peer, { what, frame }) => {
        const silent = what.startsWith('type ');
        const reaction = await peer.send(framed(profile, frame), silent ? 300 : undefined);
        const problem = judge(profile, frame, reaction);
        return problem === null ? null : `${what}: ${problem}`;
      });
      expect(wrong).toEqual([]);
    },
  );

  test('bytes that a bad line damaged are refused, and move nothing', sleepless, async () => {
    const before = await ledgerOf(settings);
    const rounds = Array.from({ length: often(500) }, (_, i) => chanceOf(`damaged ${bank} ${i}`));
    const wrong = await runThrough(bank, rounds, async (peer, chance) => {
      const good = peer.sealed(goodMessage(settings, panOf(bank), chance));
      const { what, bytes } = damaged(good, chance);
      if (bytes.length === 0 || saysTheSame(profile, good, bytes)) return null;
      const reaction = await peer.send(framed(profile, bytes), 300);
      if (reaction.kind === 'answer' && reaction.message.fields[39] === '00') return `${what}: approved`;
      const silent = reaction.kind === 'silence' && isNoRequest(profile, bytes);
      const problem = silent ? null : judge(profile, bytes, reaction);
      return problem === null ? null : `${what}: ${problem}`;
    });
    expect(wrong).toEqual([]);
    expect(await ledgerOf(settings)).toBe(before);
  });

  test('a stream of anything at all ends, and the bank serves on', sleepless, async () => {
    const rounds = Array.from({ length: often(60) }, (_, i) => chanceOf(`stream ${bank} ${i}`));
    const wrong = await runThrough(bank, rounds, async (peer, chance) => {
      const bytes = Uint8Array.from({ length: 1 + chance.below(6_000) }, () => chance.below(256));
      await peer.send(bytes, 20);
      peer.close();
      const { fields } = goodMessage(settings, panOf(bank), chance);
      const sale: Message['fields'] = { ...fields, 3: '000000', 14: '3112' };
      delete sale[90];
      delete sale[39];
      const reaction = await peer.ask({ mti: '0200', fields: sale });
      const code = reaction.kind === 'answer' ? reaction.message.fields[39] : reaction.kind;
      return code === '00' ? null : `after noise a sale is answered ${String(code)}`;
    });
    expect(wrong).toEqual([]);
  });

  test('nothing failed inside, and the books are right', async () => {
    expect(logged).toEqual([]);
    expect(await booksOf(db, settings)).toEqual([]);
  });
});

function isNoRequest(profile: BankSettings['profile'], bytes: Uint8Array): boolean {
  const decoded = decodeMessage(profile, bytes);
  return decoded.ok && !isRequest(decoded.message.mti);
}
