import {
  bankMigrations,
  type RunningBank,
  sandboxBanks,
  seedBank,
  startBank,
  testCards,
} from '@feiqian/app-bank';
import { systemClock } from '@feiqian/clock';
import type { Db } from '@feiqian/db';
import { createIds, secureRandom } from '@feiqian/ids';
import { createKeystore, parseKeyRing } from '@feiqian/keystore';
import {
  type BankApi,
  createBankApi,
  createForwarder,
  createLinks,
  createReferences,
  enqueueForwards,
  exchangesOf,
  type Forward,
  type ForwardAnswer,
  type IssuerRequest,
  type LateAnswer,
  type Links,
  linksMigrations,
  type OriginalReference,
} from '@feiqian/links';
import { createMembers, type Members, membersMigrations } from '@feiqian/members';
import { testDatabase } from '@feiqian/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * The network's side of the bank link against the reference bank, over real connections: what docs/iso8583.md says
 * is what both do. Two banks, so that both message profiles are spoken.
 */

const ids = createIds(systemClock.now);
const references = createReferences({ clock: systemClock, node: 3 });
const lateAnswerMs = 1_500;
const waitMs = 1_000;
const [yunzhou, yanhu] = sandboxBanks.map(({ settings, seed }) => ({
  settings: { ...settings, isoPort: 0, apiPort: 0, lateAnswerMs },
  seed,
})) as [(typeof sandboxBanks)[number], (typeof sandboxBanks)[number]];

let db: Db;
let members: Members;
let links: Links;
let bankApi: BankApi;
const running = new Map<string, RunningBank>();
const memberIds = new Map<string, string>();
const late: LateAnswer[] = [];

const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const start = ({ settings }: typeof yunzhou) => startBank({ settings, db, clock: systemClock, ids });
const card = (outcome: string) => testCards.find((c) => c.outcome === outcome)?.pan as string;
const memberOf = (bank: typeof yunzhou) => memberIds.get(bank.settings.id) as string;

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function join(bank: typeof yunzhou): Promise<void> {
  const { settings, seed } = bank;
  await seedBank(db, settings, seed);
  const open = await start(bank);
  running.set(settings.id, open);
  const outcome = await members.create({
    code: settings.id,
    institution: `${settings.bins[0]}01`,
    name: settings.name,
    nameEn: settings.nameEn,
    colour: '#1a4fa0',
    roles: ['issuer'],
    link: { host: '127.0.0.1', port: open.isoPort, profile: settings.profile.name, waitMs },
    bankApi: { baseUrl: `http://127.0.0.1:${open.apiPort}` },
  });
  if (!outcome.ok) throw new Error(outcome.code);
  const { id } = outcome.member;
  memberIds.set(settings.id, id);
  await members.setSecret(id, 'zone_key', hex(settings.zoneKeyHex));
  await members.setSecret(id, 'mac_key', hex(settings.macKeyHex));
  await members.setSecret(id, 'bank_api_key', new Uint8Array(Buffer.from(settings.apiKey)));
  for (const bin of settings.bins)
    await members.addRange({ memberId: id, low: bin, high: bin, product: 'mixed' });
}

function connect(): Links {
  return createLinks({
    clock: systemClock,
    ids,
    randomBytes: secureRandom,
    references,
    members,
    institution: '90000001',
    timeZone: 'Asia/Shanghai',
    onLateAnswer: (l) => late.push(l),
    onError: (_id, error) => {
      throw error;
    },
  });
}

function purchase(change: Partial<IssuerRequest> = {}): IssuerRequest {
  return {
    kind: 'financial',
    pan: card('approve'),
    expiry: '3112',
    amount: 1_280n,
    currency: 'CNY',
    ...references.next(),
    transmittedAtMs: systemClock.now(),
    terminalId: 'T0000001',
    merchantCode: 'M00000000000001',
    mcc: '5814',
    merchantName: 'YUNZHOU TEA HOUSE        YUNZHOU      CN',
    merchantNameShown: '云州茶馆',
    acquirerCode: '90000002',
    posEntryMode: '030',
    ...change,
  };
}

function originalOf(r: IssuerRequest): OriginalReference {
  const mti = r.kind === 'authorisation' ? '0100' : '0200';
  const processingCode = r.kind === 'refund' ? '200000' : '000000';
  return { mti, stan: r.stan, rrn: r.rrn, transmittedAtMs: r.transmittedAtMs, processingCode };
}

