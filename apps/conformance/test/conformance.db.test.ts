import { bankMigrations, type RunningBank, sandboxBanks, seedBank, startBank } from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds } from '@feiqian/ids';
import type { Message } from '@feiqian/iso8583';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks, parseSubject, runConformance, type Subject } from '../src/index.ts';
import { listenForNotices, type NoticeListener } from '../src/noticeListener.ts';
import { referenceSubject } from '../src/reference.ts';
import { type Call, type Fault, withFault } from './faults.ts';

/*
 * The suite can fail: something in front of a bank that keeps every rule breaks one of them, and the check of that
 * rule must turn red, for a reason and not by a fault of its own.
 */

const reference = sandboxBanks[0] as (typeof sandboxBanks)[number];
const secretHex = '7c'.repeat(32);
let db: Db;
let bank: RunningBank;
let subject: Subject;
let notices: NoticeListener;
beforeAll(async () => {
  notices = await listenForNotices(0, secretHex);
  const settings = {
    ...reference.settings,
    isoPort: 0,
    apiPort: 0,
    notices: { url: `http://127.0.0.1:${notices.port}/`, secretHex },
  };
  db = await testDatabase(bankMigrations(settings));
  await seedBank(db, settings, reference.seed);
  bank = await startBank({ settings, db, clock: systemClock, ids: createIds(systemClock.now) });
  const where = [`http://127.0.0.1:${bank.apiPort}`, `127.0.0.1:${bank.isoPort}`] as const;
  const parsed = parseSubject(referenceSubject(reference), ...where);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  subject = parsed.subject;
});
afterAll(async () => {
  await bank?.stop();
  await notices?.close();
  await db?.close();
});

/** The reason of each check that turned red. */
async function broken(
  only: string,
  fault: Fault,
  change: Partial<Subject> = {},
): Promise<Map<string, string>> {
  const front = await withFault({ ...subject, ...change }, fault);
  const lines: string[] = [];
  try {
    await runConformance({
      subject: front.subject,
      write: (line) => void lines.push(line),
      only,
      notices: { ...notices, received: notices.received, close: async () => undefined },
    });
  } finally {
    await front.close();
  }
  const red = new Map<string, string>();
  for (const [i, line] of lines.entries()) {
    const id = /^✗ (\S+)/.exec(line)?.[1];
    if (id) red.set(id, lines[i + 1]?.trim() ?? '');
  }
  return red;
}

const on = (method: string, path: string) => (call: Call) =>
  call.method === method && call.path.startsWith(path);
const answered = (method: string, path: string, change: (body: never) => unknown): Fault => ({
  answer: (call, body) => (on(method, path)(call) ? change(body) : undefined),
});
const never = { direction: null, response_code: null, limit: null, amount: null, currency: null, at: null };
const processing = (message: Message) => String(message.fields[3]).slice(0, 2);
const isRepeat = (message: Message) => /^0[24]\d1$/.test(message.mti);

/** Answers each repeat as a message of its own: what it asks for is done again. */
function forgetful(): Fault {
  const stans = new Map<string, string>();
  let next = 900_000;
  return {
    message(message) {
      if (!isRepeat(message) || message.mti[1] !== '2') return message;
      next += 1;
      stans.set(String(next), String(message.fields[11]));
      const fields = { ...message.fields, 11: String(next), 37: `AGAIN0${next}` };
      return { ...message, mti: `${message.mti.slice(0, 3)}0`, fields };
    },
    reply(message) {
      const stan = stans.get(String(message.fields[11]));
      return stan === undefined ? message : { ...message, fields: { ...message.fields, 11: stan } };
    },
  };
}

const faults: [what: string, only: string, breaks: string[], fault: () => Fault][] = [
  [
    'needs no key',
    'API-',
    ['API-2'],
    () => ({
      call(call) {
        call.headers.authorization = `Bearer ${subject.api.key}`;
        return undefined;
      },
    }),
  ],
  [
    'shows a field the contract does not know',
    'CONSENT-1',
    ['CONSENT-1'],
    () =>
      answered('GET', '/bank/v1/cards', (b: { data: object[] }) => ({
        data: b.data.map((c) => ({ ...c, pan: '1' })),
      })),
  ],
  [
    'names the holder in full',
    'CONSENT-1',
    ['CONSENT-1'],
    () => answered('POST', '/bank/v1/consents', (b: object) => ({ ...b, holder_name: subject.person.name })),
  ],
  [
    'finds everybody to be who he says',
    'ID-1',
    ['ID-1'],
    () => answered('POST', '/bank/v1/identity/checks', () => ({ match: true })),
  ],
  ['does not ask for a sign-on', 'LINK-', ['LINK-1'], () => ({ signsOnByItself: true })],
  ['believes a wrong MAC', 'LINK-4', ['LINK-4'], () => ({})],
  ['takes a repeated purchase again', 'PAY-1', ['PAY-1'], forgetful],
  [
    'acknowledges reversals and does nothing',
    'PAY-',
    ['PAY-3', 'PAY-4', 'PAY-5', 'PAY-6', 'PAY-9'],
    () => ({
      message: (m) => (m.mti[1] === '4' ? '00' : m),
    }),
  ],
  ['posts a repeated credit leg again', 'XFER-5', ['XFER-5'], forgetful],
  [
    'says of every leg that it is posted',
    'XFER-1',
    ['XFER-1'],
    () => answered('GET', '/bank/v1/legs', (b: object) => ({ ...b, state: 'posted' })),
  ],
  [
    'says that it gave a leg up and posts it',
    'XFER-8',
    ['XFER-8'],
    () => ({
      call: (c) =>
        on('POST', '/bank/v1/legs/abandon')(c)
          ? { status: 200, body: { ...never, state: 'abandoned' } }
          : undefined,
    }),
  ],
  [
    'answers the reversal of a credit leg 00',
    'XFER-',
    ['XFER-6'],
    () => ({
      message: (m) => (m.mti[1] === '4' && processing(m) === '47' ? '00' : m),
    }),
  ],
  [
    'calls a closed account unknown',
    'XFER-7',
    ['XFER-7'],
    () => ({
      reply: (m) => (m.fields[39] === '46' ? { ...m, fields: { ...m.fields, 39: '14' } } : m),
    }),
  ],
  [
    'confirms every name',
    'XFER-10',
    ['XFER-10'],
    () =>
      answered('POST', '/bank/v1/payees/check', () => ({
        match: 'full',
        masked_name: '陈**',
        can_receive: true,
      })),
  ],
  [
    'says that another sum is owed',
    'REPAY-1',
    ['REPAY-1'],
    () =>
      answered('GET', '/bank/v1/accounts/', (b: { owed?: number }) =>
        b.owed === undefined ? undefined : { ...b, owed: b.owed - 1 },
      ),
  ],
  [
    'lets the network be told nothing of what is owed',
    'REPAY-1',
    ['REPAY-1'],
    () => ({
      reply: (m) => {
        const { 54: _, ...fields } = m.fields;
        return { ...m, fields };
      },
    }),
  ],
  [
    'says frozen and goes on paying',
    'FREEZE-1',
    ['FREEZE-1'],
    () => ({
      call: (c) => (on('POST', '/bank/v1/cards/freeze')(c) ? { status: 200, body: { data: [] } } : undefined),
    }),
  ],
  [
    'thaws for whoever asks',
    'FREEZE-2',
    ['FREEZE-2'],
    () => ({
      call(c) {
        if (!on('POST', '/bank/v1/cards/thaw')(c)) return undefined;
        const body = JSON.stringify({ ...JSON.parse(c.body), verified_at: new Date().toISOString() });
        c.body = body;
        return undefined;
      },
    }),
  ],
  [
    'counts what goes to the bound account, and closes nothing',
    'CLASS-',
    ['CLASS-4', 'CLASS-7'],
    () => ({
      call: (c) =>
        c.method === 'DELETE' && c.path.startsWith('/bank/v1/accounts/') ? { status: 204 } : undefined,
      answer: (c, b: { limits: { code: string; used: number; left: number }[] }) =>
        c.path.includes('/limits')
          ? {
              ...b,
              limits: b.limits.map((l) =>
                l.code === 'out_day' ? { ...l, used: l.used + 1, left: l.left - 1 } : l,
              ),
            }
          : undefined,
    }),
  ],
];

// What stands in front of the bank signs every message anew, so that here a wrong MAC is never seen.
test('a bank that keeps every rule passes every check', async () => {
  expect([...(await broken('', {}))].filter(([id]) => id !== 'LINK-4')).toEqual([]);
});

test.each(faults)('a bank that %s', async (_what, only, breaks, fault) => {
  const red = await broken(only, fault());
  expect([...red.keys()]).toEqual(expect.arrayContaining(breaks));
  for (const id of breaks) expect(red.get(id)).not.toMatch(/\n\s+at |TypeError/);
});

test('a bank that tells nothing of what changes', async () => {
  const silent = { ...notices, received: [], until: async () => false, close: async () => undefined };
  const lines: string[] = [];
  await runConformance({ subject, notices: silent, only: 'NOTICE', write: (line) => void lines.push(line) });
  expect(lines.filter((line) => line.startsWith('✗')).map((line) => line.slice(2, 10))).toEqual([
    'NOTICE-1',
    'NOTICE-2',
    'NOTICE-3',
  ]);
});

test('a host that does not answer at all is one failure with its reason', async () => {
  const lines: string[] = [];
  const dead = { ...subject, iso: { ...subject.iso, port: 1 } };
  const listener = await listenForNotices(0, secretHex);
  const counts = await runConformance({
    subject: dead,
    notices: listener,
    write: (line) => void lines.push(line),
  });
  expect(counts).toEqual({ passed: 0, failed: 1 });
  expect(lines).toEqual([expect.stringMatching(/^✗ the bank cannot be reached: /), '0 passed, 1 failed']);
});

test('each rule has an id of its own and says what must be so', () => {
  const ids = checks.map((c) => c.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, rule } of checks) {
    expect(id).toMatch(/^[A-Z]+-\d+$/);
    expect(rule.length).toBeGreaterThan(20);
  }
});

test('a subject file with faults is refused with all of them, and no secret is repeated', () => {
  const good = referenceSubject(reference) as { api: object };
  const key = 'a-key-nobody-may-see';
  const parsed = parseSubject({ ...good, api: { key, colour: 1 }, closedAccount: 'x' }, 'ftp://bank', 'bank');
  expect(parsed.ok).toBe(false);
  const problems = parsed.ok ? [] : parsed.problems;
  expect(problems.length).toBeGreaterThanOrEqual(4);
  expect(problems.join()).not.toContain(key);
});