const ask = (request: IssuerRequest, bank = yunzhou) => links.send(memberOf(bank), request);
const code = async (request: IssuerRequest) => {
  const answer = await ask(request);
  return answer.kind === 'answered' ? answer.responseCode : answer.reason;
};
const reverse = (r: IssuerRequest, change: Partial<IssuerRequest> = {}) =>
  purchase({
    ...r,
    kind: 'reversal_advice',
    ...references.next(),
    rrn: r.rrn,
    original: originalOf(r),
    ...change,
  });

/** The bank's own word on what a card may spend, over its API. */
async function available(pan: string): Promise<number> {
  const id = memberOf(yunzhou);
  const consent = await bankApi.openConsent(id, { mobile: '13800000009' });
  if (!consent.ok) throw new Error(consent.code);
  const cards = await bankApi.listCards(id, consent.value.id);
  const found = cards.ok && cards.value.find((c) => c.last4 === pan.slice(-4));
  if (!found) throw new Error('the bank does not list the card');
  const balance = await bankApi.cardBalance(id, consent.value.id, found.ref);
  if (!balance.ok) throw new Error(balance.code);
  return balance.value.available;
}

beforeAll(async () => {
  db = await testDatabase([
    membersMigrations,
    linksMigrations,
    ...bankMigrations(yunzhou.settings),
    ...bankMigrations(yanhu.settings),
  ]);
  const sealer = createKeystore(parseKeyRing(`1:${'11'.repeat(32)}`), new Uint8Array(32), secureRandom);
  members = createMembers({ db, clock: systemClock, ids, sealer, openAccount: async () => undefined });
  await members.reload();
  await join(yunzhou);
  await join(yanhu);
  await members.reload();
  bankApi = createBankApi({ members });
  links = connect();
  await links.start();
  await until(() => links.states().every((s) => s.phase === 'signed_on'), 'the sign-ons');
});

afterAll(async () => {
  await links?.stop();
  bankApi?.close();
  await Promise.all([...running.values()].map((bank) => bank.stop()));
  await db?.close();
});

describe('the reference bank', () => {
  test('approves, takes the money once, and knows a repeat again', async () => {
    const pan = card('approve');
    const before = await available(pan);
    const request = purchase();
    const first = await ask(request);
    expect(first).toMatchObject({ kind: 'answered', responseCode: '00' });
    expect(first.kind === 'answered' && first.approvalCode).toMatch(/^[0-9]{6}$/);
    expect(await ask({ ...request, repeat: true })).toMatchObject({
      responseCode: '00',
      approvalCode: first.kind === 'answered' ? first.approvalCode : '',
    });
    expect(await available(pan)).toBe(before - 1_280);
    expect(await code({ ...request, amount: 1n })).toBe('94');
  });

  test.each([
    ['insufficient_funds', '51'],
    ['do_not_honour', '05'],
    ['lost_card', '41'],
    ['wrong_amount', 'mismatch'],
    ['bad_mac', 'bad_mac'],
    ['time_out', 'time_out'],
    ['duplicate_answer', '00'],
  ])('answers its test card %s with %s', async (outcome, expected) => {
    expect(await code(purchase({ pan: card(outcome) }))).toBe(expected);
  });

  test('refuses an unknown card, an expired one, and another currency', async () => {
    expect(await code(purchase({ pan: '9156001999999994' }))).toBe('14');
    expect(await code(purchase({ expiry: '2001' }))).toBe('54');
    expect(await code(purchase({ currency: 'USD' }))).toBe('12');
  });

  test('speaks the packed profile with the same meaning', async () => {
    const pan = yanhu.seed.cards[0]?.pan as string;
    expect(members.routeByPan(pan)?.member.id).toBe(memberOf(yanhu));
    expect(await ask(purchase({ pan }), yanhu)).toMatchObject({ kind: 'answered', responseCode: '00' });
  });

  test('holds, completes in part, refunds in part and reverses', async () => {
    const pan = card('approve');
    const before = await available(pan);
    const hold = purchase({ kind: 'authorisation', amount: 10_000n });
    expect(await code(hold)).toBe('00');
    expect(await available(pan)).toBe(before - 10_000);
    const original = originalOf(hold);
    expect(await code(purchase({ kind: 'completion_advice', amount: 6_000n, original }))).toBe('00');
    expect(await available(pan)).toBe(before - 6_000);
    expect(await code(purchase({ kind: 'refund_advice', amount: 2_000n, original }))).toBe('00');
    expect(await available(pan)).toBe(before - 4_000);
    expect(await code(purchase({ kind: 'refund_advice', amount: 5_000n, original }))).toBe('13');
    expect(await code(reverse(hold))).toBe('00');
    expect(await available(pan)).toBe(before);
  });

  test('reverses once, and refuses an original that its reversal has overtaken', async () => {
    const pan = card('approve');
    const before = await available(pan);
    const paid = purchase();
    expect(await code(paid)).toBe('00');
    const reversal = reverse(paid);
    expect(await code(reversal)).toBe('00');
    expect(await code({ ...reversal, repeat: true })).toBe('00');
    expect(await available(pan)).toBe(before);
    const overtaken = purchase();
    expect(await code(reverse(overtaken))).toBe('00');
    expect(await code(overtaken)).toBe('05');
    expect(await available(pan)).toBe(before);
  });

  test('answers late, which is only reported', async () => {
    const request = purchase({ pan: card('late_answer'), groupId: ids.uuid() });
    const answer = await ask(request);
    expect(answer).toMatchObject({ kind: 'no_answer', reason: 'time_out' });
    await until(() => late.some((l) => l.rrn === request.rrn), 'the late answer');
    expect(late.find((l) => l.rrn === request.rrn)).toMatchObject({
      why: 'after_deadline',
      responseCode: '00',
      request: {
        exchangeId: answer.kind === 'no_answer' ? answer.exchange.id : '',
        groupId: request.groupId,
      },
    });
  });

  test('takes new keys in traffic without losing a message', async () => {
    let going = true;
    const answers: Promise<string>[] = [];
    const pump = (async () => {
      while (going) {
        answers.push(code(purchase()));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    expect(await links.exchangeKeys(memberOf(yunzhou))).toMatchObject({ ok: true });
    expect(await links.exchangeKeys(memberOf(yunzhou))).toMatchObject({ ok: true });
    going = false;
    await pump;
    expect(answers.length).toBeGreaterThan(50);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['00']));
  });

  test('provisions the cards of a person after consent, and not without', async () => {
    const id = memberOf(yunzhou);
    expect(await bankApi.health(id)).toMatchObject({ ok: true, value: { status: 'ok', bank: 'yunzhou' } });
    expect(await bankApi.openConsent(id, { mobile: '13999999999' })).toEqual({
      ok: false,
      code: 'customer_unknown',
    });
    const consent = await bankApi.openConsent(id, { mobile: '13800000009' });
    if (!consent.ok) throw new Error(consent.code);
    const cards = await bankApi.listCards(id, consent.value.id);
    const ref = cards.ok ? (cards.value[0]?.ref ?? '') : '';
    expect(await bankApi.provisionCard(id, consent.value.id, ref)).toMatchObject({
      ok: true,
      value: { ref },
    });
    expect(await bankApi.movements(id, consent.value.id, ref, { limit: 2 })).toMatchObject({ ok: true });
    expect(await bankApi.revokeConsent(id, consent.value.id)).toEqual({ ok: true, value: null });
    expect(await bankApi.listCards(id, consent.value.id)).toEqual({ ok: false, code: 'consent_required' });
  });
});

test('a reversal stored while the bank is away reaches it when both have been started again', async () => {
  const pan = card('approve');
  const before = await available(pan);
  const paid = purchase();
  expect(await code(paid)).toBe('00');
  const bank = running.get('yunzhou') as RunningBank;
  await bank.stop();
  await until(() => !links.isUp(memberOf(yunzhou)), 'the loss');
  const { pan: _pan, expiry, kind: _kind, ...payload } = reverse(paid);
  const groupId = ids.uuid();
  const stored = { id: ids.uuid(), groupId, panToken: ids.uuid(), createdAtMs: systemClock.now() };
  await db.transaction((tx) =>
    enqueueForwards(tx, [{ ...stored, memberId: memberOf(yunzhou), kind: 'reversal_advice', payload }]),
  );
  await links.stop();

  const again = await start({
    ...yunzhou,
    settings: { ...yunzhou.settings, isoPort: bank.isoPort, apiPort: bank.apiPort },
  });
  running.set('yunzhou', again);
  links = connect();
  const settled: { forward: Forward; answer: ForwardAnswer }[] = [];
  const forwarder = createForwarder({
    db,
    clock: systemClock,
    holder: ids.uuid(),
    random: () => 0.5,
    links,
    detokenise: async (tokens) => new Map(tokens.map((t) => [t, { pan, expiry: expiry as string }])),
    onSettled: async (_tx, group) => {
      settled.push(...group);
    },
  });
  await links.start();
  forwarder.start();
  await until(() => settled.length === 1, 'the reversal');
  await forwarder.stop();
  expect(settled[0]).toMatchObject({ forward: { id: stored.id }, answer: { outcome: 'accepted' } });
  expect(await exchangesOf(db, groupId)).toMatchObject([
    { mti: '0420', outcome: 'answered', responseCode: '00' },
  ]);
  expect(await available(pan)).toBe(before);
});
